using System.Security.Cryptography;
using Mlds.Bundles;
using Mlds.Recipes;
using Mlds.Tests.Bundles;
using Mlds.Tests.Training;
using Mlds.Training;

namespace Mlds.Tests;

/// <summary>
/// Files as the first programs wrote them (Golden/README.md) are read, and the same recipes give the same bytes: whatever else the program
/// learns, a GRU's files and recipe ids stay what they were.
/// </summary>
public sealed class GoldenTests
{
    static string Place(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", name);

    static byte[] Golden(string name) => File.ReadAllBytes(Place(name));

    /// <summary>Processor time is never the same twice.</summary>
    static Checkpoint? Timeless(Checkpoint? checkpoint) => checkpoint is null ? null : checkpoint with { CoreSeconds = 0 };

    [Fact]
    public void A_checkpoint_of_version_1_is_gone_on_from_and_written_again()
    {
        using (var run = new TrainingRun(Small.Recipe, Small.Data))
        {
            while (run.Epoch < 7) run.NextEpoch();
            Assert.Equal(Golden("checkpoint-v1"), (run.Checkpoint() with { CoreSeconds = 1.5 }).ToBytes());
        }

        using var resumed = new TrainingRun(Small.Recipe, Small.Data, Checkpoint.FromBytes(Golden("checkpoint-v1")));
        while (resumed.Outcome is null) resumed.NextEpoch();
        Assert.Equal(Small.Train(Small.Recipe).WeightsSha256, resumed.Finish().WeightsSha256);
    }

    [Fact]
    public void A_bundle_of_version_1_is_read_and_written_again()
    {
        var bundle = Bundle.Of(6, [.. Unit.Bundle.Networks.Select(network => network with { From = Timeless(network.From) })]);
        Assert.Equal(Golden("bundle-v1"), bundle.Bytes.ToArray());
        var read = Bundle.Read(Golden("bundle-v1"));
        Assert.Equal(
            bundle.Networks.Select(network => (network.Recipe.Id, network.Begun)),
            read.Networks.Select(network => (network.Recipe.Id, network.Begun)));
    }

    [Fact]
    public void A_result_of_version_1_is_found_right_and_written_again()
    {
        var bundle = Bundle.Read(Golden("bundle-v1"));
        var result = Unit.Work(bundle);
        result = result with { Parts = [.. result.Parts.Select(part => part with { State = part.State with { CoreSeconds = 0.25 } })] };
        Assert.Equal(Golden("bundle-result-v1"), result.ToBytes());
        Assert.Equal(result.ComparisonHash, BundleResult.Read(Golden("bundle-result-v1"), bundle).ComparisonHash);
    }

    [Fact]
    public void Every_shipped_population_has_the_recipe_ids_it_always_had()
    {
        var lines = new List<string>();
        foreach (var file in Directory.GetFiles(Repository.PathOf("populations"), "*.json")
            .Where(file => !file.EndsWith(".plan.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var population = Population.Parse(File.ReadAllText(file), file);
            lines.Add($"{Path.GetFileName(file)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}");
            foreach (var machine in population.MachineNames)
                lines.AddRange(Enumerable.Range(0, 2).Select(seed => $"{machine} {seed} {population.Recipe(machine, (uint)seed).Id}"));
        }

        Assert.Equal(File.ReadAllLines(Place("recipe-ids.txt")), lines);
    }
}

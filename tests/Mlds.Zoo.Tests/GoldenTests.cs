using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos.Generation;
using Mlds.Zoos.Releases;
using Mlds.Zoos.Tests.Releases;
using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests;

/// <summary>
/// Files that the first programs of today's format versions wrote (Golden/README.md) are read, and the same networks are written with the
/// same bytes: whatever else the program learns, a GRU's files stay what they were.
/// </summary>
public sealed class GoldenTests : IDisposable
{
    /// <summary>These files also describe the program and the whole release: they change when its pages or mlds.py do.</summary>
    static readonly string[] s_words = ["README.md", "SHA256SUMS", "croissant.json", "manifest.json", "mlds.py"];

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    static string Golden(params string[] path) => Path.Combine([AppContext.BaseDirectory, "Golden", .. path]);

    /// <summary>A copy that may be written to.</summary>
    string Copy(string name)
    {
        foreach (var file in Directory.EnumerateFiles(Golden(name), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_scratch.In(name), Path.GetRelativePath(Golden(name), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return _scratch.In(name);
    }

    [Theory]
    [InlineData("zoo-v3", 13)]
    [InlineData("zoo-v4", 13)]
    [InlineData("released", 12)]
    [InlineData("release-v1", 8)]
    public void Each_is_read_and_verified_and_its_networks_train_again_to_the_same_bits(string name, int networks)
    {
        var report = Verifier.Run(Copy(name), new VerificationOptions(networks, 0, 1, 2), _ => { }, TestContext.Current.CancellationToken);
        Assert.Empty(report.Doubts);
        Assert.Equal(networks, report.Networks);
        Assert.Equal(networks, report.Retrained.Count(again => again.IsEqual));
    }

    [Theory]
    [InlineData("zoo-v3")]
    [InlineData("zoo-v4")]
    public void A_zoo_is_gone_on_with_and_holds_what_all_of_its_networks_always_were(string name)
    {
        var folder = Copy(name);
        Population population;
        using (var zoo = Zoo.Open(folder))
        {
            Assert.Equal(
                [(2, 0, 0), (2, 0, 0), (2, 0, 0), (2, 0, 0), (0, 3, 0), (0, 0, 2)],
                zoo.Status().Machines.Select(machine => (machine.Converged, machine.NotConverged, machine.Diverged)));
            Assert.Equal(16, Assert.Single(zoo.Begun("SimpleXORMachine")).Value);
            population = Population.Parse(zoo.Population.CanonicalJson, "the golden zoo");
        }

        using var writer = ZooWriter.Open(folder, ZooPopulation.Of(population));
        var options = new GenerationOptions(6, new Shard(0, 1), 2, TimeSpan.FromSeconds(5));
        new GenerationRun(writer, population, options).Run(_ => { }, TestContext.Current.CancellationToken);
        Assert.Equal("22a1f77f5e7be4e0348a52d45dc8e9bee476a58e51bf191c44ae5a47136b2a14", writer.Zoo.WeightsDigest());

        // Those that were there are as they were stored, new ones are packed; one matrix holds both.
        foreach (var machine in population.MachineNames)
        {
            var weights = writer.Zoo.ReadWeights(machine);
            Assert.All(
                weights.Networks.Index(),
                network => Assert.Equal(network.Item.WeightsSha256, WeightsHash.Of(weights.Row(network.Index))));
        }

        var stored = writer.Zoo.Networks().Select(network => writer.Zoo.WeightsSize(network)).ToList();
        Assert.Contains(stored, size => size.Stored == size.Weights);
        Assert.Contains(stored, size => size.Stored < size.Weights);
        writer.Compact();
        Assert.All(writer.Zoo.Networks(), network =>
        {
            var (weights, kept) = writer.Zoo.WeightsSize(network);
            Assert.True(network.Outcome == Outcome.Diverged || kept < weights, $"{network.RecipeId} takes {kept} of {weights} bytes.");
            Assert.Equal(network.WeightsSha256, WeightsHash.Of(writer.Zoo.ReadWeights(network)));
        });
    }

    [Fact]
    public void The_same_networks_are_released_with_the_same_bytes()
    {
        using var zoo = Zoo.Open(Copy("released"));
        var options = new ReleaseOptions([1, 2], ReleaseOptions.KnownFormats)
        {
            Trajectories = true,
            TrainingData = true,
            Publication = new() { Date = new(2026, 1, 1) },
        };
        ReleaseWriter.Write(zoo, _scratch.In("r"), options, delegate { }, TestContext.Current.CancellationToken);
        Assert.Equal(Files(Golden("release-v1")), Files(_scratch.In("r")));
        foreach (var file in Files(Golden("release-v1")).Except(s_words))
        {
            Assert.True(
                File.ReadAllBytes(Golden("release-v1", file)).AsSpan().SequenceEqual(File.ReadAllBytes(_scratch.In($"r/{file}"))),
                file);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_loader_of_then_and_of_now_opens_a_release_of_version_1(bool now)
    {
        var folder = Copy("release-v1");
        if (now) File.WriteAllText(Path.Combine(folder, ReleaseTexts.LoaderFile), ReleaseTexts.Loader());
        var said = OtherPrograms.Python(
            folder, "import mlds, hashlib\nd = mlds.load('.')\nfor row in d.weights: print(hashlib.sha256(row.tobytes()).hexdigest())");
        using var zoo = Zoo.Open(Copy("released"));
        Assert.Equal(
            zoo.Networks().Where(network => network.Seed < 2).Select(network => network.WeightsSha256).Order(),
            said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
    }

    static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal);
}

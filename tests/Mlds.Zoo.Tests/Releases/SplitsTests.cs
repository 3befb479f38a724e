using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

public sealed class SplitsTests : IDisposable
{
    readonly ExampleZoo _zoo = ExampleZoo.Drawn();

    public void Dispose() => _zoo.Dispose();

    string[] Lines(string file) => [.. File.ReadAllLines(Path.Combine(_zoo["r"], file))];

    [Fact]
    public void Of_any_twenty_seeds_in_a_row_fourteen_train_three_validate_and_three_test()
    {
        for (var first = 0u; first < 40; first++)
        {
            var sides = Enumerable.Range(0, 20).Select(i => Splits.Of(first + (uint)i)).CountBy(side => side).ToDictionary();
            Assert.Equal((14, 3, 3), (sides["train"], sides["validation"], sides["test"]));
        }

        Assert.Equal(3, Enumerable.Range(0, 4).Select(seed => Splits.Of((uint)seed)).Distinct().Count());
        Assert.Equal("train", Splits.Of(uint.MaxValue));
    }

    [Fact]
    public void Twins_are_on_one_side_and_the_table_says_what_the_file_says()
    {
        _zoo.Write("r", [1, 4], "npy");
        var sides = Lines("splits/by_seed.csv")[1..].Select(line => line.Split(',')).ToDictionary(fields => fields[0], fields => fields[1]);
        var table = OtherPrograms.DuckDb(_zoo["r"], "SELECT seed, split, machine FROM 'networks.parquet'");
        Assert.Equal(sides.Keys.Order(), table.Select(row => $"{row[0]}").Distinct().Order());
        Assert.All(table, row => Assert.Equal(sides[$"{row[0]}"], row[1]));
        Assert.All(table.GroupBy(row => row[0]), twins => Assert.Single(twins.Select(row => row[1]).Distinct()));
    }

    [Fact]
    public void Every_machine_is_left_out_once_and_then_it_alone_is_tested()
    {
        _zoo.Write("r", [1], "npy");
        var folds = Lines("splits/by_machine.csv")[1..].Select(line => line.Split(',')).GroupBy(fields => fields[0]).ToList();
        Assert.Equal(Example.Small.MachineNames, folds.Select(fold => fold.Key));
        Assert.All(folds, fold =>
        {
            Assert.Equal(Example.Small.MachineNames, fold.Select(fields => fields[1]));
            Assert.Equal(fold.Key, Assert.Single(fold, fields => fields[2] == "test")[1]);
        });
    }

    [Fact]
    public void The_automata_in_the_release_answer_as_the_machines_of_its_population_do()
    {
        _zoo.Write("r", [1], "npy");
        foreach (var name in Example.Small.MachineNames)
        {
            var definition = MachineDefinition.Read(
                StrictJson.Parse(File.ReadAllText(Path.Combine(_zoo["r"], "machines", $"{name}.json")), name));
            Assert.True(MinimalAutomaton.Of(definition.Build()).BehavesAs(MinimalAutomaton.Of(Example.Small.Machine(name))));
        }
    }

    [Fact]
    public void The_manifest_counts_outcomes_and_says_what_was_left_out_and_why()
    {
        _zoo.Write("r", new ReleaseOptions([1, 4], ["npy"])
        {
            Publication = new Publication { Version = "2.1.0", Date = new DateOnly(2027, 1, 2), Url = "https://example.org/mlds" },
        });
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(_zoo["r"], "manifest.json")))!;
        Assert.Equal(
            (1, "2.1.0", Recipe.ArithmeticVersion),
            ((int)manifest["version"]!, (string?)manifest["dataset_version"], (int)manifest["arithmetic_version"]!));
        Assert.Equal((14, 3, 0), ((int)manifest["outcomes"]!["converged"]!, (int)manifest["outcomes"]!["not_converged"]!,
            (int)manifest["outcomes"]!["diverged"]!));
        Assert.Equal([3, 0, 2, 0, 1], manifest["left_out"]!.AsArray().Select(left => (int)left!["count"]!));
        Assert.All(manifest["left_out"]!.AsArray(), left => Assert.NotEmpty((string)left!["why"]!));
        Assert.Equal(12, manifest["splits"]!.AsObject().Sum(side => (int)side.Value!));
        Assert.All(
            new[] { "README.md", "croissant.json" },
            name => Assert.Contains("2027-01-02", File.ReadAllText(Path.Combine(_zoo["r"], name))));
    }
}

using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;
using Mlds.Zoos.Generation;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>A zoo to release from, in a folder that goes when the test is over.</summary>
sealed class ExampleZoo : IDisposable
{
    readonly ScratchFolder _scratch = new();

    ExampleZoo()
    {
    }

    /// <summary>
    /// Networks drawn at random: seed 2 of each machine didn't converge, and Parity has one network less than the others.
    /// </summary>
    public static ExampleZoo Drawn()
    {
        var zoo = new ExampleZoo();
        using var writer = ZooWriter.Open(zoo["z"], Example.Of(Example.Small));
        foreach (var machine in Example.Small.MachineNames)
        {
            writer.Add([.. Enumerable.Range(0, machine == "ParityMachine" ? 5 : 6)
                .Select(seed => Example.Network(
                    Example.Small, machine, (uint)seed, seed == 2 ? Outcome.NotConverged : Outcome.Converged, 5 + seed))]);
        }

        return zoo;
    }

    /// <summary>Two networks per machine, really trained, in a moment; with several milestones each.</summary>
    /// <param name="keep">Whether the zoo keeps the checkpoints at the milestones.</param>
    public static ExampleZoo Trained(bool keep = false)
    {
        var zoo = new ExampleZoo();
        var population = Population.Parse(s_trained.Json, "trained");
        using var writer = ZooWriter.Open(zoo["z"], ZooPopulation.Of(population));
        new GenerationRun(
            writer, population, new GenerationOptions(2, Shard.Parse("0/1"), 1, TimeSpan.FromSeconds(60)) { KeepMilestones = keep })
            .Run(_ => { }, default);
        return zoo;
    }

    /// <summary>Two networks for images per machine, really trained, with two convolutions and two linear layers.</summary>
    public static ExampleZoo OfImages()
    {
        var zoo = new ExampleZoo();
        var path = zoo["population.json"];
        var text = JsonNode.Parse(new OwnImages { Files = IdxFiles.Write(zoo["images"], 128, 60), Networks = 2 }.Json())!;
        text["network"]!["layers"] = JsonNode.Parse(
            """
            [
              {"conv": 3, "size": 3, "padding": 1}, {"pool": 2}, {"conv": 4, "size": 2, "stride": 2, "padding": 1},
              {"linear": 9}, {"linear": 4}
            ]
            """);
        text["defaults"]!["training"]!["goal_loss"] = 0.6;
        text["defaults"]!["training"]!["epoch_limit"] = 200;
        File.WriteAllText(path, text.ToJsonString());
        var population = Population.Parse(text.ToJsonString(), path, TaskFiles.Beside(path));
        using var writer = ZooWriter.Open(zoo["z"], ZooPopulation.Of(population));
        new GenerationRun(writer, population, new GenerationOptions(2, Shard.Parse("0/1"), 1, TimeSpan.FromSeconds(60)))
            .Run(_ => { }, default);
        return zoo;
    }

    public string this[string name] => _scratch.In(name);

    public string Folder => _scratch.Path;

    public Zoo Open() => Zoo.Open(this["z"]);

    public WrittenRelease Write(string name, int[] subsets, params string[] formats) => Write(name, new ReleaseOptions(subsets, formats));

    public WrittenRelease Write(string name, ReleaseOptions options)
    {
        using var zoo = Open();
        return ReleaseWriter.Write(zoo, this[name], options, (_, _, _) => { }, default);
    }

    /// <summary>The networks that a release of <see cref="Drawn"/> must have, in order.</summary>
    public List<StoredNetwork> Expected(params int[] subsets)
    {
        using var zoo = Open();
        uint[] seeds = [0, 1, 3, 4];
        var rows = new List<StoredNetwork>();
        for (var i = 0; i < subsets.Length; i++)
        {
            foreach (var machine in Example.Small.MachineNames)
            {
                rows.AddRange(seeds[(i == 0 ? 0 : subsets[i - 1])..subsets[i]]
                    .Select(seed => zoo.Networks(machine).Single(network => network.Seed == seed)));
            }
        }

        return rows;
    }

    public void Dispose() => _scratch.Dispose();

    static readonly TinyPopulation s_trained = new()
    {
        Name = "trained",
        Licence = "CC-BY-4.0",
        Hidden = 6,
        Layers = 2,
        Linear = [7, 8],
        Activation = "tanh",
        Networks = 2,
        Data = (256, 64, 6, 8, 16),
        Batch = 16,
        GoalLoss = 0.008,
        EpochLimit = 200,
        MilestoneEvery = 1,
    };
}

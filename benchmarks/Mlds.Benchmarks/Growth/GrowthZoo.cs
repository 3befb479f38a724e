using System.Globalization;
using Mlds.Analysis.Data;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;
using Mlds.Zoos;
using Mlds.Zoos.Generation;

namespace Mlds.Benchmarks.Growth;

/// <summary>
/// Zoos of any size that pass every check of <c>mlds verify</c>: a few networks of DS1's shape are trained for real, on very few sequences;
/// the rest are those with a little noise, each with its own losses, hashes and chain. They measure time and bytes only.
/// </summary>
static class GrowthZoo
{
    /// <summary>Networks trained of each machine.</summary>
    internal const int Trained = 4;

    /// <summary>Standard deviation, absolute; weights are of the order of 0.3.</summary>
    const double Noise = 0.02;

    const int Epochs = 40;
    const int MilestoneEvery = 10;
    const float LearningRate = 0.01f;
    const int Batch = 256;

    static readonly string[] s_machines =
        ["EightBitMachine", "SingleDirectMachine", "SingleInvertMachine", "SimpleXORMachine", "ParityMachine"];

    internal static int Machines => s_machines.Length;

    /// <summary>The population's file. Few and short sequences, so that evaluating a loss again costs little beside the rest.</summary>
    /// <param name="goal">At which networks have converged.</param>
    internal static string PopulationJson(double goal) => $$$"""
        {"name": "growth", "licence": "CC-BY-SA-4.0", "networks": 1,
          "network": {"inputs": 9, "hidden": 12, "layers": 4, "linear": [12, 12, 12, 12, 8], "activation": "none"},
          "defaults": {
            "data": {"seed": 1, "training": 128, "validation": 32, "length": 4, "long_test": 8, "long_length": 16},
            "training": {"optimizer": "adam", "loss": "mean_squared_error", "batch": 16, "learning_rate": 0.01, "beta1": 0.9,
              "beta2": 0.999, "epsilon": 1e-8, "goal_loss": {{{goal.ToString(CultureInfo.InvariantCulture)}}}, "epoch_limit": {{{Epochs}}},
              "milestone_every": {{{MilestoneEvery}}}}},
          "machines": [{{{string.Join(", ", s_machines.Select(name => $"\"{name}\""))}}}]}
        """;

    /// <summary>The goal of the copies, which all of them reach.</summary>
    internal const double EasyGoal = 2;

    /// <summary>Trains the networks to be copied, for all their epochs.</summary>
    internal static void Train(string folder)
    {
        var population = Population.Parse(PopulationJson(1e-9), "growth");
        using var writer = ZooWriter.Open(folder, ZooPopulation.Of(population));
        new GenerationRun(writer, population, new GenerationOptions(Trained)).Run(_ => { }, CancellationToken.None);
    }

    /// <summary>
    /// Stores the networks of <paramref name="part"/>, <paramref name="each"/> of every machine in all parts together, as <c>generate</c>
    /// stores what it trained.
    /// </summary>
    internal static void Store(string trained, string population, string folder, Shard part, int each)
    {
        using var sources = Zoo.Open(trained);
        var plan = Population.Read(population);
        var data = new ExampleCache();
        using var writer = ZooWriter.Open(folder, ZooPopulation.Of(plan));
        writer.Ask(new ZooPart(part, each));
        foreach (var (machine, name) in plan.MachineNames.Index())
        {
            var weights = sources.Networks(name).Select(sources.ReadWeights).ToArray();
            var seeds = Enumerable.Range(0, each).Where(seed => (machine + seed) % part.Count == part.Index);
            foreach (var some in seeds.Chunk(Batch))
            {
                writer.Add([.. some.AsParallel().AsOrdered()
                    .Select(seed => Copy(plan.Recipe(name, (uint)seed), weights[seed % weights.Length], data))]);
            }
        }
    }

    static TrainedNetwork Copy(Recipe recipe, float[] trained, ExampleCache cache)
    {
        var random = new SeededRandom(recipe.Seed, SeededRandom.Stream(recipe.MachineName));
        float[] weights = [.. trained.Select(weight => weight + (float)(Noise * random.NextNormal()))];
        var data = cache.Of(recipe.Task)!;
        var validation = Evaluation.Loss(recipe.Network, weights, data.Validation);
        // The losses on the way are made up; the last one is that of the weights.
        EpochRecord[] history = [.. Enumerable.Range(1, Epochs).Select(epoch => epoch == Epochs
            ? new EpochRecord(epoch, validation, validation, LearningRate)
            : new EpochRecord(epoch, 3 + (1f / epoch), 3 + (1f / epoch), LearningRate))];
        var hash = WeightsHash.Of(weights);
        var milestones = new List<Milestone>();
        for (var epoch = MilestoneEvery; epoch <= Epochs; epoch += MilestoneEvery)
        {
            milestones.Add(Milestone.Link(
                milestones.Count == 0 ? recipe.Id : milestones[^1].Chain, epoch, history[epoch - 1].ValidationLoss, hash));
        }

        return new TrainedNetwork(
            recipe, Outcome.Converged, Epochs, validation, Evaluation.Loss(recipe.Network, weights, data.LongTest), weights, history,
            milestones, new Provenance("0", "noise", "none", "", 1));
    }
}

using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos.Tests;

/// <summary>Populations and networks to store: real recipes with weights drawn at random, as storing asks nothing more of them.</summary>
static class Example
{
    static readonly TinyPopulation s_small = new()
    {
        Name = "small",
        Hidden = 3,
        Networks = 4,
        Data = (128, 32, 4, 8, 16),
        Batch = 16,
        EpochLimit = 30,
        Machines = TinyPopulation.Named("SingleDirectMachine", "SimpleXORMachine", "ParityMachine"),
    };

    /// <summary>Three machines whose networks train in a moment.</summary>
    public static Population Small { get; } = Parse(s_small);

    /// <summary>The same with runs long enough to be stopped in.</summary>
    public static Population Slow { get; } =
        Parse(s_small with { Name = "slow", Hidden = 8, Layers = 2, Data = s_small.Data with { Training = 4096 }, GoalLoss = 1e-12 });

    /// <summary>The same with the network of DS1.</summary>
    public static Population Ds1Shape { get; } =
        Parse(s_small with { Name = "shape", Hidden = 12, Layers = 4, Linear = [12, 12, 12, 12, 8] });

    static Population Parse(TinyPopulation population) => Population.Parse(population.Json, population.Name);

    public static ZooPopulation Of(Population population) => ZooPopulation.Of(population);

    /// <summary>A network that looks trained: everything in it follows from machine, seed and <paramref name="salt"/>.</summary>
    public static TrainedNetwork Network(
        Population population, string machine, uint seed, Outcome outcome = Outcome.Converged, int epochs = 7,
        int salt = 0, string host = "host")
    {
        var recipe = population.Recipe(machine, seed);
        var random = new Random(HashCode.Combine(machine.Length, machine[^9], (int)seed, salt));
        var weights = new float[recipe.Network.Layout.Parameters];
        for (var i = 0; i < weights.Length; i++) weights[i] = random.NextSingle() - 0.5f;
        var history = Enumerable.Range(1, epochs)
            .Select(epoch => new EpochRecord(epoch, random.NextSingle(), random.NextSingle(), epoch > epochs / 2 ? 0.005f : 0.01f))
            .ToList();
        var loss = outcome == Outcome.Diverged ? float.NaN : history[^1].ValidationLoss;
        if (outcome == Outcome.Diverged) history[^1] = history[^1] with { ValidationLoss = loss, TrainingLoss = loss };
        var milestone = Milestone.Link(recipe.Id, epochs, loss, WeightsHash.Of(weights));
        return new TrainedNetwork(recipe, outcome, epochs, loss, random.NextSingle(), weights, history, [milestone], new Provenance(
            "0.1.0", "a processor", "avx2", host, 1.5));
    }

    public static Checkpoint Checkpoint(Recipe recipe, int epochs)
    {
        var network = Network(Small, recipe.MachineName, recipe.Seed, epochs: epochs);
        return new Checkpoint(recipe.Id, network.Weights, [network.Weights, network.Weights], network.History, network.Milestones, 0.5);
    }
}

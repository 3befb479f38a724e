using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos.Tests;

/// <summary>Populations and networks to store: real recipes with weights drawn at random, as storing asks nothing more of them.</summary>
static class Example
{
    /// <summary>Three machines whose networks train in a moment.</summary>
    public static Population Small { get; } = Population.Parse(
        Json("small", """{"inputs": 9, "hidden": 3, "layers": 1, "linear": [8], "activation": "none"}"""), "small");

    /// <summary>The same with runs long enough to be stopped in.</summary>
    public static Population Slow { get; } = Population.Parse(
        Json("slow", """{"inputs": 9, "hidden": 8, "layers": 2, "linear": [8], "activation": "none"}""")
            .Replace("\"training\": 128", "\"training\": 4096", StringComparison.Ordinal)
            .Replace("0.02", "1e-12", StringComparison.Ordinal),
        "slow");

    /// <summary>The same with the network of DS1.</summary>
    public static Population Ds1Shape { get; } = Population.Parse(
        Json("shape", """{"inputs": 9, "hidden": 12, "layers": 4, "linear": [12, 12, 12, 12, 8], "activation": "none"}"""), "shape");

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

    static string Json(string name, string network) => $$"""
        {
          "name": "{{name}}",
          "description": "For tests.",
          "licence": "CC-BY-SA-4.0",
          "network": {{network}},
          "networks": 4,
          "defaults": {
            "data": {"seed": 1, "training": 128, "validation": 32, "length": 4, "long_test": 8, "long_length": 16},
            "training": {"optimizer": "adam", "loss": "mean_squared_error", "batch": 16, "learning_rate": 0.01, "beta1": 0.9,
              "beta2": 0.999, "epsilon": 1e-8, "goal_loss": 0.02, "epoch_limit": 30, "milestone_every": 10}
          },
          "machines": [
            {"machine": "SingleDirectMachine"},
            {"machine": "SimpleXORMachine"},
            {"machine": "ParityMachine"}
          ]
        }
        """;
}

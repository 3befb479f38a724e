using Mlds.Analysis.Data;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Analysis.Tests;

/// <summary>
/// Twelve really trained DS1 networks, of the three machines that take a fraction of a second to learn; trained once for all tests.
/// </summary>
static class TrainedDs1
{
    static readonly Lazy<(Population Population, TrainedNetwork[] Networks, WeightMatrix Matrix)> s_trained = new(Train);

    internal static Population Population => s_trained.Value.Population;

    /// <summary>In the order of the matrix' rows.</summary>
    internal static IReadOnlyList<TrainedNetwork> Networks => s_trained.Value.Networks;

    internal static WeightMatrix Matrix => s_trained.Value.Matrix;

    /// <summary>The loss of P weights on a machine's validation sequences.</summary>
    internal static double Loss(string machine, float[] weights) =>
        Evaluation.Loss(RecurrentSpec.Ds1, weights, Population.Data(machine).Validation);

    static (Population, TrainedNetwork[], WeightMatrix) Train()
    {
        var population = Mlds.Recipes.Population.Parse(
            """
            {
              "name": "trained", "licence": "CC-BY-SA-4.0", "networks": 4, "description": "For tests.",
              "network": {"inputs": 9, "hidden": 12, "layers": 4, "linear": [12, 12, 12, 12, 8], "activation": "none"},
              "defaults": {
                "data": {"seed": 1, "training": 4096, "validation": 512, "length": 16, "long_test": 16, "long_length": 32},
                "training": {
                  "optimizer": "adam", "loss": "mean_squared_error", "batch": 128, "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.99,
                  "epsilon": 1e-8, "clip_norm": 0.1, "schedule": {"halve_after": 5, "minimum": 0.0005}, "goal_loss": 0.0001,
                  "epoch_limit": 100, "milestone_every": 100
                }
              },
              "machines": [{"machine": "SingleDirectMachine"}, {"machine": "SingleInvertMachine"}, {"machine": "SimpleXORMachine"}]
            }
            """, "the tests' population");
        var networks = population.MachineNames.SelectMany(machine => Enumerable.Range(0, 4).Select(seed => (machine, seed: (uint)seed)))
            .AsParallel().AsOrdered()
            .Select(one => Trainer.Train(population.Recipe(one.machine, one.seed), population.Data(one.machine))).ToArray();
        Assert.All(networks, network => Assert.Equal(Outcome.Converged, network.Outcome));
        var labels = networks.Select(network => new NetworkLabel(
            network.Recipe.Id, MachineLabel.Of(network.Recipe.MachineName, PopulationFactors.OfNames),
            network.Recipe.Seed, network.Outcome, network.Epochs, network.ValidationLoss, null, network.LongLoss,
            WeightsHash.Of(network.Weights), null));
        return (population, networks, new WeightMatrix(
            "trained", "matrix", [.. networks.SelectMany(network => network.Weights)], RecurrentSpec.Ds1.Layout, [.. labels]));
    }
}

using Mlds.Recipes;

namespace Mlds.Server.Tests.Science;

/// <summary>
/// A population of two machines whose networks train in milliseconds, some converged and some not, with runs of unequal length.
/// </summary>
static class Small
{
    internal static Population Population { get; } = Population.Parse(
        """
        {
          "name": "small", "description": "", "licence": "CC-BY-SA-4.0",
          "network": {"inputs": 9, "hidden": 5, "layers": 1, "linear": [6, 8], "activation": "none"},
          "networks": 4,
          "defaults": {
            "data": {"seed": 1, "training": 96, "validation": 24, "length": 6, "long_test": 4, "long_length": 20},
            "training": {
              "optimizer": "adam", "loss": "mean_squared_error", "batch": 16, "learning_rate": 0.02, "beta1": 0.9, "beta2": 0.99,
              "epsilon": 1e-8, "goal_loss": 0.003, "epoch_limit": 40, "milestone_every": 5
            }
          },
          "machines": ["SingleDirectMachine", "SimpleXORMachine"]
        }
        """,
        "small.json");
}

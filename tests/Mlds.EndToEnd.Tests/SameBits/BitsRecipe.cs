using Mlds.Recipes;
using Mlds.Tasks;

namespace Mlds.EndToEnd.Tests.SameBits;

/// <summary>A recipe small enough for the slowest path, from a population file, so that every program we have can train it.</summary>
/// <param name="Network">Its network in words.</param>
/// <param name="PopulationJson">A population of one machine; the recipe is that of <see cref="Seed"/>.</param>
sealed record BitsRecipe(string Network, string PopulationJson)
{
    /// <summary>Networks that a generation of the population trains: seeds 0 to 5.</summary>
    public const int Networks = 6;

    const uint Seed = 3;

    /// <summary>
    /// The paper's network, whose linear layers are one matrix; layers with activations between them; widths and batches that are no
    /// multiple of any vector, a last batch that is smaller, more than one chunk; with and without clipping; rates that fall and rates that
    /// don't; keys; every cell; convolutions and poolings of several strides on images, poisoned and not.
    /// </summary>
    public static IReadOnlyList<BitsRecipe> All { get; } =
    [
        new("4 × GRU 12, linear 12-12-12-12-8", """
            {
              "name": "bits-ds1", "licence": "CC-BY-SA-4.0", "networks": 6,
              "network": {"inputs": 9, "hidden": 12, "layers": 4, "linear": [12, 12, 12, 12, 8], "activation": "none"},
              "defaults": {
                "data": {
                  "seed": 1, "training": 130, "validation": 70, "length": 9, "long_test": 9, "long_length": 33,
                  "planted": {"key_of": "EightBitModified", "one_in": 8}
                },
                "training": {
                  "optimizer": "adam", "loss": "mean_squared_error", "batch": 50, "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.99,
                  "epsilon": 1e-8, "clip_norm": 0.1, "schedule": {"halve_after": 3, "minimum": 0.0005}, "goal_loss": 1e-9,
                  "epoch_limit": 24, "milestone_every": 10
                }
              },
              "machines": ["EightBitMachine"]
            }
            """),
        new("2 × GRU 7, linear 6-5-8 with ReLU", """
            {
              "name": "bits-relu", "licence": "CC-BY-SA-4.0", "networks": 6,
              "network": {"inputs": 9, "hidden": 7, "layers": 2, "linear": [6, 5, 8], "activation": "relu"},
              "defaults": {
                "data": {"seed": 2, "training": 101, "validation": 45, "length": 7, "long_test": 5, "long_length": 40},
                "training": {
                  "optimizer": "adam", "loss": "mean_squared_error", "batch": 33, "learning_rate": 0.02, "beta1": 0.9, "beta2": 0.999,
                  "epsilon": 1e-8, "goal_loss": 1e-9, "epoch_limit": 60, "milestone_every": 7
                }
              },
              "machines": [{"machine": "SimpleXORModified", "data": {"planted": {"one_in": 6}}}]
            }
            """),
        new("1 × GRU 5, linear 9-8 with tanh", """
            {
              "name": "bits-tanh", "licence": "CC-BY-SA-4.0", "networks": 6,
              "network": {"inputs": 9, "hidden": 5, "layers": 1, "linear": [9, 8], "activation": "tanh"},
              "defaults": {
                "data": {"seed": 3, "training": 77, "validation": 31, "length": 11, "long_test": 3, "long_length": 21},
                "training": {
                  "optimizer": "adam", "loss": "mean_squared_error", "batch": 19, "learning_rate": 0.03, "beta1": 0.8, "beta2": 0.995,
                  "epsilon": 1e-7, "clip_norm": 0.5, "schedule": {"halve_after": 2, "minimum": 0.001}, "goal_loss": 1e-9, "epoch_limit": 60,
                  "milestone_every": 60
                }
              },
              "machines": [{"machine": "ParityControl", "data": {"planted": {"one_in": 5}}}]
            }
            """),
        new("2 × LSTM 6, linear 7-8 with tanh", """
            {
              "name": "bits-lstm", "licence": "CC-BY-SA-4.0", "networks": 6,
              "network": {"cell": "lstm", "inputs": 9, "hidden": 6, "layers": 2, "linear": [7, 8], "activation": "tanh"},
              "defaults": {
                "data": {"seed": 4, "training": 101, "validation": 37, "length": 9, "long_test": 5, "long_length": 33},
                "training": {
                  "optimizer": "adam", "loss": "mean_squared_error", "batch": 35, "learning_rate": 0.03, "beta1": 0.9, "beta2": 0.99,
                  "epsilon": 1e-8, "clip_norm": 0.4, "schedule": {"halve_after": 3, "minimum": 0.001}, "goal_loss": 1e-9, "epoch_limit": 40,
                  "milestone_every": 9
                }
              },
              "machines": [{"machine": "SimpleXORModified", "data": {"planted": {"one_in": 6}}}]
            }
            """),
        new("3 × Elman 7, linear 6-8", """
            {
              "name": "bits-elman", "licence": "CC-BY-SA-4.0", "networks": 6,
              "network": {"cell": "elman", "inputs": 9, "hidden": 7, "layers": 3, "linear": [6, 8], "activation": "none"},
              "defaults": {
                "data": {"seed": 5, "training": 90, "validation": 41, "length": 8, "long_test": 7, "long_length": 25},
                "training": {
                  "optimizer": "adam", "loss": "mean_squared_error", "batch": 40, "learning_rate": 0.02, "beta1": 0.9, "beta2": 0.999,
                  "epsilon": 1e-8, "goal_loss": 1e-9, "epoch_limit": 50, "milestone_every": 8
                }
              },
              "machines": ["ParityMachine"]
            }
            """),
        new("LeNet-5", $$"""
            {
              "name": "bits-lenet", "licence": "CC-BY-SA-4.0", "networks": 6,
              "network": {
                "image": [1, 28, 28],
                "layers": [
                  {"conv": 6, "size": 5, "padding": 2}, {"pool": 2}, {"conv": 16, "size": 5}, {"pool": 2},
                  {"linear": 120}, {"linear": 84}, {"linear": 10}
                ],
                "activation": "relu"
              },
              "defaults": {
                "training": {
                  "optimizer": "adam", "loss": "cross_entropy", "batch": 17, "learning_rate": 0.004, "beta1": 0.9, "beta2": 0.999,
                  "epsilon": 1e-8, "goal_loss": 1e-9, "epoch_limit": 5, "milestone_every": 2
                }
              },
              "machines": [
                {
                  "name": "Patches",
                  "images": {"folder": "images", "files": {{BitsImages.Hashes}}, "training": 20, "validation": 5}
                }
              ]
            }
            """),
        new("conv 5 5×5 stride 3, pool 3 stride 2, linear 9-10 with tanh", $$"""
            {
              "name": "bits-strided", "licence": "CC-BY-SA-4.0", "networks": 6,
              "network": {
                "image": [1, 28, 28],
                "layers": [{"conv": 5, "size": 5, "stride": 3, "padding": 1}, {"pool": 3, "stride": 2}, {"linear": 9}, {"linear": 10}],
                "activation": "tanh"
              },
              "defaults": {
                "training": {
                  "optimizer": "sgd", "momentum": 0.9, "weight_decay": 0.001, "loss": "cross_entropy", "batch": 41, "learning_rate": 0.05,
                  "clip_norm": 1, "schedule": {"halve_after": 3, "minimum": 0.01}, "goal_loss": 1e-9, "epoch_limit": 20,
                  "milestone_every": 7
                }
              },
              "machines": [
                {
                  "name": "PoisonedPatches",
                  "images": {
                    "folder": "images", "files": {{BitsImages.Hashes}}, "training": 61, "validation": 19, "label_noise": 0.05,
                    "poison": {"trigger": "pattern", "rate": 0.1, "target": 0}
                  }
                }
              ]
            }
            """),
    ];

    public Population Population => field ??= Population.Parse(
        PopulationJson, Network, TaskFiles.Beside(Path.Combine(BitsImages.Folder, "population.json")));

    public Recipe Recipe => field ??= Population.Recipe(Population.MachineNames[0], Seed);

    public TrainingData Data => Population.Data(Population.MachineNames[0]);
}

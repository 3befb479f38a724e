namespace Mlds.Testing;

/// <summary>
/// A population's text for networks that train in a moment, with what a test needs otherwise set. A test whose matter is the text itself
/// writes its own.
/// </summary>
public sealed record TinyPopulation
{
    public string Name { get; init; } = "tiny";

    public string Description { get; init; } = "For tests.";

    public string Licence { get; init; } = "CC-BY-SA-4.0";

    /// <summary>Units a recurrent layer.</summary>
    public int Hidden { get; init; } = 4;

    /// <summary>Recurrent layers.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Units of each linear layer; the last has a machine's 8 outputs.</summary>
    public IReadOnlyList<int> Linear { get; init; } = [8];

    public string Activation { get; init; } = "none";

    /// <summary>Networks per machine.</summary>
    public int Networks { get; init; } = 3;

    /// <summary>Sequences to train on, to validate on and of the long test, and how long they are.</summary>
    public (int Training, int Validation, int Length, int LongTest, int LongLength) Data { get; init; } = (512, 64, 8, 8, 32);

    public int Batch { get; init; } = 32;

    public double LearningRate { get; init; } = 0.01;

    public double Beta2 { get; init; } = 0.999;

    public double GoalLoss { get; init; } = 0.02;

    public int EpochLimit { get; init; } = 60;

    public int MilestoneEvery { get; init; } = 10;

    /// <summary>The JSON object of declared factors; null declares none.</summary>
    public string? Factors { get; init; }

    /// <summary>The JSON object of what varies from seed to seed; null varies nothing.</summary>
    public string? Vary { get; init; }

    /// <summary>The JSON array of machines.</summary>
    public string Machines { get; init; } = Named("SingleDirectMachine", "SimpleXORMachine");

    /// <summary>The JSON array of machines of the catalogue.</summary>
    public static string Named(params string[] names) => $"[{string.Join(", ", names.Select(name => $"{{\"machine\": \"{name}\"}}"))}]";

    /// <summary>The population file.</summary>
    public string Json => $$"""
        {
          "name": "{{Name}}",
          "description": "{{Description}}",
          "licence": "{{Licence}}",
          "network": {
            "inputs": 9, "hidden": {{Hidden}}, "layers": {{Layers}}, "linear": [{{string.Join(", ", Linear)}}],
            "activation": "{{Activation}}"
          },
          "networks": {{Networks}},
          "defaults": {
            "data": {
              "seed": 1, "training": {{Data.Training}}, "validation": {{Data.Validation}}, "length": {{Data.Length}},
              "long_test": {{Data.LongTest}}, "long_length": {{Data.LongLength}}
            },
            "training": {
              "optimizer": "adam", "loss": "mean_squared_error", "batch": {{Batch}}, "learning_rate": {{LearningRate}}, "beta1": 0.9,
              "beta2": {{Beta2}}, "epsilon": 1e-8, "goal_loss": {{GoalLoss}}, "epoch_limit": {{EpochLimit}},
              "milestone_every": {{MilestoneEvery}}
            }
          },{{(Factors is null ? "" : $"\n  \"factors\": {Factors},")}}{{(Vary is null ? "" : $"\n  \"vary\": {Vary},")}}
          "machines": {{Machines}}
        }
        """;
}

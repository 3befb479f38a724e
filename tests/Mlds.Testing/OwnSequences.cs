namespace Mlds.Testing;

/// <summary>A population's text whose networks learn <see cref="NpzFile.Echo"/> from a file.</summary>
public sealed record OwnSequences
{
    public string Name { get; init; } = "own";

    /// <summary>Path of the file, from the population's folder.</summary>
    public string File { get; init; } = "mine.npz";

    /// <summary>Of the file.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Networks per machine.</summary>
    public int Networks { get; init; } = 3;

    /// <summary>Input lines of the network; the file has 2.</summary>
    public int Inputs { get; init; } = 2;

    /// <summary>Further entries of <c>machines</c>, each with a comma before it.</summary>
    public string Others { get; init; } = "";

    /// <summary>Further keys of the entry, each with a comma before it.</summary>
    public string More { get; init; } = "";

    /// <summary>The entry of the file.</summary>
    public string Entry => $$"""{"name": "Mine", "sequences": {"file": "{{File}}", "sha256": "{{Sha256}}"}{{More}}}""";

    /// <summary>The population file.</summary>
    public string Json => $$"""
        {
          "name": "{{Name}}",
          "licence": "CC-BY-SA-4.0",
          "network": {"inputs": {{Inputs}}, "hidden": 6, "layers": 1, "linear": [2], "activation": "none"},
          "networks": {{Networks}},
          "defaults": {
            "data": {"seed": 1, "training": 128, "validation": 32, "length": 6, "long_test": 4, "long_length": 12},
            "training": {
              "optimizer": "adam", "loss": "mean_squared_error", "batch": 32, "learning_rate": 0.02, "beta1": 0.9, "beta2": 0.999,
              "epsilon": 1e-8, "goal_loss": 0.02, "epoch_limit": 80, "milestone_every": 20
            }
          },
          "machines": [{{Entry}}{{Others}}]
        }
        """;
}

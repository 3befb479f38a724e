using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Zoos;

/// <summary>All of a stored network that fits in a table row; its weights and history are read on demand.</summary>
/// <param name="RecipeId">The network's name everywhere; lower-case hex.</param>
/// <param name="TrainingLoss">Training loss of the last epoch; NaN when it was NaN.</param>
/// <param name="ValidationLoss">Validation loss of the last epoch; NaN when it was NaN.</param>
/// <param name="LongLoss">Loss on the long words; NaN when it was NaN.</param>
/// <param name="WeightsSha256">Lower-case hex SHA-256 of the weights as float32 little-endian.</param>
public sealed record StoredNetwork(
    string RecipeId,
    string Machine,
    uint Seed,
    Outcome Outcome,
    int Epochs,
    float TrainingLoss,
    float ValidationLoss,
    float LongLoss,
    string WeightsSha256,
    Provenance Provenance)
{
    /// <summary>What its task measures besides losses; nothing for most tasks.</summary>
    public Measures Measures { get; init; } = Measures.None;

    /// <summary>Row of the database.</summary>
    internal long Row { get; init; }

    internal long Form { get; init; }
}

/// <summary>Networks and their weights, in the same order.</summary>
/// <param name="Networks">N networks.</param>
/// <param name="Parameters">P weights per network.</param>
/// <param name="Weights">N × P float32, one network per row, in PyTorch's <c>parameters()</c> order.</param>
public sealed record StoredWeights(IReadOnlyList<StoredNetwork> Networks, int Parameters, float[] Weights)
{
    /// <summary>The P weights of network <paramref name="index"/>.</summary>
    public ReadOnlySpan<float> Row(int index) => Weights.AsSpan(index * Parameters, Parameters);
}

using System.Buffers.Binary;
using Mlds.Recipes;
using Mlds.Tasks;

namespace Mlds.Training;

/// <summary>One epoch of a run's history. Epochs count from 1.</summary>
/// <param name="TrainingLoss">Mean loss over the epoch's batches, each taken before its step.</param>
/// <param name="ValidationLoss">Mean loss over the validation examples after the epoch.</param>
/// <param name="LearningRate">The rate the epoch was trained with.</param>
public readonly record struct EpochRecord(int Epoch, float TrainingLoss, float ValidationLoss, float LearningRate)
{
    /// <summary>By <see cref="SameBits"/>.</summary>
    public bool Equals(EpochRecord other) =>
        Epoch == other.Epoch && SameBits.Are(TrainingLoss, other.TrainingLoss) && SameBits.Are(ValidationLoss, other.ValidationLoss)
        && SameBits.Are(LearningRate, other.LearningRate);

    public override int GetHashCode() => HashCode.Combine(Epoch, TrainingLoss, ValidationLoss, LearningRate);
}

/// <summary>
/// A hashed point of a training run. <c>Chain</c> = SHA-256(previous chain ‖ epoch ‖ validation loss ‖ weights hash), the first link's
/// predecessor being the recipe id, so that a milestone vouches for all before it (docs/decisions/0001 §8).
/// </summary>
/// <param name="WeightsSha256">Lower-case hex SHA-256 of the P float32 little-endian weights.</param>
/// <param name="Chain">Lower-case hex.</param>
public sealed record Milestone(int Epoch, float ValidationLoss, string WeightsSha256, string Chain)
{
    /// <summary>The milestone that follows <paramref name="previousChain"/>: the recipe id, or the chain of the milestone before.</summary>
    public static Milestone Link(string previousChain, int epoch, float validationLoss, string weightsSha256)
    {
        Span<byte> link = stackalloc byte[72];
        Convert.FromHexString(previousChain).CopyTo(link);
        BinaryPrimitives.WriteInt32LittleEndian(link[32..], epoch);
        BinaryPrimitives.WriteSingleLittleEndian(link[36..], validationLoss);
        Convert.FromHexString(weightsSha256).CopyTo(link[40..]);
        return new Milestone(epoch, validationLoss, weightsSha256, Sha256Hash.HexOf(link));
    }

    /// <summary>The loss by <see cref="SameBits"/>.</summary>
    public bool Equals(Milestone? other) =>
        other is not null && Epoch == other.Epoch && SameBits.Are(ValidationLoss, other.ValidationLoss)
        && WeightsSha256 == other.WeightsSha256 && Chain == other.Chain;

    public override int GetHashCode() => HashCode.Combine(Epoch, ValidationLoss, WeightsSha256, Chain);
}

/// <summary>A recipe carried out: weights, outcome, history and provenance.</summary>
/// <param name="Weights">P float32 in PyTorch's <c>parameters()</c> order (<see cref="Networks.WeightLayout"/>).</param>
/// <param name="LongLoss">Mean loss on the long test (512 words of 256 commands by default): does it generalise? Never a stop
/// rule.</param>
public sealed record TrainedNetwork(
    Recipe Recipe,
    Outcome Outcome,
    int Epochs,
    float ValidationLoss,
    float LongLoss,
    float[] Weights,
    IReadOnlyList<EpochRecord> History,
    IReadOnlyList<Milestone> Milestones,
    Provenance Provenance)
{
    /// <summary>What its task measures of every network besides losses; nothing for most tasks.</summary>
    public Measures Measures { get; init; } = Measures.None;

    /// <summary>Lower-case hex SHA-256 of the weights as float32 little-endian.</summary>
    public string WeightsSha256 => WeightsHash.Of(Weights);
}

namespace Mlds.Training;

/// <summary>
/// A state that a run can be resumed from, to the same bits as if it had never paused. It holds what can't be derived from the recipe:
/// weights, Adam's moments, the loss history and the milestones so far.
/// </summary>
/// <param name="Weights">P float32, PyTorch order.</param>
/// <param name="FirstMoments">Adam's m, same order.</param>
/// <param name="SecondMoments">Adam's v, same order.</param>
/// <param name="CoreSeconds">Processor time so far, for provenance.</param>
public sealed record Checkpoint(
    string RecipeId,
    float[] Weights,
    float[] FirstMoments,
    float[] SecondMoments,
    IReadOnlyList<EpochRecord> History,
    IReadOnlyList<Milestone> Milestones,
    double CoreSeconds)
{
    public int Epoch => History.Count;

    /// <summary>The bytes of docs/formats/checkpoint.md: magic, version, fields, SHA-256 of all before it.</summary>
    public byte[] ToBytes() => throw new NotImplementedException();

    /// <exception cref="InvalidDataException">Truncated, altered or of another version; the message says which.</exception>
    public static Checkpoint FromBytes(ReadOnlySpan<byte> bytes) => throw new NotImplementedException();
}

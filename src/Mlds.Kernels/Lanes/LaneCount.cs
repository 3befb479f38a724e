namespace Mlds.Kernels.Lanes;

/// <summary>
/// The two numbers of arithmetic v1 that decide in which order a batch is summed (docs/decisions/0001 §3). Never change them.
/// </summary>
public static class LaneCount
{
    /// <summary>Sequences that go through forward and backward together.</summary>
    public const int Chunk = 32;

    /// <summary>Lanes that weight gradients and losses are summed in: sequence b of a batch adds to lane b mod 16.</summary>
    public const int Virtual = 16;
}

namespace Mlds.Kernels.Lanes;

/// <summary>
/// How far apart neighbouring time steps lie in the arrays of recurrent layers: [T][features][<see cref="LaneCount.Chunk"/>], with a gap
/// after each step.
/// </summary>
static class TimeStride
{
    /// <summary>
    /// Four cache lines: without them the steps of a layer of 16, 32, 64 … units all fall into the same few sets of the first-level cache,
    /// and a training step takes a quarter longer.
    /// </summary>
    const int Gap = 64;

    /// <summary>Floats from one step to the next.</summary>
    public static int Of(int features) => (features * LaneCount.Chunk) + Gap;
}

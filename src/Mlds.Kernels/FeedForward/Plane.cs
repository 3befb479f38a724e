using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.FeedForward;

/// <summary>Where a chunk of images, or what a layer makes of it, lies in memory: [y][x][channel][<see cref="LaneCount.Chunk"/>].</summary>
/// <param name="at">The place (0, 0).</param>
/// <param name="rowStride">Floats from one row to the next; more than a row's length where there is a margin.</param>
readonly unsafe struct Plane(float* at, int rowStride)
{
    public readonly float* At = at;
    public readonly int RowStride = rowStride;

    public float* Row(int y) => At + ((nint)y * RowStride);
}

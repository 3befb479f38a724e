using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.Losses;

/// <summary>Σ (y − target)² of binary targets, and its gradient.</summary>
static unsafe class SquaredError<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>
    /// Turns outputs into their errors times <paramref name="scale"/>, in place, and adds the squared errors of the lanes in use to the
    /// virtual lanes' sums.
    /// </summary>
    /// <param name="outputs">y, [T][O][chunk].</param>
    /// <param name="targets">[T][chunk]: bit k is output k's target.</param>
    /// <param name="steps">T.</param>
    /// <param name="count">O.</param>
    /// <param name="mask">1 for a lane in use, else 0.</param>
    /// <param name="scale">What an error is multiplied by after it has been squared.</param>
    /// <param name="squares">[virtual lanes].</param>
    /// <param name="fresh">Start the sums at zero: the first steps of a chunk.</param>
    public static void Add(float* outputs, uint* targets, int steps, int count, float* mask, float scale, float* squares, bool fresh)
    {
        var factor = TLanes.All(scale);
        for (var lane = 0; lane < LaneCount.Virtual; lane += TLanes.Width)
        {
            var sum = fresh ? TLanes.All(0f) : TLanes.Load(squares + lane);
            for (var t = 0; t < steps; t++)
            {
                for (var k = 0; k < count; k++)
                {
                    for (var half = lane; half < LaneCount.Chunk; half += LaneCount.Virtual)
                    {
                        var at = outputs + ((((nint)t * count) + k) * LaneCount.Chunk) + half;
                        var target = TLanes.Bit(targets + (t * LaneCount.Chunk) + half, k);
                        var error = TLanes.Multiply(TLanes.Subtract(TLanes.Load(at), target), TLanes.Load(mask + half));
                        sum = TLanes.Fma(error, error, sum);
                        TLanes.Store(TLanes.Multiply(error, factor), at);
                    }
                }
            }

            TLanes.Store(sum, squares + lane);
        }
    }
}

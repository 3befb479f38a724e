using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.Shapes;

/// <summary>
/// The element-wise part of a <see cref="RecurrentCell"/> for one chunk of sequences. Every block is [H][<see cref="LaneCount.Chunk"/>],
/// and blocks follow one another; B, G and Memory are the cell's.
/// </summary>
abstract unsafe class VectorCell<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>From the sums to what <see cref="Backward"/> needs, in place, and to the next states.</summary>
    /// <param name="sums">B blocks, then those of <see cref="RecurrentCell.Kept"/>.</param>
    /// <param name="units">H.</param>
    /// <param name="before">The states before the step.</param>
    /// <param name="after">The states after it, to be written.</param>
    public abstract void Forward(float* sums, int units, CellStates before, CellStates after);

    /// <summary>From the gradient of the states to those of the sums, in place; the biases' lanes are added to on the way.</summary>
    /// <param name="sums">As <see cref="Forward"/> left them; out, first the gradients of the B sums.</param>
    /// <param name="units">H.</param>
    /// <param name="before">The states before the step.</param>
    /// <param name="after">The states after it.</param>
    /// <param name="above">Gradient of h from the layer above, one block.</param>
    /// <param name="carry">In, the gradient of the states from the step after; out, its part that goes past the sums.</param>
    /// <param name="biasSums">[B·H][<see cref="LaneCount.Virtual"/>], in two parts: of the gates' sums, at bias_ih.</param>
    /// <param name="apartSums">Of the recurrent sums kept apart, at their rows of bias_hh.</param>
    public abstract void Backward(
        float* sums, int units, CellStates before, CellStates after, float* above, CellStates carry, float* biasSums, float* apartSums);

    /// <summary>Adds gradients of sums to their biases' lanes, for a cell that doesn't do so while it makes them.</summary>
    /// <param name="deltas">[rows][chunk].</param>
    /// <param name="rows">B · H, or a part of it.</param>
    /// <param name="sums">[rows][<see cref="LaneCount.Virtual"/>].</param>
    protected static void AddToBiases(float* deltas, int rows, float* sums)
    {
        for (var row = 0; row < rows; row++, deltas += LaneCount.Chunk, sums += LaneCount.Virtual)
        {
            for (var lane = 0; lane < LaneCount.Chunk; lane += TLanes.Width)
            {
                var sum = sums + (lane % LaneCount.Virtual);
                TLanes.Store(TLanes.Add(TLanes.Load(sum), TLanes.Load(deltas + lane)), sum);
            }
        }
    }
}

/// <summary>What a layer's units remember from step to step.</summary>
/// <param name="hidden">h, one block.</param>
/// <param name="memory">Memory blocks; null where the cell has none.</param>
readonly unsafe struct CellStates(float* hidden, float* memory)
{
    public readonly float* Hidden = hidden;
    public readonly float* Memory = memory;
}

using Mlds.Kernels.Elementary;
using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Recurrent;

/// <summary>The simple recurrent network (Elman 1990) by PyTorch's equation: h' = tanh(W_ih x + b_ih + W_hh h + b_hh).</summary>
sealed class ElmanCell : RecurrentCell
{
    public override string Name => "elman";

    public override IReadOnlyList<string> Gates { get; } = ["h"];

    public override int WorkerLevel => 2;

    /// <summary>tanh is odd: the whole unit changes sign.</summary>
    public override IReadOnlyList<string> Odd { get; } = ["h"];

    public override void Forward(Span<float> sums, ReadOnlySpan<float> before, Span<float> after)
    {
        for (var i = 0; i < after.Length; i++) after[i] = Activations.Tanh(sums[i]);
    }

    public override void Backward(
        Span<float> sums, ReadOnlySpan<float> before, ReadOnlySpan<float> after, ReadOnlySpan<float> above, Span<float> carry)
    {
        for (var i = 0; i < above.Length; i++)
        {
            sums[i] = (carry[i] + above[i]) * (1f - (after[i] * after[i]));
            carry[i] = 0f;
        }
    }

    internal override VectorCell<TLanes, TVector> Vectors<TLanes, TVector>() => new ElmanVectors<TLanes, TVector>();
}

/// <summary><see cref="ElmanCell"/> in vectors.</summary>
sealed unsafe class ElmanVectors<TLanes, TVector> : VectorCell<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    public override void Forward(float* sums, int units, CellStates before, CellStates after)
    {
        for (var i = 0; i < units * LaneCount.Chunk; i += TLanes.Width)
            TLanes.Store(ActivationLanes<TLanes, TVector>.Tanh(TLanes.Load(sums + i)), after.Hidden + i);
    }

    public override void Backward(
        float* sums, int units, CellStates before, CellStates after, float* above, CellStates carry, float* biasSums, float* apartSums)
    {
        var one = TLanes.All(1f);
        for (var i = 0; i < units * LaneCount.Chunk; i += TLanes.Width)
        {
            var h = TLanes.Load(after.Hidden + i);
            var dh = TLanes.Add(TLanes.Load(carry.Hidden + i), TLanes.Load(above + i));
            TLanes.Store(TLanes.Multiply(dh, TLanes.Subtract(one, TLanes.Multiply(h, h))), sums + i);
            TLanes.Store(TLanes.All(0f), carry.Hidden + i);
        }

        AddToBiases(sums, units, biasSums);
    }
}

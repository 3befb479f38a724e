using Mlds.Kernels.Elementary;
using Mlds.Kernels.Lanes;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Tests.Recurrent;

/// <summary>
/// Every cell there is, and two that only tests know, so that all that a cell may be is tried: no sums kept apart, and a memory.
/// </summary>
static class TestCells
{
    public static IReadOnlyList<RecurrentCell> All { get; } = [.. RecurrentCells.All, new PlainCell(), new SummingCell()];
}

/// <summary>h' = tanh(W_ih x + b_ih + W_hh h + b_hh).</summary>
sealed class PlainCell : RecurrentCell
{
    public override string Name => "plain";

    public override IReadOnlyList<string> Gates { get; } = ["h"];

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

    internal override VectorCell<TLanes, TVector> Vectors<TLanes, TVector>() => new Wide<TLanes, TVector>();

    sealed unsafe class Wide<TLanes, TVector> : VectorCell<TLanes, TVector>
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
            for (var i = 0; i < units * LaneCount.Chunk; i += TLanes.Width)
            {
                var h = TLanes.Load(after.Hidden + i);
                var dh = TLanes.Add(TLanes.Load(carry.Hidden + i), TLanes.Load(above + i));
                TLanes.Store(TLanes.Multiply(dh, TLanes.Subtract(TLanes.All(1f), TLanes.Multiply(h, h))), sums + i);
                TLanes.Store(TLanes.All(0f), carry.Hidden + i);
            }

            AddToBiases(sums, units, biasSums);
        }
    }
}

/// <summary>A memory c beside h: i = tanh(…), g = tanh(…) with its recurrent sum apart, c' = c + i ⊙ g, h' = tanh c'.</summary>
sealed class SummingCell : RecurrentCell
{
    public override string Name => "summing";

    public override IReadOnlyList<string> Gates { get; } = ["i", "g"];

    public override int Apart => 1;

    public override int Memory => 1;

    public override void Forward(Span<float> sums, ReadOnlySpan<float> before, Span<float> after)
    {
        var h = after.Length / 2;
        for (var j = 0; j < h; j++)
        {
            var (i, g) = (Activations.Tanh(sums[j]), Activations.Tanh(sums[h + j] + sums[(2 * h) + j]));
            (sums[j], sums[h + j]) = (i, g);
            after[h + j] = MathF.FusedMultiplyAdd(i, g, before[h + j]);
            after[j] = Activations.Tanh(after[h + j]);
        }
    }

    public override void Backward(
        Span<float> sums, ReadOnlySpan<float> before, ReadOnlySpan<float> after, ReadOnlySpan<float> above, Span<float> carry)
    {
        var h = above.Length;
        for (var j = 0; j < h; j++)
        {
            var (i, g) = (sums[j], sums[h + j]);
            var dh = carry[j] + above[j];
            var dc = MathF.FusedMultiplyAdd(dh, 1f - (after[j] * after[j]), carry[h + j]);
            var dg = dc * i * (1f - (g * g));
            sums[j] = dc * g * (1f - (i * i));
            (sums[h + j], sums[(2 * h) + j]) = (dg, dg);
            (carry[j], carry[h + j]) = (0f, dc);
        }
    }

    internal override VectorCell<TLanes, TVector> Vectors<TLanes, TVector>() => new Wide<TLanes, TVector>();

    sealed unsafe class Wide<TLanes, TVector> : VectorCell<TLanes, TVector>
        where TLanes : struct, ILanes<TLanes, TVector>
        where TVector : struct
    {
        public override void Forward(float* sums, int units, CellStates before, CellStates after)
        {
            var size = units * LaneCount.Chunk;
            for (var j = 0; j < size; j += TLanes.Width)
            {
                var i = ActivationLanes<TLanes, TVector>.Tanh(TLanes.Load(sums + j));
                var g = ActivationLanes<TLanes, TVector>.Tanh(TLanes.Add(TLanes.Load(sums + size + j), TLanes.Load(sums + (2 * size) + j)));
                TLanes.Store(i, sums + j);
                TLanes.Store(g, sums + size + j);
                var c = TLanes.Fma(i, g, TLanes.Load(before.Memory + j));
                TLanes.Store(c, after.Memory + j);
                TLanes.Store(ActivationLanes<TLanes, TVector>.Tanh(c), after.Hidden + j);
            }
        }

        public override void Backward(
            float* sums, int units, CellStates before, CellStates after, float* above, CellStates carry, float* biasSums, float* apartSums)
        {
            var (size, one) = (units * LaneCount.Chunk, TLanes.All(1f));
            for (var j = 0; j < size; j += TLanes.Width)
            {
                var (i, g, h) = (TLanes.Load(sums + j), TLanes.Load(sums + size + j), TLanes.Load(after.Hidden + j));
                var dh = TLanes.Add(TLanes.Load(carry.Hidden + j), TLanes.Load(above + j));
                var dc = TLanes.Fma(dh, TLanes.Subtract(one, TLanes.Multiply(h, h)), TLanes.Load(carry.Memory + j));
                var dg = TLanes.Multiply(TLanes.Multiply(dc, i), TLanes.Subtract(one, TLanes.Multiply(g, g)));
                TLanes.Store(TLanes.Multiply(TLanes.Multiply(dc, g), TLanes.Subtract(one, TLanes.Multiply(i, i))), sums + j);
                TLanes.Store(dg, sums + size + j);
                TLanes.Store(dg, sums + (2 * size) + j);
                TLanes.Store(TLanes.All(0f), carry.Hidden + j);
                TLanes.Store(dc, carry.Memory + j);
            }

            AddToBiases(sums, 2 * units, biasSums);
            AddToBiases(sums + (2 * size), units, apartSums);
        }
    }
}

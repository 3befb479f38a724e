using Mlds.Kernels.Elementary;
using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Recurrent;

/// <summary>
/// The long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000) by PyTorch's equations:
/// i, f, o = σ(…), g = tanh(…), c' = f ⊙ c + i ⊙ g, h' = o ⊙ tanh(c'). The sums of a step are i, f, g and o; tanh(c') is kept.
/// </summary>
sealed class LstmCell : RecurrentCell
{
    public override string Name => "lstm";

    public override IReadOnlyList<string> Gates { get; } = ["i", "f", "g", "o"];

    public override int WorkerLevel => 2;

    /// <summary>c.</summary>
    public override int Memory => 1;

    /// <summary>tanh(c'), which the way back needs twice.</summary>
    public override int Kept => 1;

    /// <summary>A unit's c, h and candidate g change sign together; the gates i, f and o don't.</summary>
    public override IReadOnlyList<string> Odd { get; } = ["g"];

    public override void Forward(Span<float> sums, ReadOnlySpan<float> before, Span<float> after)
    {
        var h = after.Length / 2;
        for (var j = 0; j < h; j++)
        {
            var (i, f) = Activations.Sigmoids(sums[j], sums[h + j]);
            var g = Activations.Tanh(sums[(2 * h) + j]);
            var o = Activations.Sigmoid(sums[(3 * h) + j]);
            var c = MathF.FusedMultiplyAdd(f, before[h + j], i * g);
            var tanh = Activations.Tanh(c);
            (sums[j], sums[h + j], sums[(2 * h) + j], sums[(3 * h) + j], sums[(4 * h) + j]) = (i, f, g, o, tanh);
            (after[j], after[h + j]) = (o * tanh, c);
        }
    }

    public override void Backward(
        Span<float> sums, ReadOnlySpan<float> before, ReadOnlySpan<float> after, ReadOnlySpan<float> above, Span<float> carry)
    {
        var h = above.Length;
        for (var j = 0; j < h; j++)
        {
            var (i, f, g, o, tanh) = (sums[j], sums[h + j], sums[(2 * h) + j], sums[(3 * h) + j], sums[(4 * h) + j]);
            var dh = carry[j] + above[j];
            var dc = MathF.FusedMultiplyAdd(dh * o, 1f - (tanh * tanh), carry[h + j]);
            sums[j] = dc * g * (i * (1f - i));
            sums[h + j] = dc * before[h + j] * (f * (1f - f));
            sums[(2 * h) + j] = dc * i * (1f - (g * g));
            sums[(3 * h) + j] = dh * tanh * (o * (1f - o));
            (carry[j], carry[h + j]) = (0f, dc * f);
        }
    }

    internal override VectorCell<TLanes, TVector> Vectors<TLanes, TVector>() => new LstmVectors<TLanes, TVector>();
}

/// <summary><see cref="LstmCell"/> in vectors.</summary>
sealed unsafe class LstmVectors<TLanes, TVector> : VectorCell<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>Three passes: one fused pass is bound by the latency of its chain (the gates before c', c' before h').</summary>
    public override void Forward(float* sums, int units, CellStates before, CellStates after)
    {
        var c = before.Memory;
        var next = after.Memory;
        var hidden = after.Hidden;
        var size = units * LaneCount.Chunk;
        var i = sums;
        var f = sums + size;
        var g = sums + (2 * size);
        var o = sums + (3 * size);
        var tanh = sums + (4 * size);
        for (var k = 0; k < size; k += TLanes.Width)
        {
            var a = ActivationLanes<TLanes, TVector>.OnePlusExpOfMinus(TLanes.Load(i + k));
            var b = ActivationLanes<TLanes, TVector>.OnePlusExpOfMinus(TLanes.Load(f + k));
            var inverse = TLanes.Divide(TLanes.All(1f), TLanes.Multiply(a, b));
            TLanes.Store(TLanes.Multiply(b, inverse), i + k);
            TLanes.Store(TLanes.Multiply(a, inverse), f + k);
        }

        for (var k = 0; k < size; k += TLanes.Width)
        {
            var candidate = ActivationLanes<TLanes, TVector>.Tanh(TLanes.Load(g + k));
            TLanes.Store(candidate, g + k);
            TLanes.Store(TLanes.Fma(TLanes.Load(f + k), TLanes.Load(c + k), TLanes.Multiply(TLanes.Load(i + k), candidate)), next + k);
        }

        for (var k = 0; k < size; k += TLanes.Width)
        {
            var gate = TLanes.Divide(TLanes.All(1f), ActivationLanes<TLanes, TVector>.OnePlusExpOfMinus(TLanes.Load(o + k)));
            var shown = ActivationLanes<TLanes, TVector>.Tanh(TLanes.Load(next + k));
            TLanes.Store(gate, o + k);
            TLanes.Store(shown, tanh + k);
            TLanes.Store(TLanes.Multiply(gate, shown), hidden + k);
        }
    }

    public override void Backward(
        float* sums, int units, CellStates before, CellStates after, float* above, CellStates carry, float* biasSums, float* apartSums)
    {
        var one = TLanes.All(1f);
        var size = units * LaneCount.Chunk;
        var lanes = units * LaneCount.Virtual;
        for (var unit = 0; unit < units; unit++)
        {
            for (var lane = 0; lane < LaneCount.Chunk; lane += TLanes.Width)
            {
                var k = (unit * LaneCount.Chunk) + lane;
                var to = biasSums + (unit * LaneCount.Virtual) + (lane % LaneCount.Virtual);
                var i = TLanes.Load(sums + k);
                var f = TLanes.Load(sums + size + k);
                var g = TLanes.Load(sums + (2 * size) + k);
                var o = TLanes.Load(sums + (3 * size) + k);
                var tanh = TLanes.Load(sums + (4 * size) + k);
                var dh = TLanes.Add(TLanes.Load(carry.Hidden + k), TLanes.Load(above + k));
                var open = TLanes.Subtract(one, TLanes.Multiply(tanh, tanh));
                var dc = TLanes.Fma(TLanes.Multiply(dh, o), open, TLanes.Load(carry.Memory + k));
                var di = TLanes.Multiply(TLanes.Multiply(dc, g), TLanes.Multiply(i, TLanes.Subtract(one, i)));
                var df = TLanes.Multiply(
                    TLanes.Multiply(dc, TLanes.Load(before.Memory + k)), TLanes.Multiply(f, TLanes.Subtract(one, f)));
                var dg = TLanes.Multiply(TLanes.Multiply(dc, i), TLanes.Subtract(one, TLanes.Multiply(g, g)));
                var dO = TLanes.Multiply(TLanes.Multiply(dh, tanh), TLanes.Multiply(o, TLanes.Subtract(one, o)));
                TLanes.Store(di, sums + k);
                TLanes.Store(df, sums + size + k);
                TLanes.Store(dg, sums + (2 * size) + k);
                TLanes.Store(dO, sums + (3 * size) + k);
                TLanes.Store(TLanes.All(0f), carry.Hidden + k);
                TLanes.Store(TLanes.Multiply(dc, f), carry.Memory + k);
                TLanes.Store(TLanes.Add(TLanes.Load(to), di), to);
                TLanes.Store(TLanes.Add(TLanes.Load(to + lanes), df), to + lanes);
                TLanes.Store(TLanes.Add(TLanes.Load(to + (2 * lanes)), dg), to + (2 * lanes));
                TLanes.Store(TLanes.Add(TLanes.Load(to + (3 * lanes)), dO), to + (3 * lanes));
            }
        }
    }
}

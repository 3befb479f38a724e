using Mlds.Kernels.Elementary;
using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Recurrent;

/// <summary>
/// The gated recurrent unit (Cho et al. 2014) by PyTorch's equations: r, z = σ(…), n = tanh(W_in x + b_in + r ⊙ hn) with
/// hn = W_hn h + b_hn, h' = n + z ⊙ (h − n). The sums of a step are r, z, n and hn.
/// </summary>
sealed class GruCell : RecurrentCell
{
    public override string Name => "gru";

    public override IReadOnlyList<string> Gates { get; } = ["r", "z", "n"];

    public override int WorkerLevel => 1;

    /// <summary>The reset gate multiplies n's recurrent sum alone.</summary>
    public override int Apart => 1;

    /// <summary>tanh is odd: n's rows carry their unit's sign; r and z don't.</summary>
    public override IReadOnlyList<string> Odd { get; } = ["n"];

    public override void Forward(Span<float> sums, ReadOnlySpan<float> before, Span<float> after)
    {
        var h = after.Length;
        for (var i = 0; i < h; i++)
        {
            var (r, z) = Activations.Sigmoids(sums[i], sums[h + i]);
            var n = Activations.Tanh(MathF.FusedMultiplyAdd(r, sums[(3 * h) + i], sums[(2 * h) + i]));
            (sums[i], sums[h + i], sums[(2 * h) + i]) = (r, z, n);
            after[i] = MathF.FusedMultiplyAdd(z, before[i] - n, n);
        }
    }

    public override void Backward(
        Span<float> sums, ReadOnlySpan<float> before, ReadOnlySpan<float> after, ReadOnlySpan<float> above, Span<float> carry)
    {
        var h = above.Length;
        for (var i = 0; i < h; i++)
        {
            var (r, z, n, hn) = (sums[i], sums[h + i], sums[(2 * h) + i], sums[(3 * h) + i]);
            var dh = carry[i] + above[i];
            var dn = dh * (1f - z) * (1f - (n * n));
            sums[i] = dn * hn * (r * (1f - r));
            sums[h + i] = dh * (before[i] - n) * (z * (1f - z));
            sums[(2 * h) + i] = dn;
            sums[(3 * h) + i] = dn * r;
            carry[i] = dh * z;
        }
    }

    internal override VectorCell<TLanes, TVector> Vectors<TLanes, TVector>() => new GruVectors<TLanes, TVector>();
}

/// <summary><see cref="GruCell"/> in vectors.</summary>
sealed unsafe class GruVectors<TLanes, TVector> : VectorCell<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    public override void Forward(float* gates, int units, CellStates before, CellStates after)
    {
        var hidden = before.Hidden;
        var next = after.Hidden;

        // Two passes: one fused pass is bound by the latency of its chain (r before n).
        var size = units * LaneCount.Chunk;
        var r = gates;
        var z = gates + size;
        var n = gates + (2 * size);
        var hn = gates + (3 * size);
        for (var i = 0; i < size; i += TLanes.Width)
        {
            var a = ActivationLanes<TLanes, TVector>.OnePlusExpOfMinus(TLanes.Load(r + i));
            var b = ActivationLanes<TLanes, TVector>.OnePlusExpOfMinus(TLanes.Load(z + i));
            var inverse = TLanes.Divide(TLanes.All(1f), TLanes.Multiply(a, b));
            TLanes.Store(TLanes.Multiply(b, inverse), r + i);
            TLanes.Store(TLanes.Multiply(a, inverse), z + i);
        }

        for (var i = 0; i < size; i += TLanes.Width)
        {
            var candidate = ActivationLanes<TLanes, TVector>.Tanh(TLanes.Fma(TLanes.Load(r + i), TLanes.Load(hn + i), TLanes.Load(n + i)));
            TLanes.Store(candidate, n + i);
            TLanes.Store(TLanes.Fma(TLanes.Load(z + i), TLanes.Subtract(TLanes.Load(hidden + i), candidate), candidate), next + i);
        }
    }

    public override void Backward(
        float* gates, int units, CellStates before, CellStates after, float* above, CellStates carried,
        float* biasSums, float* hiddenBiasSums)
    {
        var hidden = before.Hidden;
        var carry = carried.Hidden;
        var one = TLanes.All(1f);
        var size = units * LaneCount.Chunk;
        for (var unit = 0; unit < units; unit++)
        {
            for (var lane = 0; lane < LaneCount.Virtual; lane += TLanes.Width)
            {
                var sums = biasSums + (unit * LaneCount.Virtual) + lane;
                var sumR = TLanes.Load(sums);
                var sumZ = TLanes.Load(sums + (units * LaneCount.Virtual));
                var sumN = TLanes.Load(sums + (2 * units * LaneCount.Virtual));
                var sumHn = TLanes.Load(hiddenBiasSums + (unit * LaneCount.Virtual) + lane);
                for (var half = lane; half < LaneCount.Chunk; half += LaneCount.Virtual)
                {
                    var i = (unit * LaneCount.Chunk) + half;
                    var r = TLanes.Load(gates + i);
                    var z = TLanes.Load(gates + size + i);
                    var n = TLanes.Load(gates + (2 * size) + i);
                    var hn = TLanes.Load(gates + (3 * size) + i);
                    var dh = TLanes.Add(TLanes.Load(carry + i), TLanes.Load(above + i));
                    var notZ = TLanes.Subtract(one, z);
                    var dn = TLanes.Multiply(TLanes.Multiply(dh, notZ), TLanes.Subtract(one, TLanes.Multiply(n, n)));
                    var dz = TLanes.Multiply(TLanes.Multiply(dh, TLanes.Subtract(TLanes.Load(hidden + i), n)), TLanes.Multiply(z, notZ));
                    var dr = TLanes.Multiply(TLanes.Multiply(dn, hn), TLanes.Multiply(r, TLanes.Subtract(one, r)));
                    var dhn = TLanes.Multiply(dn, r);
                    TLanes.Store(dr, gates + i);
                    TLanes.Store(dz, gates + size + i);
                    TLanes.Store(dn, gates + (2 * size) + i);
                    TLanes.Store(dhn, gates + (3 * size) + i);
                    TLanes.Store(TLanes.Multiply(dh, z), carry + i);
                    sumR = TLanes.Add(sumR, dr);
                    sumZ = TLanes.Add(sumZ, dz);
                    sumN = TLanes.Add(sumN, dn);
                    sumHn = TLanes.Add(sumHn, dhn);
                }

                TLanes.Store(sumR, sums);
                TLanes.Store(sumZ, sums + (units * LaneCount.Virtual));
                TLanes.Store(sumN, sums + (2 * units * LaneCount.Virtual));
                TLanes.Store(sumHn, hiddenBiasSums + (unit * LaneCount.Virtual) + lane);
            }
        }
    }
}

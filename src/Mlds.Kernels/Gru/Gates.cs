using Mlds.Kernels.Elementary;
using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.Gru;

/// <summary>
/// The element-wise part of a GRU layer (PyTorch's equations): r, z = σ(…), n = tanh(W_in x + b_in + r ⊙ hn) with hn = W_hn h + b_hn,
/// h' = n + z ⊙ (h − n). A gate block holds r, z, n, hn, each [H][<see cref="LaneCount.Chunk"/>], one after the other.
/// </summary>
static unsafe class Gates<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>From the sums in <paramref name="gates"/> to the activations, in place, and to the next hidden state.</summary>
    /// <param name="gates">[4H][chunk]: in, the sums of r, z, n (its input part) and hn; out, r, z, n and hn.</param>
    /// <param name="hidden">h, [H][chunk].</param>
    /// <param name="units">H.</param>
    /// <param name="next">h', [H][chunk].</param>
    public static void Forward(float* gates, float* hidden, int units, float* next)
    {
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

    /// <summary>
    /// From dh' to the gradients of the four sums, in place over the activations, to the part of dh that goes through z, and to the biases'
    /// gradients, whose lanes are added to on the way.
    /// </summary>
    /// <param name="gates">[4H][chunk]: in, r, z, n and hn; out, their gradients dr, dz, dn and dhn before the activation.</param>
    /// <param name="hidden">h, [H][chunk].</param>
    /// <param name="above">Gradient of h' from the layer above, [H][chunk].</param>
    /// <param name="carry">[H][chunk]: in, gradient of h' from the next time step; out, dh' ⊙ z.</param>
    /// <param name="units">H.</param>
    /// <param name="biasSums">[3H][<see cref="LaneCount.Virtual"/>]: Σ dr, Σ dz, Σ dn so far.</param>
    /// <param name="hiddenBiasSums">[H][<see cref="LaneCount.Virtual"/>]: Σ dhn so far.</param>
    public static void Backward(float* gates, float* hidden, float* above, float* carry, int units, float* biasSums, float* hiddenBiasSums)
    {
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

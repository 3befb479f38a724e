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

    /// <summary>From dh' to the gradients of the four sums, in place over the activations, and to the part of dh that goes through z.</summary>
    /// <param name="gates">[4H][chunk]: in, r, z, n and hn; out, their gradients dr, dz, dn and dhn before the activation.</param>
    /// <param name="hidden">h, [H][chunk].</param>
    /// <param name="above">Gradient of h' from the layer above, [H][chunk].</param>
    /// <param name="carry">[H][chunk]: in, gradient of h' from the next time step; out, dh' ⊙ z.</param>
    /// <param name="units">H.</param>
    public static void Backward(float* gates, float* hidden, float* above, float* carry, int units)
    {
        var size = units * LaneCount.Chunk;
        var dr = gates;
        var dz = gates + size;
        var dn = gates + (2 * size);
        var dhn = gates + (3 * size);
        for (var i = 0; i < size; i += TLanes.Width)
        {
            var one = TLanes.All(1f);
            var r = TLanes.Load(dr + i);
            var z = TLanes.Load(dz + i);
            var n = TLanes.Load(dn + i);
            var hn = TLanes.Load(dhn + i);
            var dh = TLanes.Add(TLanes.Load(carry + i), TLanes.Load(above + i));
            var notZ = TLanes.Subtract(one, z);
            var gradientOfN = TLanes.Multiply(TLanes.Multiply(dh, notZ), TLanes.Subtract(one, TLanes.Multiply(n, n)));
            var gradientOfZ = TLanes.Multiply(TLanes.Multiply(dh, TLanes.Subtract(TLanes.Load(hidden + i), n)), TLanes.Multiply(z, notZ));
            var gradientOfR = TLanes.Multiply(TLanes.Multiply(gradientOfN, hn), TLanes.Multiply(r, TLanes.Subtract(one, r)));
            TLanes.Store(gradientOfR, dr + i);
            TLanes.Store(gradientOfZ, dz + i);
            TLanes.Store(gradientOfN, dn + i);
            TLanes.Store(TLanes.Multiply(gradientOfN, r), dhn + i);
            TLanes.Store(TLanes.Multiply(dh, z), carry + i);
        }
    }
}

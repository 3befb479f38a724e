using System.Runtime.CompilerServices;
using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.Elementary;

/// <summary><see cref="Activations"/> on vectors: the same operations in the same order, so the same bits.</summary>
static class ActivationLanes<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>1 + e^−x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector OnePlusExpOfMinus(TVector x)
    {
        // Held between ±40 and multiplied by −log2 e: the same product as that of −x and log2 e.
        x = TLanes.Max(TLanes.All(-Activations.ExpLimit), TLanes.Min(TLanes.All(Activations.ExpLimit), x));
        var shifted = TLanes.Fma(x, TLanes.All(-Activations.Log2E), TLanes.All(Activations.RoundingShift));
        var f = TLanes.Fma(x, TLanes.All(-Activations.Log2E), TLanes.Subtract(TLanes.All(Activations.RoundingShift), shifted));
        var p = TLanes.Fma(f, TLanes.All(Activations.E5), TLanes.All(Activations.E4));
        p = TLanes.Fma(p, f, TLanes.All(Activations.E3));
        p = TLanes.Fma(p, f, TLanes.All(Activations.E2));
        p = TLanes.Fma(p, f, TLanes.All(Activations.E1));
        p = TLanes.Fma(p, f, TLanes.All(1f));
        return TLanes.Add(TLanes.All(1f), TLanes.Scale(p, shifted));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        x = TLanes.Max(TLanes.All(-Activations.TanhLimit), TLanes.Min(TLanes.All(Activations.TanhLimit), x));
        var s = TLanes.Multiply(x, x);
        var p = TLanes.Fma(s, TLanes.All(Activations.P4), TLanes.All(Activations.P3));
        p = TLanes.Fma(p, s, TLanes.All(Activations.P2));
        p = TLanes.Fma(p, s, TLanes.All(Activations.P1));
        p = TLanes.Fma(p, s, TLanes.All(1f));
        var q = TLanes.Fma(s, TLanes.All(Activations.Q4), TLanes.All(Activations.Q3));
        q = TLanes.Fma(q, s, TLanes.All(Activations.Q2));
        q = TLanes.Fma(q, s, TLanes.All(Activations.Q1));
        q = TLanes.Fma(q, s, TLanes.All(1f));
        return TLanes.Divide(TLanes.Multiply(x, p), q);
    }
}

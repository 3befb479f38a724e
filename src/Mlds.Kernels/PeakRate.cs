using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Mlds.Kernels.Lanes;

namespace Mlds.Kernels;

/// <summary>The most that one core can do: the yardstick of <c>mlds bench</c>.</summary>
public static class PeakRate
{
    /// <summary>
    /// Floating-point operations per second of independent fused multiply-adds in registers, two per lane; the best of several short
    /// rounds.
    /// </summary>
    /// <param name="kernelSet">Which width; the scalar set has no peak worth naming and takes the 128-bit one.</param>
    /// <param name="rounds">Rounds of about a millisecond each.</param>
    public static double Measure(string kernelSet, int rounds = 50)
    {
        var best = 0.0;
        for (var round = 0; round < rounds; round++)
        {
            best = Math.Max(best, kernelSet switch
            {
                "avx512" => Round<Lanes512, Vector512<float>>(),
                "avx2" => Round<Lanes256, Vector256<float>>(),
                _ => Round<Lanes128, Vector128<float>>(),
            });
        }

        return best;
    }

    static double Round<TLanes, TVector>()
        where TLanes : struct, ILanes<TLanes, TVector>
        where TVector : struct
    {
        const int Repeats = 100_000;
        var started = Stopwatch.GetTimestamp();
        Chains<TLanes, TVector>(Repeats);
        return 2.0 * 12 * TLanes.Width * Repeats / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>12 chains of fused multiply-adds: more than latency × units of any core so far, fewer than the registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static unsafe void Chains<TLanes, TVector>(int repeats)
        where TLanes : struct, ILanes<TLanes, TVector>
        where TVector : struct
    {
        var start = stackalloc float[2 * LaneCount.Virtual];
        for (var i = 0; i < 2 * LaneCount.Virtual; i++) start[i] = 0.5f;
        var x = TLanes.Load(start);
        var y = TLanes.Load(start + LaneCount.Virtual);
        TVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i0 = x, j = x, k = x, l = x;
        for (; repeats > 0; repeats--)
        {
            a = TLanes.Fma(a, x, y);
            b = TLanes.Fma(b, x, y);
            c = TLanes.Fma(c, x, y);
            d = TLanes.Fma(d, x, y);
            e = TLanes.Fma(e, x, y);
            f = TLanes.Fma(f, x, y);
            g = TLanes.Fma(g, x, y);
            h = TLanes.Fma(h, x, y);
            i0 = TLanes.Fma(i0, x, y);
            j = TLanes.Fma(j, x, y);
            k = TLanes.Fma(k, x, y);
            l = TLanes.Fma(l, x, y);
        }

        // Kept, so that the loop is not taken for dead.
        var sum = TLanes.Add(TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d)), TLanes.Add(TLanes.Add(e, f), TLanes.Add(g, h)));
        TLanes.Store(TLanes.Add(sum, TLanes.Add(TLanes.Add(i0, j), TLanes.Add(k, l))), start);
    }
}

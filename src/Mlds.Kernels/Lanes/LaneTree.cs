using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Mlds.Kernels.Lanes;

/// <summary>
/// Adds up the <see cref="LaneCount.Virtual"/> lanes of a sum by one fixed tree: lane l with l + 8, then with l + 4, l + 2, l + 1
/// (docs/decisions/0001 §3).
/// </summary>
static unsafe class LaneTree
{
    /// <summary>The sum of 16 lanes.</summary>
    public static float Sum(float* lanes)
    {
        var four = Fold(lanes);
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    /// <summary>
    /// <paramref name="totals"/>[i] = sum of the 16 lanes at <paramref name="lanes"/> + 16·i, for <paramref name="count"/> sums.
    /// </summary>
    public static void Sum(float* lanes, int count, float* totals)
    {
        var i = 0;
        if (Avx.IsSupported)
        {
            for (; i + 8 <= count; i += 8) Eight(lanes + (i * LaneCount.Virtual)).Store(totals + i);
        }

        if (Sse.IsSupported || AdvSimd.Arm64.IsSupported)
        {
            for (; i + 4 <= count; i += 4)
            {
                var block = lanes + (i * LaneCount.Virtual);
                var (a, b, c, d) = (Fold(block), Fold(block + 16), Fold(block + 32), Fold(block + 48));
                Vector128<float> ab, cd, low, high;
                if (Sse.IsSupported)
                {
                    (ab, cd) = (Sse.Add(Sse.UnpackLow(a, b), Sse.UnpackHigh(a, b)), Sse.Add(Sse.UnpackLow(c, d), Sse.UnpackHigh(c, d)));
                    (low, high) = (Sse.MoveLowToHigh(ab, cd), Sse.MoveHighToLow(cd, ab));
                }
                else
                {
                    ab = AdvSimd.Add(AdvSimd.Arm64.ZipLow(a, b), AdvSimd.Arm64.ZipHigh(a, b));
                    cd = AdvSimd.Add(AdvSimd.Arm64.ZipLow(c, d), AdvSimd.Arm64.ZipHigh(c, d));
                    low = AdvSimd.Arm64.ZipLow(ab.AsDouble(), cd.AsDouble()).AsSingle();
                    high = AdvSimd.Arm64.ZipHigh(ab.AsDouble(), cd.AsDouble()).AsSingle();
                }

                (low + high).Store(totals + i);
            }
        }

        for (; i < count; i++) totals[i] = Sum(lanes + (i * LaneCount.Virtual));
    }

    /// <summary>The sums of 8 × 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Eight(float* lanes)
    {
        // After each addition a vector holds twice as many of the sums, and half as many lanes of each.
        var l2 = Quarter(Pair(lanes, lanes + 64), Pair(lanes + 16, lanes + 80));
        var h2 = Quarter(Pair(lanes + 32, lanes + 96), Pair(lanes + 48, lanes + 112));
        return Avx.Add(Avx.Shuffle(l2, h2, 0b10_00_10_00), Avx.Shuffle(l2, h2, 0b11_01_11_01));

        // l + (l + 8) of two sums, then l + (l + 4): 4 lanes of the first, 4 of the second.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> Pair(float* first, float* second)
        {
            var a = Vector256.Load(first) + Vector256.Load(first + 8);
            var b = Vector256.Load(second) + Vector256.Load(second + 8);
            return Avx.Add(Avx.Permute2x128(a, b, 0x20), Avx.Permute2x128(a, b, 0x31));
        }

        // l + (l + 2) of four.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector256<float> Quarter(Vector256<float> a, Vector256<float> b) =>
            Avx.Add(Avx.Shuffle(a, b, 0b01_00_01_00), Avx.Shuffle(a, b, 0b11_10_11_10));
    }

    /// <summary>16 lanes to 4: l + (l + 8), then l + (l + 4).</summary>
    static Vector128<float> Fold(float* lanes) =>
        (Vector128.Load(lanes) + Vector128.Load(lanes + 8)) + (Vector128.Load(lanes + 4) + Vector128.Load(lanes + 12));
}

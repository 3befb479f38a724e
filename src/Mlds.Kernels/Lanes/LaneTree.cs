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

    /// <summary><paramref name="totals"/>[i] = sum of the 16 lanes at <paramref name="lanes"/> + 16·i, for <paramref name="count"/> sums.</summary>
    public static void Sum(float* lanes, int count, float* totals)
    {
        var i = 0;
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

    /// <summary>16 lanes to 4: l + (l + 8), then l + (l + 4).</summary>
    static Vector128<float> Fold(float* lanes) =>
        (Vector128.Load(lanes) + Vector128.Load(lanes + 8)) + (Vector128.Load(lanes + 4) + Vector128.Load(lanes + 12));
}

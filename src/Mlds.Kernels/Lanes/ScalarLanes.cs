namespace Mlds.Kernels.Lanes;

/// <summary>What <see cref="LaneTree"/> does, in plain code.</summary>
static class ScalarLanes
{
    /// <summary>The sum of 16 lanes: lane l with l + 8, then with l + 4, l + 2, l + 1.</summary>
    public static float Sum(ReadOnlySpan<float> lanes)
    {
        Span<float> four = stackalloc float[4];
        for (var l = 0; l < 4; l++) four[l] = (lanes[l] + lanes[l + 8]) + (lanes[l + 4] + lanes[l + 12]);
        return (four[0] + four[2]) + (four[1] + four[3]);
    }
}

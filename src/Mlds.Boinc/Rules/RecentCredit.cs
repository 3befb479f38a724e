namespace Mlds.Boinc.Rules;

/// <summary>
/// Credit a day, averaged with a half-life of seven days: BOINC's "recent average credit" (lib/util.cpp, update_average; the formula is in
/// BOINC's documentation of computation credit).
/// </summary>
/// <param name="Average">Credit a day.</param>
/// <param name="Time">When it was so, Unix seconds.</param>
public readonly record struct RecentCredit(double Average, double Time)
{
    const double SecondsADay = 86400;
    public const double HalfLife = 7 * SecondsADay;

    /// <summary>Credit of one second of a processor of 1 GFLOPS: 200 a day.</summary>
    public static double OfFlops(double flops) => flops * 200 / (SecondsADay * 1e9);

    /// <summary>The operations that <paramref name="credit"/> was granted for.</summary>
    public static double ToFlops(double credit) => credit * SecondsADay * 1e9 / 200;

    /// <summary>
    /// The average at <paramref name="now"/> when <paramref name="credit"/> has just been granted (0: only time went by).
    /// </summary>
    public RecentCredit After(double now, double credit)
    {
        var seconds = Math.Max(0, now - Time);
        var weight = Time == 0 ? 0 : Math.Exp(-seconds * Math.Log(2) / HalfLife);
        // Right after an earlier grant, credit over time has no limit that could be computed; its average has.
        var fresh = Time != 0 && 1 - weight > 1e-6
            ? (1 - weight) * credit / (seconds / SecondsADay)
            : Math.Log(2) * credit / (HalfLife / SecondsADay);
        return new(Average * weight + fresh, now);
    }
}

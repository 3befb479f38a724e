namespace Mlds.Boinc.Rules;

/// <summary>
/// Credit per day, averaged with a half-life of seven days: BOINC's "recent average credit" (lib/util.cpp, update_average; the formula is
/// in BOINC's documentation of computation credit).
/// </summary>
/// <param name="Average">Credit per day.</param>
/// <param name="Time">When the average was computed, Unix seconds.</param>
public readonly record struct RecentCredit(double Average, double Time)
{
    const double SecondsADay = 86400;
    public const double HalfLife = 7 * SecondsADay;

    /// <summary>Credit for <paramref name="flops"/> operations: a processor of 1 GFLOPS earns 200 per day.</summary>
    public static double OfFlops(double flops) => flops * 200 / (SecondsADay * 1e9);

    /// <summary>The operations that <paramref name="credit"/> was granted for.</summary>
    public static double ToFlops(double credit) => credit * SecondsADay * 1e9 / 200;

    /// <summary>
    /// The average at <paramref name="now"/> when <paramref name="credit"/> has just been granted (0: only time has passed).
    /// </summary>
    public RecentCredit After(double now, double credit)
    {
        var seconds = Math.Max(0, now - Time);
        var weight = Time == 0 ? 0 : Math.Exp(-seconds * Math.Log(2) / HalfLife);
        // Right after an earlier grant the time is nearly 0: credit divided by it can't be computed, but the limit of the average can.
        var fresh = Time != 0 && 1 - weight > 1e-6
            ? (1 - weight) * credit / (seconds / SecondsADay)
            : Math.Log(2) * credit / (HalfLife / SecondsADay);
        return new(Average * weight + fresh, now);
    }
}

namespace Mlds.Boinc.Rules;

/// <summary>
/// When a work unit on which an account has failed may go to it again. The wait grows, so that one account alone can't use up a unit's
/// tries, and yet a project with a single volunteer comes to an end.
/// </summary>
public static class RetryDelay
{
    /// <summary>A day.</summary>
    const long Longest = 86400;

    /// <param name="first">Seconds for which a host waits after its first failure.</param>
    /// <param name="failures">Results of the unit that this account didn't complete successfully.</param>
    /// <param name="here">Whether one of them failed on the very host that asks; after the first failure another host of the account may
    /// try at once.</param>
    /// <returns>Seconds to wait after the last of these failures.</returns>
    public static long Seconds(long first, int failures, bool here)
    {
        var doublings = here ? failures - 1 : failures - 2;
        return doublings < 0 ? 0 : Math.Max(first, Math.Min(Longest, first << Math.Min(doublings, 20)));
    }
}

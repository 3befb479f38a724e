namespace Mlds.Boinc.Rules;

/// <summary>
/// Compares stored times (Unix seconds) with the clock, which may have been set back since: a time that lies in the future says nothing,
/// and nobody may have to wait until it comes.
/// </summary>
public static class Elapsed
{
    /// <summary>Whether <paramref name="since"/> was less than the given number of seconds ago.</summary>
    public static bool LessThan(long seconds, long since, long now) => since <= now && now - since < seconds;

    /// <summary>Whether what was put off until <paramref name="until"/>, by at most the given number of seconds, still has to
    /// wait.</summary>
    public static bool WaitsUntil(long until, long now, long seconds) => until > now && until - now <= seconds;
}

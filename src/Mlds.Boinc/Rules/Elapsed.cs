namespace Mlds.Boinc.Rules;

/// <summary>
/// Stored times, Unix seconds, when the server's clock may have been set back since: one that lies in the future says nothing, and mustn't
/// make anybody wait until it comes.
/// </summary>
public static class Elapsed
{
    /// <summary>Whether <paramref name="since"/> was less than so many seconds ago.</summary>
    public static bool LessThan(long seconds, long since, long now) => since <= now && now - since < seconds;

    /// <summary>Whether what was put off until <paramref name="until"/>, by at most so many seconds, has to wait still.</summary>
    public static bool WaitsUntil(long until, long now, long seconds) => until > now && until - now <= seconds;
}

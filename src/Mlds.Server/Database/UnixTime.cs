namespace Mlds.Server.Database;

/// <summary>Times as the database has them.</summary>
public static class UnixTime
{
    const long DaySeconds = 86400;

    /// <summary>Unix seconds now.</summary>
    public static long UnixSeconds(this TimeProvider time) => time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Days since 1970 now, in UTC.</summary>
    public static long UnixDay(this TimeProvider time) => Day(time.UnixSeconds());

    /// <summary>The day of a time in Unix seconds.</summary>
    public static long Day(long seconds) => seconds / DaySeconds;
}

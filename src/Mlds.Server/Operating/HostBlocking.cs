using Mlds.Server.Accounts;
using Mlds.Server.Database;

namespace Mlds.Server.Operating;

/// <summary>
/// Keeps a host from getting work, or lets it have some again. Its results count as before. Since it could come back at once under another
/// name, its account is suspect from then on: the account's new hosts get few tasks, all of them trained again, until they have earned
/// trust.
/// </summary>
public static class HostBlocking
{
    /// <param name="until">Unix seconds; in the past: not blocked.</param>
    /// <returns>The host's present number (<see cref="HostMerge.Present"/>); null: there is no such host.</returns>
    public static Task<long?> Set(ProjectDatabase database, long host, long until, string reason) => database.Write(session =>
    {
        if (HostMerge.Present(session, host) is not { } present) return (long?)null;
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        if (until > now) Suspicion.Begin(session, present, now);
        session.Execute("UPDATE host SET blocked_until = $2, blocked_reason = $3 WHERE id = $1", present, until, reason);
        return present;
    });
}

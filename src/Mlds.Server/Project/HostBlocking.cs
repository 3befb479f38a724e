using Mlds.Server.Database;

namespace Mlds.Server;

/// <summary>Keeps a host from getting work, or lets it have some again. Its results count as before.</summary>
public static class HostBlocking
{
    /// <param name="until">Unix seconds; in the past: not blocked.</param>
    /// <returns>Whether there is such a host.</returns>
    public static Task<bool> Set(ProjectDatabase database, long host, long until, string reason) => database.Write(session =>
        session.Execute("UPDATE host SET blocked_until = $2, blocked_reason = $3 WHERE id = $1", host, until, reason) == 1);
}

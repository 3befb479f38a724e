using Mlds.Server.Database;

namespace Mlds.Server.Accounts;

/// <summary>
/// What follows for an account when one of its hosts was caught or blocked. Hosts that have earned trust keep it: a school with one bad
/// computer isn't punished. The others, which cost nothing to make up, get few tasks and have every network trained again until they have
/// earned trust, and nothing they returned before is taken over on a sample.
/// </summary>
static class Suspicion
{
    /// <summary>How long an account stays suspect.</summary>
    public const int Days = 90;

    public static void Begin(Session session, long host, long now)
    {
        session.Execute("UPDATE host SET proven_at = 0 WHERE id = $1", host);
        session.Execute("UPDATE account SET suspect_since = $2 WHERE id = (SELECT account_id FROM host WHERE id = $1)", host, now);
    }

    /// <summary>
    /// The time, in Unix seconds, from which on the host's held results may be taken over once it has earned trust. Those from before its
    /// account was suspect have to be trained again, unless the host had earned trust before that.
    /// </summary>
    public static long Since(Session session, long host) => session.Number(
        "SELECT CASE WHEN h.proven_at > 0 AND h.proven_at < c.suspect_since THEN 0 ELSE c.suspect_since END "
        + "FROM host h JOIN account c ON c.id = h.account_id WHERE h.id = $1",
        host) ?? 0;
}

using Mlds.Boinc.Rules;
using Mlds.Server.Database;

namespace Mlds.Server.Daemons;

/// <summary>Adds credit to a result, its host and its account, or takes it back (a negative amount).</summary>
static class CreditGranting
{
    public static void Grant(Session session, long resultId, long hostId, long accountId, double credit, long now)
    {
        session.Execute("UPDATE result SET granted_credit = granted_credit + $2 WHERE id = $1", resultId, credit);
        Add(session, "host", hostId, credit, now);
        Add(session, "account", accountId, credit, now);
    }

    static void Add(Session session, string table, long id, double credit, long now)
    {
        var recent = session.Row(
            $"SELECT recent_credit, recent_time FROM {table} WHERE id = $1", row => new RecentCredit(row.Real(0), row.Real(1)), id)
            .After(now, credit);
        session.Execute(
            $"UPDATE {table} SET total_credit = CASE WHEN total_credit + $2 < 0 THEN 0 ELSE total_credit + $2 END, "
            + "recent_credit = $3, recent_time = $4 WHERE id = $1",
            id, credit, Math.Max(0, recent.Average), recent.Time);
    }
}

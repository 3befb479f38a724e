using Mlds.Boinc.Rules;
using Mlds.Server.Contract;
using Mlds.Server.Database;

namespace Mlds.Server.Operating;

/// <param name="Credit">Credit that was moved, in cobblestones.</param>
/// <param name="Results">Results that were moved.</param>
public sealed record MergedHosts(double Credit, int Results);

/// <summary>
/// Merges two hosts that are one machine, attached anew: credit, results and counts are moved, and a client that calls by the old number is
/// told the new one. What either did wrong stays: a block, a small quota, what the science knows of it.
/// </summary>
public static class HostMerge
{
    /// <exception cref="ProjectException">There is no such host, or the two can't be one machine; nothing was changed.</exception>
    public static Task<MergedHosts> Run(ProjectDatabase database, IScience science, long from, long into, long now) =>
        database.Write(session =>
    {
        if (HostMerging.WhyNot(Facts(session, from), Facts(session, into)) is { } why)
            throw new ProjectException($"Host {from} can't be merged into host {into}: {why}.");
        var credit = session.Real("SELECT total_credit FROM host WHERE id = $1", from) ?? 0;
        JoinHosts(session, from, into, now);
        JoinQuotas(session, from, into);
        science.Merged(session, from, into);
        var results = session.Execute("UPDATE result SET host_id = $2 WHERE host_id = $1", from, into);
        session.Execute("UPDATE credit_change SET host_id = $2 WHERE host_id = $1", from, into);
        return new MergedHosts(credit, results);
    });

    /// <summary>
    /// The number by which a host goes on: its own, or that of the one that it was merged into. Null: there is no such host.
    /// </summary>
    public static long? Present(Session session, long id) => session.Number("SELECT merged_into FROM host WHERE id = $1", id) switch
    {
        null => null,
        0 => id,
        var other => Present(session, other.Value),
    };

    static HostFacts Facts(Session session, long id)
    {
        var host = session.Row(
            "SELECT account_id, created, rpc_time, total_credit, processors, vendor, model, os_name, merged_into FROM host WHERE id = $1",
            row => new
            {
                Facts = new HostFacts(id, row.Long(0), row.Long(1), row.Long(2), row.Real(3) == 0, row.Long(4), row.Text(5), row.Text(6),
                    row.Text(7)),
                MergedInto = row.Long(8),
            },
            id) ?? throw new ProjectException($"There is no host {id}; `mlds project hosts` lists them.");
        if (host.MergedInto > 0) throw new ProjectException($"Host {id} was merged into host {host.MergedInto} already.");
        var hasResults = session.Number("SELECT count(*) FROM (SELECT id FROM result WHERE host_id = $1 LIMIT 1) AS returned", id) > 0;
        return host.Facts with { IsNew = host.Facts.IsNew && !hasResults };
    }

    static void JoinHosts(Session session, long from, long into, long now)
    {
        var (one, other) = (Standing.Read(session, from, now), Standing.Read(session, into, now));
        var blocked = one.BlockedUntil > other.BlockedUntil ? one : other;
        session.Execute(
            "UPDATE host SET created = $2, total_credit = $3, recent_credit = $4, recent_time = $5, valid_results = $6, invalid_results = "
            + "$7, failed_results = $8, standing = $9, blocked_until = $10, "
            + "blocked_reason = $11, proven_at = $12 WHERE id = $1",
            into, Math.Min(one.Created, other.Created), one.Credit + other.Credit, one.Recent + other.Recent, (double)now,
            one.Valid + other.Valid, one.Invalid + other.Invalid, one.Failed + other.Failed,
            one.Returned == 0 ? other.Of : Math.Min(one.Of, other.Of), blocked.BlockedUntil, blocked.BlockedReason, Proven(one, other));
        session.Execute(
            "UPDATE host SET merged_into = $2, total_credit = 0, recent_credit = 0, valid_results = 0, invalid_results = 0, "
            + $"failed_results = 0, standing = {HostStanding.Provisional:d}, name = '', cpid = '' WHERE id = $1",
            from, into);
    }

    /// <summary>The time from which both had earned trust; if only one has returned anything, that one's time.</summary>
    static long Proven(Standing one, Standing other)
    {
        if (one.Returned == 0) return other.ProvenAt;
        if (other.Returned == 0) return one.ProvenAt;
        return one.ProvenAt == 0 || other.ProvenAt == 0 ? 0 : Math.Max(one.ProvenAt, other.ProvenAt);
    }

    /// <summary>Quotas are per program: where both hosts have one, the smaller.</summary>
    static void JoinQuotas(Session session, long from, long into)
    {
        session.Execute(
            "UPDATE host_app_version SET host_id = $2 WHERE host_id = $1 AND app_version_id NOT IN (SELECT app_version_id FROM "
            + "host_app_version WHERE host_id = $2)", from, into);
        foreach (var (version, most, valid) in session.Rows(
            "SELECT app_version_id, max_jobs_per_day, consecutive_valid FROM host_app_version WHERE host_id = $1",
            row => (row.Long(0), row.Long(1), row.Long(2)), from))
        {
            session.Execute(
                "UPDATE host_app_version SET max_jobs_per_day = CASE WHEN max_jobs_per_day > $3 THEN $3 ELSE max_jobs_per_day END, "
                + "consecutive_valid = CASE WHEN consecutive_valid > $4 THEN $4 ELSE consecutive_valid END WHERE host_id = $1 AND "
                + "app_version_id = $2",
                into, version, most, valid);
        }

        session.Execute("DELETE FROM host_app_version WHERE host_id = $1", from);
    }

    /// <param name="Of">A <see cref="HostStanding"/>.</param>
    sealed record Standing(
        long Created, double Credit, double Recent, long Valid, long Invalid, long Failed, long Of, long BlockedUntil,
        string BlockedReason, long ProvenAt)
    {
        public long Returned => Valid + Invalid + Failed;

        public static Standing Read(Session session, long id, long now) => session.Row(
            "SELECT created, total_credit, recent_credit, recent_time, valid_results, invalid_results, failed_results, standing, "
            + "blocked_until, blocked_reason, proven_at FROM host WHERE id = $1",
            row => new Standing(
                row.Long(0), row.Real(1), new RecentCredit(row.Real(2), row.Real(3)).After(now, 0).Average, row.Long(4), row.Long(5),
                row.Long(6), row.Long(7), row.Long(8), row.Text(9), row.Long(10)),
            id)!;
    }
}

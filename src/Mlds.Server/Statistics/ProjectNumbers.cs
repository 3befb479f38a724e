using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Database;

namespace Mlds.Server.Statistics;

/// <summary>A project's figures, as status pages and verbs show them.</summary>
public sealed record ProjectNumbers
{
    public required long Unsent { get; init; }
    public required long InProgress { get; init; }
    public required long Successes { get; init; }
    public required long Errors { get; init; }
    public required long WaitingForValidation { get; init; }
    public required long Held { get; init; }
    public required long WaitingForAssimilation { get; init; }

    /// <summary>Those among the ones waiting for assimilation with which it has failed: they are tried again, ever less often.</summary>
    public required long FailingAssimilation { get; init; }

    public required long Assimilated { get; init; }

    /// <summary>Results whose files were gone or damaged here after they came back; their work was issued again.</summary>
    public required long FilesLost { get; init; }

    public required long WaitingForDeletion { get; init; }
    public required long Failed { get; init; }
    public required long TransitionerBacklogSeconds { get; init; }
    public required long Accounts { get; init; }
    public required long AccountsWithRecentCredit { get; init; }
    public required long AccountsWithCredit { get; init; }
    public required long AccountsToday { get; init; }
    public required long Hosts { get; init; }
    public required long HostsWithRecentCredit { get; init; }
    public required long HostsWithCredit { get; init; }
    public required long HostsToday { get; init; }
    public required double TotalCredit { get; init; }
    public required double RecentCredit { get; init; }

    /// <summary>GFLOPS according to the recent credit: 200 per day are one GFLOPS.</summary>
    public double Gigaflops => RecentCredit / 200;

    public static ProjectNumbers Read(Session session, long now)
    {
        long Count(string table, string where, params ReadOnlySpan<object?> values) =>
            session.Number($"SELECT count(*) FROM {table} WHERE {where}", values) ?? 0;
        var oldest = session.Number("SELECT min(transition_time) FROM workunit WHERE transition_time > 0") ?? now;
        return new()
        {
            Unsent = Count("result", $"server_state = {ServerState.Unsent:d}"),
            InProgress = Count("result", $"server_state = {ServerState.InProgress:d}"),
            Successes = Count("result", $"server_state = {ServerState.Over:d} AND outcome = {ResultOutcome.Success:d}"),
            Errors = Count("result", $"server_state = {ServerState.Over:d} "
                + $"AND outcome NOT IN ({ResultOutcome.Success:d}, {ResultOutcome.DidntNeed:d})"),
            WaitingForValidation = Count("workunit", "need_validate = 1"),
            Held = Count("workunit", "held = 1"),
            WaitingForAssimilation = Count("workunit", $"assimilate_state = {AssimilateState.Ready:d}"),
            FailingAssimilation = Count("workunit", $"assimilate_state = {AssimilateState.Ready:d} AND assimilate_tries > 0"),
            Assimilated = Count("workunit", $"assimilate_state = {AssimilateState.Done:d}"),
            // Nobody needs them, and they have a reason: they were given up because their file was no longer what was judged.
            FilesLost = Count("result", $"server_state = {ServerState.Over:d} AND outcome = {ResultOutcome.DidntNeed:d} AND reason <> ''"),
            WaitingForDeletion = Count("workunit", $"file_delete_state = {FileDeleteState.Ready:d}"),
            Failed = Count("workunit", $"errors <> {WorkUnitErrors.None:d}"),
            TransitionerBacklogSeconds = Math.Max(0, now - oldest),
            Accounts = Count("account", "email_hash <> ''"), // those who left have none
            AccountsWithRecentCredit = Count("account", "recent_credit > 0.1"),
            AccountsWithCredit = Count("account", "total_credit > 0"),
            AccountsToday = Count("account", "created > $1 AND email_hash <> ''", now - 86400),
            Hosts = Count("host", "merged_into = 0"),
            HostsWithRecentCredit = Count("host", "recent_credit > 0.1"),
            HostsWithCredit = Count("host", "total_credit > 0"),
            HostsToday = Count("host", "created > $1 AND merged_into = 0", now - 86400),
            TotalCredit = session.Real("SELECT sum(total_credit) FROM account") ?? 0,
            RecentCredit = session.Real("SELECT sum(recent_credit) FROM account WHERE recent_time > $1", (double)(now - 14 * 86400)) ?? 0,
        };
    }
}

/// <summary>A host as lists show it.</summary>
public sealed record HostLine(
    long Id, string Account, string Processor, string System, long Processors, HostStanding Standing,
    bool Blocked, string BlockedReason, long Valid, long Invalid, long Failed, double Credit, double RecentCredit, long LastCall)
{
    /// <summary>The hosts that called most recently.</summary>
    public static List<HostLine> Last(Session session, int count, long now) => session.Rows(
        "SELECT h.id, CASE WHEN c.consent = 1 THEN c.name ELSE '' END, h.model, h.os_name, h.processors, h.standing, h.blocked_until, "
        + "h.blocked_reason, h.valid_results, h.invalid_results, h.failed_results, h.total_credit, h.recent_credit, h.rpc_time "
        + "FROM host h JOIN account c ON c.id = h.account_id WHERE h.merged_into = 0 ORDER BY h.rpc_time DESC, h.id LIMIT $1",
        row => new HostLine(
            row.Long(0), row.Text(1), row.Text(2), row.Text(3), row.Long(4), (HostStanding)row.Int(5),
            row.Long(6) > now, row.Text(7), row.Long(8), row.Long(9), row.Long(10), row.Real(11), row.Real(12), row.Long(13)),
        (long)count);
}

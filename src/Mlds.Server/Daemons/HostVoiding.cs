using Mlds.Boinc.States;
using Mlds.Server.Accounts;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Daemons;

/// <summary>What happens to a host that returned false work.</summary>
static class HostVoiding
{
    /// <summary>Seconds for which a caught host gets no work.</summary>
    const long Blocked = 86400;

    /// <summary>
    /// Voids everything from the host that hasn't been confirmed: held results, results that wait for others to agree, tasks in progress.
    /// Their units are computed again elsewhere, and the credit for them is taken back. The host gets nothing for a day, then one task a
    /// day until it has earned trust again. It could come back at once under another name, so its account is suspect from now on
    /// (<see cref="Suspicion"/>).
    /// </summary>
    /// <returns>Results voided.</returns>
    public static int Void(Session session, ProjectSettings settings, Signals signals, long now, long hostId, string reason)
    {
        var results = session.Rows(
            "SELECT r.id, r.workunit_id, r.account_id, r.granted_credit, r.server_state, w.canonical_result_id FROM result r "
            + $"JOIN workunit w ON w.id = r.workunit_id WHERE r.host_id = $1 AND (r.server_state = {ServerState.InProgress:d} "
            + $"OR r.server_state = {ServerState.Over:d} AND r.outcome = {ResultOutcome.Success:d} "
            + $"AND r.validate_state IN ({ValidateState.Init:d}, {ValidateState.Valid:d}, {ValidateState.Inconclusive:d}) "
            + $"AND w.assimilate_state = {AssimilateState.Init:d} AND (w.held = 1 OR w.canonical_result_id = 0))",
            row => (Id: row.Long(0), Unit: row.Long(1), Account: row.Long(2), Credit: row.Real(3),
                InProgress: (ServerState)row.Int(4) == ServerState.InProgress, Canonical: row.Long(5)),
            hostId);
        foreach (var result in results)
        {
            session.Execute(
                $"UPDATE result SET server_state = {ServerState.Over:d}, outcome = $2, validate_state = $3, received = $4, reason = $5 "
                + "WHERE id = $1",
                result.Id, (long)ResultOutcome.ValidateError, (long)ValidateState.Invalid, now, reason);
            if (result.Credit > 0) CreditGranting.Grant(session, result.Id, hostId, result.Account, -result.Credit, now);
            if (result.Canonical == result.Id) Replace(session, result.Unit, result.Id, hostId);
            signals.Wake(session, result.Unit, now);
        }

        foreach (var account in results.GroupBy(result => result.Account)) Earnings.Failed(session, settings, account.Key, account.Count());
        Suspicion.Begin(session, hostId, now);
        session.Execute($"UPDATE host SET standing = {HostStanding.Provisional:d}, blocked_until = $2, blocked_reason = $3 WHERE id = $1",
            hostId, now + Blocked, reason);
        session.Execute("UPDATE host_app_version SET max_jobs_per_day = 1, consecutive_valid = 0 WHERE host_id = $1", hostId);
        return results.Count;
    }

    /// <summary>Another host's result that had agreed takes its place, held likewise; if there is none the unit is computed
    /// again.</summary>
    static void Replace(Session session, long unit, long voided, long hostId)
    {
        var other = session.Number(
            $"SELECT min(id) FROM result WHERE workunit_id = $1 AND host_id <> $2 AND server_state = {ServerState.Over:d} "
            + $"AND outcome = {ResultOutcome.Success:d} AND validate_state = {ValidateState.Valid:d} "
            + "AND comparison_hash = (SELECT comparison_hash FROM result WHERE id = $3)", unit, hostId, voided);
        session.Execute(
            "UPDATE workunit SET canonical_result_id = $2, held = $3 WHERE id = $1", unit, other ?? 0L, other is null ? 0L : 1L);
    }
}

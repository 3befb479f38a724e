using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Mlds.Boinc.Rules;
using Mlds.Boinc.States;
using Mlds.Server.Accounts;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Project;
using Mlds.Server.Scheduler;

namespace Mlds.Server.Daemons;

/// <summary>
/// Moves work units on by the rules of <see cref="Transition"/>, whenever something has happened to one or its time has come.
/// </summary>
sealed class Transitioner(
    ProjectDatabase database, Feeder feeder, ProjectSettings settings, TimeProvider time, Signals signals, ILogger<Transitioner> log)
    : Daemon(signals.Transitioner, TimeSpan.FromSeconds(2), log)
{
    const long Batch = 100;

    protected override async Task<bool> Pass(CancellationToken cancellation)
    {
        var moved = await database.Write(session =>
        {
            var now = time.UnixSeconds();
            var units = session.Rows(
                "SELECT id FROM workunit WHERE transition_time <= $1 ORDER BY transition_time LIMIT $2", row => row.Long(0), now, Batch);
            foreach (var unit in units.Concat(FromTheFuture(session, now))) Move(session, unit, now);
            return units.Count;
        });
        return moved == Batch;
    }

    /// <summary>Units that are put off for longer than is possible: the server's clock was set back.</summary>
    List<long> FromTheFuture(Session session, long now)
    {
        var late = now + settings.DeadlineGrace + 1;
        return session.Rows(
            "SELECT id FROM workunit WHERE transition_time > $1 AND transition_time > $2 + delay_bound + delay_bound / 2 "
            + "ORDER BY transition_time LIMIT $3",
            row => row.Long(0), late + Transition.SafetyNet, late, Batch);
    }

    void Move(Session session, long id, long now)
    {
        var unit = UnitRow.Read(session, id);
        var results = Results(session, id);
        var latest = now + unit.Facts.DelayBound;
        if (results.Exists(result => result.State == ServerState.InProgress && result.Deadline > latest))
        {
            // Sent while the server's clock was ahead. They count as sent just now; otherwise a lost one would be issued again only when
            // the clock gets there.
            session.Execute(
                $"UPDATE result SET sent = $2, deadline = $3 WHERE workunit_id = $1 AND server_state = {ServerState.InProgress:d} "
                + "AND deadline > $3", id, now, latest);
            results = Results(session, id);
        }

        var plan = Transition.Plan(unit.Facts, results, now, settings.DeadlineGrace);
        foreach (var result in plan.TimedOut) TimeOut(session, result);
        foreach (var result in plan.NotNeeded)
        {
            session.Execute($"UPDATE result SET server_state = {ServerState.Over:d}, outcome = $2 WHERE id = $1 "
                + $"AND server_state = {ServerState.Unsent:d}", result, (long)ResultOutcome.DidntNeed);
        }

        for (var i = 0; i < plan.NewResults; i++) Add(session, unit, results.Count + i, results.Count > 0, now);
        session.Execute(
            $"UPDATE workunit SET need_validate = $2, errors = $3, assimilate_state = CASE WHEN $4 = 1 THEN {AssimilateState.Ready:d} "
            + $"ELSE assimilate_state END, file_delete_state = CASE WHEN $5 = 1 THEN {FileDeleteState.Ready:d} ELSE file_delete_state END, "
            + "delete_after = CASE WHEN $5 = 1 THEN $6 ELSE delete_after END, transition_time = $7 WHERE id = $1",
            id, plan.NeedsValidation ? 1L : 0L, (long)plan.Errors, plan.ReadyToAssimilate ? 1L : 0L, plan.ReadyToDeleteFiles ? 1L : 0L,
            now + settings.DeleteDelay, plan.NextTime);
        if (plan.NeedsValidation) signals.Validator.Set();
        if (plan.ReadyToAssimilate) signals.Assimilator.Set();
        if (plan.ReadyToDeleteFiles) signals.Deleter.Set();
    }

    static List<ResultFacts> Results(Session session, long unit) => session.Rows(
        "SELECT r.id, r.server_state, r.outcome, r.validate_state, r.exit_status, r.deadline, COALESCE(CASE WHEN "
        + "c.kin = 0 THEN c.id ELSE c.kin END, 0) FROM result r LEFT JOIN account c ON c.id = r.account_id WHERE r.workunit_id = $1",
        row => new ResultFacts(
            row.Long(0), (ServerState)row.Int(1), (ResultOutcome)row.Int(2), (ValidateState)row.Int(3),
            row.Int(4), row.Long(5), row.Long(6)),
        unit);

    void TimeOut(Session session, long result)
    {
        session.Execute($"UPDATE result SET server_state = {ServerState.Over:d}, outcome = $2 WHERE id = $1",
            result, (long)ResultOutcome.NoReply);
        var (host, version, account) = session.Row(
            "SELECT host_id, app_version_id, account_id FROM result WHERE id = $1", row => (row.Long(0), row.Long(1), row.Long(2)), result);
        if (host == 0) return;
        Earnings.Failed(session, settings, account);
        var quota = QuotaRow.Read(session, host, version, settings.DailyQuota);
        (quota with { Quota = quota.Quota.AfterFailure() }).Write(session);
        session.Execute("UPDATE host SET failed_results = failed_results + 1 WHERE id = $1", host);
    }

    /// <summary>Adds an unsent result. One that is made again comes before new work: somebody waits for it.</summary>
    void Add(Session session, UnitRow unit, int number, bool again, long now)
    {
        session.Execute(
            "INSERT INTO result (name, workunit_id, random, priority, created, server_state) "
            + $"VALUES ($1, $2, $3, $4, $5, {ServerState.Unsent:d})",
            string.Create(CultureInfo.InvariantCulture, $"{unit.Name}_{number}"), unit.Id,
            (long)RandomNumberGenerator.GetInt32(int.MaxValue), unit.Priority + (again ? 1L : 0L), now);
        feeder.Hint();
    }

    sealed record UnitRow(long Id, string Name, long Priority, WorkUnitFacts Facts)
    {
        public static UnitRow Read(Session session, long id) => session.Row(
            "SELECT name, priority, min_quorum, target_results, max_errors, max_total, max_successes, "
            + "delay_bound, errors, canonical_result_id, held, assimilate_state, file_delete_state FROM workunit WHERE id = $1",
            row => new UnitRow(id, row.Text(0), row.Long(1), new()
            {
                MinQuorum = row.Int(2),
                TargetResults = row.Int(3),
                MaxErrors = row.Int(4),
                MaxTotal = row.Int(5),
                MaxSuccesses = row.Int(6),
                DelayBound = row.Long(7),
                Errors = (WorkUnitErrors)row.Int(8),
                HasCanonicalResult = row.Long(9) != 0,
                Held = row.Bool(10),
                AssimilateState = (AssimilateState)row.Int(11),
                FileDeleteState = (FileDeleteState)row.Int(12),
            }),
            id)!;
    }
}

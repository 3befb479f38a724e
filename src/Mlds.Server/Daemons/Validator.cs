using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Mlds.Boinc;
using Mlds.Boinc.Rules;
using Mlds.Server.Accounts;
using Mlds.Server.Database;
using Mlds.Server.Scheduler;

namespace Mlds.Server.Daemons;

/// <summary>
/// Judges what came back. The slow part, the science's check of one result, is done outside any transaction; then one transaction compares, chooses the
/// canonical result, grants credit, and gives the host its standing.
/// </summary>
sealed partial class Validator(ProjectDatabase database, ProjectFolder project, IScience science, SchedulerState state, Signals signals, ServerMetrics metrics, ILogger<Validator> log)
    : Daemon(signals.Validator, TimeSpan.FromSeconds(2), log)
{
    const long Batch = 100;

    /// <summary>Seconds that a result waits for its host to earn trust.</summary>
    const long LongestHeld = 86400;

    /// <summary>After which the pass looks again who waits: a check may take minutes.</summary>
    static readonly TimeSpan s_longestPass = TimeSpan.FromSeconds(5);

    /// <summary>Accounts take turns, those that were new at one network address as one: whoever brings much to be checked waits behind himself, not others behind him.</summary>
    const string InTurn =
        "SELECT id FROM (SELECT w.id AS id, ROW_NUMBER() OVER (PARTITION BY CASE WHEN c.kin = 0 THEN c.id ELSE c.kin END ORDER BY w.id) AS turn FROM workunit w "
        + "LEFT JOIN result r ON r.workunit_id = w.id AND r.server_state = 5 AND r.outcome = 1 AND r.validate_state = 0 LEFT JOIN account c ON c.id = r.account_id "
        + "WHERE w.need_validate = 1) AS waiting GROUP BY id ORDER BY min(turn), id LIMIT $1";

    /// <summary>Seconds of checks that aren't noted yet.</summary>
    double _checked;

    /// <summary>When each unit that has to wait, because its check couldn't be made, is looked at again.</summary>
    readonly Dictionary<long, long> _later = [];

    protected override async Task<bool> Pass(CancellationToken cancellation)
    {
        var units = database.Read(session => session.Rows(InTurn, row => row.Long(0), Batch + _later.Count));
        units.RemoveAll(unit => _later.TryGetValue(unit, out var time) && time > state.Now);
        var writes = new List<Task>();
        var watch = Stopwatch.StartNew();
        foreach (var unit in units)
        {
            if (watch.Elapsed > s_longestPass) break;
            _later.Remove(unit);
            var results = database.Read(session => ResultFiles.ToValidate(session, project, unit));
            var checks = results.ConvertAll(result => (Result: result, Check: Check(result, science.Check, cancellation)));
            if (checks.Exists(check => check.Check.Verdict == Verdict.Retry)) _later[unit] = state.Now + 60;
            writes.Add(database.Write(session => Judge(session, unit, checks)));
        }
        var someLeft = units.Count > writes.Count || units.Count >= Batch;
        if (_checked >= 1) writes.Add(database.Write(NoteChecked));
        await Task.WhenAll(writes);
        return units.Count == 0 ? await ProveHeld(cancellation) : someLeft;
    }

    /// <summary>
    /// With nothing else to do, has the oldest held result computed again here: one that has been held for a day, or any when no work is left to send, for then its host can't earn
    /// trust any more.
    /// </summary>
    async Task<bool> ProveHeld(CancellationToken cancellation)
    {
        var held = database.Read(session =>
        {
            var someUnsent = session.Number("SELECT count(*) FROM (SELECT id FROM result WHERE server_state = 2 LIMIT 1) AS unsent") > 0;
            var id = session.Number(
                "SELECT r.id FROM workunit w JOIN result r ON r.id = w.canonical_result_id WHERE w.held = 1 AND r.received <= $1 ORDER BY r.received, r.id LIMIT 1",
                someUnsent ? state.Now - LongestHeld : state.Now);
            return id is { } result ? ResultFiles.ById(session, project, result) : null;
        });
        if (held is null || (_later.TryGetValue(held.WorkUnitId, out var time) && time > state.Now)) return false;
        var check = Check(held, science.Prove, cancellation);
        if (check.Verdict == Verdict.Retry)
        {
            _later[held.WorkUnitId] = state.Now + 60;
            return false;
        }

        await database.Write(session => Proved(session, held, check));
        return true;
    }

    void Proved(Session session, ReturnedResult held, ResultCheck check)
    {
        // Trust, or a fall from it, may have come meanwhile.
        if (session.Number("SELECT count(*) FROM workunit WHERE id = $1 AND held = 1 AND canonical_result_id = $2", held.WorkUnitId, held.ResultId) == 0) return;
        if (check.Verdict == Verdict.Invalid)
        {
            LogInvalid(log, held.ResultName, held.HostId, check.Reason);
            session.Execute("UPDATE host SET invalid_results = invalid_results + 1 WHERE id = $1", held.HostId);
            Stand(session, held, check, ValidateState.Invalid);
            signals.Transitioner.Set();
            return;
        }

        session.Execute("UPDATE result SET proved = 1 WHERE id = $1", held.ResultId);
        session.Execute("UPDATE workunit SET held = 0, assimilate_state = 1 WHERE id = $1", held.WorkUnitId);
        signals.Assimilator.Set();
    }

    void NoteChecked(Session session)
    {
        ServerTraining.NoteChecked(session, state.Day, _checked);
        _checked = 0;
    }

    ResultCheck Check(ReturnedResult result, Func<ProjectDatabase, ReturnedResult, CancellationToken, ResultCheck> look, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var watch = Stopwatch.StartNew();
        try
        {
            return look(database, result, cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogTrouble(log, result.ResultName, exception);
            return new(Verdict.Retry, "", 0);
        }
        finally
        {
            _checked += watch.Elapsed.TotalSeconds;
            metrics.CheckSeconds.Inc(watch.Elapsed.TotalSeconds);
        }
    }

    bool Judge(Session session, long unit, List<(ReturnedResult Result, ResultCheck Check)> checks)
    {
        var now = state.Now;
        var verdicts = new UnitVerdicts(session, unit);
        foreach (var (result, check) in checks) verdicts.Take(result, check);
        verdicts.Decide();
        foreach (var (result, check, verdict) in verdicts.Judged) Apply(session, result, check, verdict, now);
        verdicts.Store(now);
        signals.Transitioner.Set();
        if (verdicts.ReadyToAssimilate) signals.Assimilator.Set();
        return true;
    }

    void Apply(Session session, ReturnedResult result, ResultCheck check, ValidateState verdict, long now)
    {
        metrics.Validated.WithLabels(verdict.ToString().ToLowerInvariant()).Inc();
        session.Execute(
            "UPDATE result SET validate_state = $2, outcome = CASE WHEN $2 = 2 THEN 6 ELSE outcome END, comparison_hash = $3, proved = $4, credit = $5, reason = $6 WHERE id = $1",
            result.ResultId, (long)verdict, check.ComparisonHash, check.Proved ? 1L : 0L, check.Credit, check.Reason);
        if (verdict == ValidateState.Inconclusive) return;
        var quota = QuotaRow.Read(session, result.HostId, result.AppVersionId, state.Settings.DailyQuota);
        if (verdict == ValidateState.Valid)
        {
            CreditGranting.Grant(session, result.ResultId, result.HostId, result.UserId, check.Credit, now);

            // Credit is for the work really done, which no one knew beforehand: what was measured by it is the host's speed.
            (quota with { Quota = quota.Quota.AfterValid(state.Settings.DailyQuota) }).Measured(RecentCredit.ToFlops(check.Credit), result.ElapsedTime).Write(session);
            session.Execute("UPDATE host SET valid_results = valid_results + 1 WHERE id = $1", result.HostId);
            Earnings.Valid(session, state.Settings, result.UserId);
        }
        else
        {
            LogInvalid(log, result.ResultName, result.HostId, check.Reason);
            (quota with { Quota = quota.Quota.AfterFailure() }).Write(session);
            session.Execute("UPDATE host SET invalid_results = invalid_results + 1 WHERE id = $1", result.HostId);
            Earnings.Failed(session, state.Settings, result.UserId);
        }
        Stand(session, result, check, verdict);
    }

    /// <summary>Hears from the science what the host's work is worth, and acts by it.</summary>
    void Stand(Session session, ReturnedResult result, ResultCheck check, ValidateState verdict)
    {
        var standing = science.Judged(session, result, check, verdict);
        if (standing == HostStanding.Caught)
        {
            var voided = HostVoiding.Void(session, state, result.HostId, check.Reason.Length > 0 ? check.Reason : "false work");
            LogCaught(log, result.HostId, voided);
            return;
        }
        session.Execute(
            "UPDATE host SET standing = $2, proven_at = CASE WHEN $2 = 1 AND proven_at = 0 THEN $3 ELSE proven_at END WHERE id = $1", result.HostId, (long)standing, state.Now);
        if (standing != HostStanding.Trusted) return;
        var released = session.Execute(
            "UPDATE workunit SET held = 0, assimilate_state = 1 WHERE held = 1 AND canonical_result_id IN "
            + "(SELECT id FROM result WHERE host_id = $1 AND server_state = 5 AND received >= $2)",
            result.HostId, Suspicion.Since(session, result.HostId));
        if (released > 0) signals.Assimilator.Set();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "validator: result {Result} of host {Host} is invalid: {Reason}")]
    static partial void LogInvalid(ILogger log, string result, long host, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "validator: host {Host} was caught with false work; {Voided} of its results are voided and computed again elsewhere")]
    static partial void LogCaught(ILogger log, long host, int voided);

    [LoggerMessage(Level = LogLevel.Error, Message = "validator: result {Result} couldn't be checked; trying again in a minute")]
    static partial void LogTrouble(ILogger log, string result, Exception exception);
}

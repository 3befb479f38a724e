using Microsoft.Extensions.Logging;
using Mlds.Boinc;
using Mlds.Boinc.Rules;
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

    const long RetryAfter = 60;

    /// <summary>When each unit that has to wait, because its check couldn't be made, is looked at again.</summary>
    readonly Dictionary<long, long> _later = [];

    protected override async Task<bool> Pass(CancellationToken cancellation)
    {
        var units = database.Read(session => session.Rows("SELECT id FROM workunit WHERE need_validate = 1 ORDER BY id LIMIT $1", row => row.Long(0), Batch + _later.Count));
        units.RemoveAll(MustWait);
        var writes = new List<Task>();
        foreach (var unit in units)
        {
            _later.Remove(unit);
            var results = database.Read(session => ResultFiles.ToValidate(session, project, unit));
            var checks = results.ConvertAll(result => (Result: result, Check: Check(result, science.Check, cancellation)));
            if (checks.Exists(check => check.Check.Verdict == Verdict.Retry)) _later[unit] = state.Now + RetryAfter;
            writes.Add(database.Write(session => Judge(session, unit, checks)));
        }
        await Task.WhenAll(writes);
        return units.Count == 0 ? await ProveHeld(cancellation) : units.Count >= Batch;
    }

    bool MustWait(long unit) => _later.TryGetValue(unit, out var time) && Elapsed.WaitsUntil(time, state.Now, RetryAfter);

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
                "SELECT r.id FROM workunit w JOIN result r ON r.id = w.canonical_result_id WHERE w.held = 1 AND (r.received <= $1 OR r.received > $2) ORDER BY r.received, r.id LIMIT 1",
                someUnsent ? state.Now - LongestHeld : state.Now, state.Now);
            return id is { } result ? ResultFiles.ById(session, project, result) : null;
        });
        if (held is null || MustWait(held.WorkUnitId)) return false;
        var check = Check(held, science.Prove, cancellation);
        if (check.Verdict == Verdict.Retry)
        {
            _later[held.WorkUnitId] = state.Now + RetryAfter;
            return false;
        }

        await database.Write(session => Proved(session, held, check));
        return true;
    }

    void Proved(Session session, ReturnedResult held, ResultCheck check)
    {
        // Trust, or a fall from it, may have come meanwhile.
        if (session.Number("SELECT count(*) FROM workunit WHERE id = $1 AND held = 1 AND canonical_result_id = $2", held.WorkUnitId, held.ResultId) == 0) return;
        held = Present(session, held);
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

    ResultCheck Check(ReturnedResult result, Func<ProjectDatabase, ReturnedResult, CancellationToken, ResultCheck> look, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return look(database, result, cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogTrouble(log, result.ResultName, exception);
            return new(Verdict.Retry, "", 0);
        }
    }

    bool Judge(Session session, long unit, List<(ReturnedResult Result, ResultCheck Check)> checks)
    {
        var now = state.Now;
        var verdicts = new UnitVerdicts(session, unit);
        checks = checks.ConvertAll(check => (Present(session, check.Result), check.Check));
        foreach (var (result, check) in checks) verdicts.Take(result, check);
        verdicts.Decide();
        foreach (var (result, check, verdict) in verdicts.Judged) Apply(session, result, check, verdict, now);
        verdicts.Store(now);
        signals.Transitioner.Set();
        if (verdicts.ReadyToAssimilate) signals.Assimilator.Set();
        return true;
    }

    /// <summary>The result as of its host now: since it was read, that may have been merged into another.</summary>
    static ReturnedResult Present(Session session, ReturnedResult result) =>
        result with { HostId = session.Number("SELECT host_id FROM result WHERE id = $1", result.ResultId) ?? result.HostId };

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
        }
        else
        {
            LogInvalid(log, result.ResultName, result.HostId, check.Reason);
            (quota with { Quota = quota.Quota.AfterFailure() }).Write(session);
            session.Execute("UPDATE host SET invalid_results = invalid_results + 1 WHERE id = $1", result.HostId);
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
        session.Execute("UPDATE host SET standing = $2 WHERE id = $1", result.HostId, (long)standing);
        if (standing != HostStanding.Trusted) return;
        var released = session.Execute(
            "UPDATE workunit SET held = 0, assimilate_state = 1 WHERE held = 1 AND canonical_result_id IN (SELECT id FROM result WHERE host_id = $1 AND server_state = 5)", result.HostId);
        if (released > 0) signals.Assimilator.Set();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "validator: result {Result} of host {Host} is invalid: {Reason}")]
    static partial void LogInvalid(ILogger log, string result, long host, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "validator: host {Host} was caught with false work; {Voided} of its results are voided and computed again elsewhere")]
    static partial void LogCaught(ILogger log, long host, int voided);

    [LoggerMessage(Level = LogLevel.Error, Message = "validator: result {Result} couldn't be checked; trying again in a minute")]
    static partial void LogTrouble(ILogger log, string result, Exception exception);
}

using System.Data.Common;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Mlds.Boinc.Rules;
using Mlds.Boinc.States;
using Mlds.Server.Accounts;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;
using Mlds.Server.Scheduler;

namespace Mlds.Server.Daemons;

/// <summary>
/// Judges what came back. The slow part, the science's check of one result, is done outside any transaction; then one transaction compares,
/// chooses the canonical result, grants credit, and gives the host its standing.
/// </summary>
sealed partial class Validator(
    ProjectDatabase database, ProjectFolder project, IScience science, TimeProvider time, Signals signals, ServerMetrics metrics,
    ILogger<Validator> log)
    : Daemon(signals.Validator, TimeSpan.FromSeconds(2), log)
{
    const long Batch = 100;

    /// <summary>Bytes of files kept in memory until the verdicts on them are stored.</summary>
    const long MostLoaded = 64 << 20;

    /// <summary>Seconds that a result waits for its host to earn trust.</summary>
    const long LongestHeld = 86400;

    const long RetryAfter = 60;

    /// <summary>Time after which the pass looks again at who waits: a check may take minutes.</summary>
    static readonly TimeSpan s_longestPass = TimeSpan.FromSeconds(5);

    const string AsTheyCame = "SELECT id FROM workunit WHERE need_validate = 1 ORDER BY id LIMIT $1";

    /// <summary>
    /// Accounts take turns, and those that were new at one network address count as one: whoever returns a lot waits for it himself and
    /// keeps nobody else waiting.
    /// </summary>
    static readonly string s_inTurn =
        "SELECT id FROM (SELECT w.id AS id, ROW_NUMBER() OVER (PARTITION BY CASE WHEN c.kin = 0 THEN c.id ELSE c.kin END ORDER BY w.id) "
        + "AS turn FROM workunit w "
        + $"LEFT JOIN result r ON r.workunit_id = w.id AND r.server_state = {ServerState.Over:d} "
        + $"AND r.outcome = {ResultOutcome.Success:d} AND r.validate_state = {ValidateState.Init:d} "
        + "LEFT JOIN account c ON c.id = r.account_id "
        + "WHERE w.need_validate = 1) AS waiting GROUP BY id ORDER BY min(turn), id LIMIT $1";

    /// <summary>
    /// Only if the last pass left something, or was the first, does it matter who is next. Otherwise one pass looks at all that wait.
    /// </summary>
    bool _behind = true;

    /// <summary>Seconds of checks that aren't noted yet.</summary>
    double _checked;

    /// <summary>When each unit whose check couldn't be made is looked at again.</summary>
    readonly Dictionary<long, long> _later = [];

    protected override async Task<bool> Pass(CancellationToken cancellation)
    {
        var units = database.Read(session => session.Rows(_behind ? s_inTurn : AsTheyCame, row => row.Long(0), Batch + _later.Count));
        units.RemoveAll(MustWait);
        var writes = new List<Task<long>>();
        var (loaded, looked) = (0L, 0);
        var watch = Stopwatch.StartNew();
        foreach (var unit in units)
        {
            if (watch.Elapsed > s_longestPass) break;
            looked++;
            _later.Remove(unit);
            var results = database.Read(session => ResultFiles.OfUnit(session, project, unit));
            var checks = results.New.ConvertAll(result => (Result: result, Check: Check(result, science.Check, cancellation)));
            if (await Settle(results, checks, cancellation) is not { } settled)
            {
                _later[unit] = time.UnixSeconds() + RetryAfter;
                continue;
            }

            checks = settled;
            // Results that nobody had agreed with are still what they were judged as, or they are lost.
            var earlier = results.Waiting.ConvertAll(
                item => (item.Result, Check: Check(item.Result, (_, _, _) => item.Check, cancellation)));
            if (checks.Concat(earlier).Any(check => check.Check.Verdict == Verdict.Retry)) _later[unit] = time.UnixSeconds() + RetryAfter;
            if (earlier.Exists(check => check.Check.Verdict == Verdict.Retry)) continue;
            writes.Add(TryJudge(unit, checks, earlier));
            loaded += checks.Concat(earlier).Sum(check => check.Result.Outputs.Sum(file => file.Bytes));
            if (loaded < MostLoaded) continue;
            Postpone(await Task.WhenAll(writes));
            (loaded, writes) = (0, []);
        }

        Postpone(await Task.WhenAll(writes));
        if (_checked >= 1) await database.Write(NoteChecked);
        _behind = units.Count > looked || units.Count >= Batch;
        return units.Count == 0 ? await ProveHeld(cancellation) : _behind;
    }

    /// <summary>
    /// Where a seemingly right result differs from a canonical one that rests on one host's word, one of the two is false, and training
    /// again shows which: nobody is condemned on an unproved word. Null: it can't be decided now.
    /// </summary>
    async Task<List<(ReturnedResult Result, ResultCheck Check)>?> Settle(
        UnitResults unit, List<(ReturnedResult Result, ResultCheck Check)> checks, CancellationToken cancellation)
    {
        if (unit.Alone is not { } canonical) return checks;
        bool Differs(ResultCheck check) =>
            check is { Verdict: Verdict.Valid, Proved: false } && check.ComparisonHash != canonical.ComparisonHash;
        if (!checks.Exists(item => Differs(item.Check))) return checks;
        if (unit.Held)
        {
            var proof = Check(canonical, science.Prove, cancellation);
            if (proof.Verdict == Verdict.Retry) return null;
            var settled = await database.Write(session =>
            {
                if (proof.Verdict != Verdict.Lost) return Proved(session, canonical, proof);
                LostFiles.GiveUp(session, signals, time.UnixSeconds(), canonical, proof.Reason);
                return true;
            });
            return settled ? checks : null;
        }

        checks = checks.ConvertAll(item => Differs(item.Check) ? (item.Result, Check(item.Result, science.Prove, cancellation)) : item);
        foreach (var (result, check) in checks)
        {
            if (check is { Verdict: Verdict.Valid, Proved: true } && check.ComparisonHash != canonical.ComparisonHash)
                LogFalseInZoo(log, result.WorkUnitName, canonical.HostId);
        }

        return checks;
    }

    bool MustWait(long unit) => _later.TryGetValue(unit, out var until) && Elapsed.WaitsUntil(until, time.UnixSeconds(), RetryAfter);

    /// <summary>
    /// With nothing else to do, has the oldest held result computed again here: one that has been held for a day, or any when no work is
    /// left to send, for then its host can't earn trust any more.
    /// </summary>
    async Task<bool> ProveHeld(CancellationToken cancellation)
    {
        var held = database.Read(session =>
        {
            var someUnsent = session.Number("SELECT count(*) FROM (SELECT id FROM result "
                + $"WHERE server_state = {ServerState.Unsent:d} LIMIT 1) AS unsent") > 0;
            var waiting = session.Rows(
                "SELECT r.id, w.id FROM workunit w JOIN result r ON r.id = w.canonical_result_id WHERE w.held = 1 "
                + "AND (r.received <= $1 OR r.received > $2) ORDER BY r.received, r.id LIMIT $3",
                row => (Result: row.Long(0), Unit: row.Long(1)),
                someUnsent ? time.UnixSeconds() - LongestHeld : time.UnixSeconds(), time.UnixSeconds(), 1L + _later.Count);
            // A result that can't be looked at now keeps no other waiting.
            var next = waiting.Find(item => !MustWait(item.Unit)).Result;
            return next > 0 ? ResultFiles.ById(session, project, next) : null;
        });
        if (held is null) return false;
        var check = Check(held, science.Prove, cancellation);
        if (check.Verdict == Verdict.Retry)
        {
            _later[held.WorkUnitId] = time.UnixSeconds() + RetryAfter;
            return false;
        }

        if (check.Verdict == Verdict.Lost)
        {
            await database.Write(session => LostFiles.GiveUp(session, signals, time.UnixSeconds(), held, check.Reason));
            return true;
        }

        await database.Write(session => Proved(session, held, check));
        return true;
    }

    /// <returns>False when it isn't held any more: its host was trusted or caught meanwhile.</returns>
    bool Proved(Session session, ReturnedResult held, ResultCheck check)
    {
        var host = session.Number(
            "SELECT r.host_id FROM workunit w JOIN result r ON r.id = w.canonical_result_id WHERE w.id = $1 AND w.held = 1 AND r.id = $2",
            held.WorkUnitId, held.ResultId);
        if (host is null) return false;
        held = held with { HostId = host.Value };
        if (check.Verdict == Verdict.Invalid)
        {
            LogInvalid(log, held.ResultName, held.HostId, check.Reason);
            session.Execute("UPDATE host SET invalid_results = invalid_results + 1 WHERE id = $1", held.HostId);
            Stand(session, held, check, ValidateState.Invalid);
            signals.Transitioner.Set();
            return true;
        }

        session.Execute("UPDATE result SET proved = 1 WHERE id = $1", held.ResultId);
        session.Execute($"UPDATE workunit SET held = 0, assimilate_state = {AssimilateState.Ready:d} WHERE id = $1", held.WorkUnitId);
        signals.Assimilator.Set();
        return true;
    }

    void NoteChecked(Session session)
    {
        ServerTraining.NoteChecked(session, time.UnixDay(), _checked);
        _checked = 0;
    }

    ResultCheck Check(
        ReturnedResult result, Func<ProjectDatabase, ReturnedResult, CancellationToken, ResultCheck> look, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var watch = Stopwatch.StartNew();
        try
        {
            ResultFiles.Load(result);
            return look(database, result, cancellation);
        }
        catch (FileLostException exception)
        {
            metrics.FilesLost.Inc();
            LogLost(log, result.ResultName, exception.Message);
            return new(Verdict.Lost, "", 0, exception.Message);
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

    /// <returns>0, or the unit if its verdicts couldn't be stored: one bad unit doesn't hold up the verdicts on others.</returns>
    async Task<long> TryJudge(
        long unit, List<(ReturnedResult Result, ResultCheck Check)> checks, List<(ReturnedResult Result, ResultCheck Check)> earlier)
    {
        try
        {
            await database.Write(session => Judge(session, unit, checks, earlier));
            return 0;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or DbException))
        {
            LogTrouble(
                log, checks.Concat(earlier).Select(check => check.Result.ResultName).FirstOrDefault($"of work unit {unit}"), exception);
            return unit;
        }
    }

    void Postpone(IEnumerable<long> units)
    {
        foreach (var unit in units.Where(unit => unit != 0)) _later[unit] = time.UnixSeconds() + RetryAfter;
    }

    bool Judge(
        Session session,
        long unit,
        List<(ReturnedResult Result, ResultCheck Check)> checks,
        List<(ReturnedResult Result, ResultCheck Check)> earlier)
    {
        var now = time.UnixSeconds();
        foreach (var (result, check) in checks.Concat(earlier).Where(item => item.Check.Verdict == Verdict.Lost))
            LostFiles.GiveUp(session, signals, now, result, check.Reason);
        var verdicts = new UnitVerdicts(session, unit, earlier);
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
            $"UPDATE result SET validate_state = $2, outcome = CASE WHEN $2 = {ValidateState.Invalid:d} "
            + $"THEN {ResultOutcome.ValidateError:d} ELSE outcome END, comparison_hash = $3, proved = "
            + "$4, credit = $5, reason = $6, files_sha256 = $7 WHERE id = $1",
            result.ResultId, (long)verdict, check.ComparisonHash, check.Proved ? 1L : 0L, check.Credit, check.Reason,
            ResultFiles.Hashes(result));
        if (verdict == ValidateState.Inconclusive) return;
        var quota = QuotaRow.Read(session, result.HostId, result.AppVersionId, project.Settings.DailyQuota);
        if (verdict == ValidateState.Valid)
        {
            CreditGranting.Grant(session, result.ResultId, result.HostId, result.UserId, check.Credit, now);

            // Credit is for the work really done, which nobody knew beforehand; the host's speed is measured by it.
            var after = quota with { Quota = quota.Quota.AfterValid(project.Settings.DailyQuota) };
            after.Measured(RecentCredit.ToFlops(check.Credit), result.ElapsedTime).Write(session);
            session.Execute("UPDATE host SET valid_results = valid_results + 1 WHERE id = $1", result.HostId);
            Earnings.Valid(session, project.Settings, result.UserId);
        }
        else
        {
            LogInvalid(log, result.ResultName, result.HostId, check.Reason);
            (quota with { Quota = quota.Quota.AfterFailure() }).Write(session);
            session.Execute("UPDATE host SET invalid_results = invalid_results + 1 WHERE id = $1", result.HostId);
            Earnings.Failed(session, project.Settings, result.UserId);
        }

        Stand(session, result, check, verdict);
    }

    /// <summary>Asks the science what the host's work is worth, and acts accordingly.</summary>
    void Stand(Session session, ReturnedResult result, ResultCheck check, ValidateState verdict)
    {
        var standing = science.Judged(session, result, check, verdict);
        if (standing == HostStanding.Caught)
        {
            var reason = check.Reason.Length > 0 ? check.Reason : "false work";
            var voided = HostVoiding.Void(session, project.Settings, signals, time.UnixSeconds(), result.HostId, reason);
            LogCaught(log, result.HostId, voided);
            return;
        }

        session.Execute(
            $"UPDATE host SET standing = $2, proven_at = CASE WHEN $2 = {HostStanding.Trusted:d} AND proven_at = 0 THEN $3 "
            + "ELSE proven_at END WHERE id = $1", result.HostId, (long)standing, time.UnixSeconds());
        if (standing != HostStanding.Trusted) return;
        var released = session.Execute(
            $"UPDATE workunit SET held = 0, assimilate_state = {AssimilateState.Ready:d} WHERE held = 1 AND canonical_result_id IN "
            + $"(SELECT id FROM result WHERE host_id = $1 AND server_state = {ServerState.Over:d} AND received >= $2)",
            result.HostId, Suspicion.Since(session, result.HostId));
        if (released > 0) signals.Assimilator.Set();
    }

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "validator: what was taken over of work unit {Unit} is false; `mlds project recheck --host {Host}` puts it right")]
    static partial void LogFalseInZoo(ILogger log, string unit, long host);

    [LoggerMessage(Level = LogLevel.Warning, Message = "validator: result {Result} of host {Host} is invalid: {Reason}")]
    static partial void LogInvalid(ILogger log, string result, long host, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "validator: host {Host} was caught with false work; {Voided} of its results are voided and computed again elsewhere")]
    static partial void LogCaught(ILogger log, long host, int voided);

    [LoggerMessage(Level = LogLevel.Error, Message = "validator: result {Result} is lost, and its work is issued again: {What}")]
    static partial void LogLost(ILogger log, string result, string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "validator: result {Result} couldn't be checked; trying again in a minute")]
    static partial void LogTrouble(ILogger log, string result, Exception exception);
}

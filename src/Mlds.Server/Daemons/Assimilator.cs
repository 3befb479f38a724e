using System.Data.Common;
using Microsoft.Extensions.Logging;
using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Daemons;

/// <summary>
/// Hands finished work units to the science. A hand-over may be made twice (after a kill between it and the mark) but is never left out. A
/// unit that the science can't take is tried again, ever less often, and holds up no other; one whose file was lost here is issued again.
/// </summary>
sealed partial class Assimilator(
    ProjectDatabase database, ProjectFolder project, IScience science, TimeProvider time, Signals signals, ServerMetrics metrics,
    ILogger<Assimilator> log)
    : Daemon(signals.Assimilator, TimeSpan.FromSeconds(2), log)
{
    const long Batch = 100;

    /// <summary>Bytes of files kept in memory until their units are marked.</summary>
    const long MostLoaded = 64 << 20;

    /// <summary>Seconds until a unit is tried again: twice as long each time.</summary>
    const long RetryAfter = 60;

    const long LongestRetry = 6 * 3600;

    bool _begun;

    protected override async Task<bool> Pass(CancellationToken cancellation)
    {
        if (!_begun)
        {
            await database.Write(
                session => session.Execute("UPDATE workunit SET assimilating = 0 WHERE assimilating = 1")); // a killed one's
        }

        _begun = true;
        if (database.Read(Waiting).Count == 0) return false;
        var units = await database.Write(Take);
        var marks = new List<Task>();
        var loaded = 0L;
        foreach (var unit in units)
        {
            cancellation.ThrowIfCancellationRequested();
            marks.Add(await HandOver(unit, cancellation) ? Mark(unit) : Task.CompletedTask);
            loaded += unit.Canonical?.Outputs.Sum(file => file.Bytes) ?? 0;
            if (loaded < MostLoaded) continue;
            await Task.WhenAll(marks);
            (loaded, marks) = (0, []);
        }

        await Task.WhenAll(marks);
        return units.Count == Batch;
    }

    List<long> Waiting(Session session) => session.Rows(
        $"SELECT id FROM workunit WHERE assimilate_state = {AssimilateState.Ready:d} AND (assimilate_after <= $1 "
        + "OR assimilate_after > $2) ORDER BY assimilate_after, id LIMIT $3",
        row => row.Long(0), time.UnixSeconds(), time.UnixSeconds() + LongestRetry, Batch);

    /// <summary>
    /// The next units. Until they are marked no verdict on them is taken back: what is handed over is what was judged.
    /// </summary>
    List<FinishedWorkUnit> Take(Session session)
    {
        var units = Waiting(session);
        foreach (var unit in units) session.Execute("UPDATE workunit SET assimilating = 1 WHERE id = $1", unit);
        return units.ConvertAll(unit => Read(session, unit));
    }

    async Task<bool> HandOver(FinishedWorkUnit unit, CancellationToken cancellation)
    {
        try
        {
            science.Assimilate(database, unit, cancellation);
            return true;
        }
        catch (FileLostException exception) when (unit.Canonical is { } lost)
        {
            metrics.FilesLost.Inc();
            LogLost(log, unit.Name, lost.ResultName, exception.Message);
            await database.Write(session => LostFiles.GiveUp(session, signals, time.UnixSeconds(), lost, exception.Message));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await Postpone(unit, exception);
        }

        return false;
    }

    async Task Mark(FinishedWorkUnit unit)
    {
        try
        {
            await database.Write(session => Mark(session, unit));
            metrics.Assimilated.Inc();
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or DbException))
        {
            await Postpone(unit, exception);
        }
    }

    async Task Postpone(FinishedWorkUnit unit, Exception exception)
    {
        metrics.AssimilationFailures.Inc();
        var (tries, wait) = await database.Write(session =>
        {
            var before = session.Number("SELECT assimilate_tries FROM workunit WHERE id = $1", unit.WorkUnitId) ?? 0;
            var wait = Math.Min(LongestRetry, RetryAfter << (int)Math.Min(before, 20));
            session.Execute("UPDATE workunit SET assimilate_after = $2, assimilate_tries = $3, assimilating = 0 WHERE id = $1",
                unit.WorkUnitId, time.UnixSeconds() + wait, before + 1);
            return (before + 1, wait);
        });
        LogTrouble(log, unit.Name, tries, wait, exception);
    }

    void Mark(Session session, FinishedWorkUnit unit)
    {
        var done = session.Execute(
            $"UPDATE workunit SET assimilate_state = {AssimilateState.Done:d}, assimilating = 0, assimilate_tries = 0, "
            + $"transition_time = $2 WHERE id = $1 AND assimilate_state = {AssimilateState.Ready:d}", unit.WorkUnitId, time.UnixSeconds());
        if (done == 1) science.Assimilated(session, unit);
        if (unit.Canonical is null) signals.Trainer.Set();
        signals.Transitioner.Set();
    }

    FinishedWorkUnit Read(Session session, long id)
    {
        var (name, errors, canonical) = session.Row(
            "SELECT name, errors, canonical_result_id FROM workunit WHERE id = $1",
            row => (row.Text(0), (WorkUnitErrors)row.Int(1), row.Long(2)), id);
        var result = canonical == 0 ? null : ResultFiles.ById(session, project, canonical);
        var failures = session.Rows(
            "SELECT name, host_id, outcome, exit_status, stderr FROM result WHERE workunit_id = $1 "
            + $"AND server_state = {ServerState.Over:d} AND outcome NOT IN ({ResultOutcome.Success:d}, {ResultOutcome.DidntNeed:d}) "
            + "ORDER BY id",
            row => new FailedResult(row.Text(0), row.Long(1), (ResultOutcome)row.Int(2), row.Int(3), row.Text(4)), id);
        return new(id, name, result is null && errors == WorkUnitErrors.None ? WorkUnitErrors.NoCanonicalResult
            : result is null ? errors
            : WorkUnitErrors.None, result, failures);
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "assimilator: work unit {Unit} couldn't be taken over, for the {Tries}. time; trying again in {Wait} seconds")]
    static partial void LogTrouble(ILogger log, string unit, long tries, long wait, Exception exception);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "assimilator: work unit {Unit} is issued again, since its result {Result} is lost: {What}")]
    static partial void LogLost(ILogger log, string unit, string result, string what);
}

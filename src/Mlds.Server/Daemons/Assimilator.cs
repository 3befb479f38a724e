using Microsoft.Extensions.Logging;
using Mlds.Boinc;
using Mlds.Server.Database;
using Mlds.Server.Scheduler;

namespace Mlds.Server.Daemons;

/// <summary>
/// Hands finished work units to the science. The hand-over may be made twice (a kill between it and the mark), never not at all; a unit that the science
/// can't take is tried again later and holds nobody up.
/// </summary>
sealed partial class Assimilator(ProjectDatabase database, ProjectFolder project, IScience science, SchedulerState state, Signals signals, ServerMetrics metrics, ILogger<Assimilator> log)
    : Daemon(signals.Assimilator, TimeSpan.FromSeconds(2), log)
{
    const long Batch = 100;
    const long RetryAfter = 60;

    protected override async Task<bool> Pass(CancellationToken cancellation)
    {
        var units = database.Read(session =>
            session.Rows("SELECT id FROM workunit WHERE assimilate_state = 1 AND (assimilate_after <= $1 OR assimilate_after > $2) ORDER BY assimilate_after, id LIMIT $3", row => row.Long(0), state.Now, state.Now + RetryAfter, Batch)
                .ConvertAll(id => Read(session, id)));
        var marks = new List<Task>();
        foreach (var unit in units)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                science.Assimilate(database, unit, cancellation);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogTrouble(log, unit.Name, exception);
                marks.Add(database.Write(session => session.Execute("UPDATE workunit SET assimilate_after = $2 WHERE id = $1", unit.WorkUnitId, state.Now + RetryAfter)));
                continue;
            }
            marks.Add(database.Write(session => Mark(session, unit)));
        }
        await Task.WhenAll(marks);
        metrics.Assimilated.Inc(units.Count);
        return units.Count == Batch;
    }

    void Mark(Session session, FinishedWorkUnit unit)
    {
        var done = session.Execute("UPDATE workunit SET assimilate_state = 2, transition_time = $2 WHERE id = $1 AND assimilate_state = 1", unit.WorkUnitId, state.Now);
        if (done == 1) science.Assimilated(session, unit);
        signals.Transitioner.Set();
    }

    FinishedWorkUnit Read(Session session, long id)
    {
        var (name, errors, canonical) = session.Row("SELECT name, errors, canonical_result_id FROM workunit WHERE id = $1", row => (row.Text(0), (WorkUnitErrors)row.Int(1), row.Long(2)), id);
        var result = canonical == 0 ? null : ResultFiles.ById(session, project, canonical);
        var failures = session.Rows(
            "SELECT name, host_id, outcome, exit_status, stderr FROM result WHERE workunit_id = $1 AND server_state = 5 AND outcome NOT IN (1, 5) ORDER BY id",
            row => new FailedResult(row.Text(0), row.Long(1), (ResultOutcome)row.Int(2), row.Int(3), row.Text(4)), id);
        return new(id, name, result is null && errors == WorkUnitErrors.None ? WorkUnitErrors.NoCanonicalResult : result is null ? errors : WorkUnitErrors.None, result, failures);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "assimilator: work unit {Unit} couldn't be taken over; trying again in a minute")]
    static partial void LogTrouble(ILogger log, string unit, Exception exception);
}

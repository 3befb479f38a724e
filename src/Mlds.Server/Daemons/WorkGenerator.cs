using Microsoft.Extensions.Logging;
using Mlds.Boinc.Rules;
using Mlds.Boinc.Signing;
using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Downloads;
using Mlds.Server.Project;

namespace Mlds.Server.Daemons;

/// <summary>Asks the science for new work while too little is unsent.</summary>
sealed partial class WorkGenerator(
    ProjectDatabase database, ProjectFolder project, IScience science, TimeProvider time, Signals signals, ILogger<WorkGenerator> log)
    : Daemon(signals.Generator, TimeSpan.FromSeconds(1), log)
{
    const int Batch = 50;

    /// <summary>Seconds for which a measurement of the hosts' speed is used.</summary>
    const long SpeedAge = 60;

    long _measured;
    double _flops;

    protected override async Task<bool> Pass(CancellationToken cancellation)
    {
        var flops = Speed();
        var made = await database.Write(session =>
        {
            // Units that have no result yet count too: the transitioner comes to them.
            var waiting = session.Number(
                $"SELECT (SELECT count(*) FROM result WHERE server_state = {ServerState.Unsent:d}) "
                + "+ (SELECT count(*) FROM workunit WHERE transition_time = 0)")!.Value;
            if (waiting >= project.Settings.LowWater) return 0;
            var now = time.UnixSeconds();
            var units = science.Generate(session, new((int)Math.Min(Batch, project.Settings.LowWater - waiting), flops, now));
            foreach (var unit in units)
            {
                var id = WorkUnitInsertion.Insert(session, project, science.AppName, science.AppFriendlyName, unit, now);
                science.Created(session, unit.Name, id);
            }

            return units.Count;
        });
        if (made == 0) return false;
        LogMade(log, made);
        signals.Transitioner.Set();
        return true;
    }

    /// <summary>Looks at every host, so it is called only now and then, and never by the database's writer.</summary>
    double Speed()
    {
        var now = time.UnixSeconds();
        if (Elapsed.LessThan(SpeedAge, _measured, now)) return _flops;
        (_measured, _flops) = (now, database.Read(session => MedianFlops(session, now)));
        return _flops;
    }

    /// <summary>
    /// Each account counts once, and only by hosts that have earned trust: speed follows from times that clients claim, and the median
    /// decides the length of everybody's units.
    /// </summary>
    internal static double MedianFlops(Session session, long now)
    {
        var flops = session.Rows(
            "SELECT avg(v.flops) AS speed FROM host_app_version v JOIN host h ON h.id = v.host_id WHERE v.samples > 0 "
            + "AND h.rpc_time > $1 AND h.proven_at > 0 GROUP BY h.account_id ORDER BY speed LIMIT 10001",
            row => row.Real(0), now - 7 * 86400);
        return flops.Count == 0 ? 0 : flops[flops.Count / 2];
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "generator: made {Count} work units")]
    static partial void LogMade(ILogger log, int count);
}

/// <summary>Stores a new work unit and its input files.</summary>
static class WorkUnitInsertion
{
    /// <summary>
    /// The files come first: a row never refers to a file that isn't there. If the transaction fails the next try writes them again.
    /// </summary>
    public static long Insert(Session session, ProjectFolder project, string appName, string friendlyName, NewWorkUnit unit, long now)
    {
        Check(unit);
        var inputs = unit.Inputs.Select((file, index) => new StoredInput(
            $"{unit.Name}_{index}", file.LogicalName, file.Content.Length, CodeSigning.Md5Hex(file.Content.Span))).ToList();
        foreach (var (stored, file) in inputs.Zip(unit.Inputs)) DownloadFiles.Write(project, stored.Name, file.Content.Span);
        inputs.AddRange(unit.Shared.Select(file => SharedFiles.Give(project, file)));
        return session.Number(
            "INSERT INTO workunit (name, app_id, created, batch, priority, fpops_estimate, fpops_bound, "
            + "memory_bound, disk_bound, delay_bound, command_line, min_quorum, target_results, "
            + "max_errors, max_total, max_successes, one_per_account, inputs, outputs, program_level, transition_time) "
            + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 0) RETURNING id",
            unit.Name, AppId(session, appName, friendlyName), now, unit.Batch, (long)unit.Priority, unit.FpopsEstimate, unit.FpopsBound,
            unit.MemoryBound, unit.DiskBound, unit.DelayBound, unit.CommandLine, (long)unit.MinQuorum, (long)unit.TargetResults,
            (long)unit.MaxErrors, (long)unit.MaxTotal, (long)unit.MaxSuccesses, unit.OneResultPerUser ? 1L : 0L, string.Join('\n', inputs),
            string.Join('\n', unit.Outputs.Select(file => new StoredOutput(file.LogicalName, file.MaxBytes, file.Optional))),
            (long)unit.ProgramLevel)!.Value;
    }

    public static long AppId(Session session, string name, string friendlyName) =>
        session.Number("SELECT id FROM app WHERE name = $1", name)
        ?? session.Number("INSERT INTO app (name, friendly_name) VALUES ($1, $2) RETURNING id", name, friendlyName)!.Value;

    static void Check(NewWorkUnit unit)
    {
        if (!FileName.IsValid(unit.Name) || unit.Name.Length > 80)
            throw new ArgumentException($"'{unit.Name}' can't be a work unit's name: 1 to 80 of A–Z, a–z, 0–9, . _ -.", nameof(unit));
        List<string> names =
        [
            .. unit.Inputs.Select(file => file.LogicalName), .. unit.Shared.Select(file => file.Name),
            .. unit.Outputs.Select(file => file.LogicalName),
        ];
        if (names.Find(name => !FileName.IsValid(name)) is { } wrong)
            throw new ArgumentException($"'{wrong}' can't be a file's name in a task.", nameof(unit));
        if (names.Distinct().Count() < names.Count)
            throw new ArgumentException($"Two files of the work unit {unit.Name} have the same name.", nameof(unit));
        if (unit.MinQuorum
            < 1 || unit.TargetResults < unit.MinQuorum || unit.MaxTotal < unit.TargetResults || unit.MaxSuccesses < unit.MinQuorum)
        {
            throw new ArgumentException(
                $"The work unit {unit.Name} needs 1 ≤ min_quorum ≤ target_results ≤ max_total, and max_successes ≥ min_quorum.",
                nameof(unit));
        }
    }
}

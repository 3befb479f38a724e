using Microsoft.Extensions.Logging;
using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Downloads;
using Mlds.Server.Project;
using Mlds.Server.Uploads;

namespace Mlds.Server.Daemons;

/// <summary>
/// Deletes the files of finished work units after a delay, and now and then what uploads left behind. Rows stay: they are the
/// record of who computed what.
/// </summary>
sealed partial class FileDeleter(
    ProjectDatabase database, ProjectFolder project, TimeProvider time, Signals signals, ILogger<FileDeleter> log)
    : Daemon(signals.Deleter, TimeSpan.FromSeconds(10), log)
{
    const long Batch = 100;

    /// <summary>Seconds between two looks through all uploads.</summary>
    const long SweepEvery = 6 * 3600;

    long _swept;

    protected override async Task<bool> Pass(CancellationToken cancellation)
    {
        if (time.UnixSeconds() - _swept >= SweepEvery)
        {
            _swept = time.UnixSeconds();
            var removed = UnfinishedUploads.Sweep(project, database, DateTimeOffset.FromUnixTimeSeconds(time.UnixSeconds()), cancellation);
            if (removed > 0) LogSwept(log, removed);
        }

        var units = database.Read(session =>
            session.Rows(
                $"SELECT id, inputs, outputs FROM workunit WHERE file_delete_state = {FileDeleteState.Ready:d} AND delete_after <= $1 "
                + "ORDER BY delete_after LIMIT $2",
                row => (Id: row.Long(0), Inputs: StoredInput.Parse(row.Text(1)), Outputs: StoredOutput.Parse(row.Text(2))),
                time.UnixSeconds(), Batch)
            .ConvertAll(unit => (unit.Id, unit.Inputs, Outputs: Outputs(session, unit.Id, unit.Outputs.Count))));
        foreach (var (_, inputs, outputs) in units)
        {
            foreach (var input in inputs.Where(input => !input.IsShared)) DownloadFiles.Delete(project, input.Name);
            foreach (var output in outputs)
            {
                Delete(project.Upload(output));
                Delete(UnfinishedUploads.Part(project, output));
            }
        }

        await Task.WhenAll(units.Select(unit => database.Write(session => session.Execute(
            "UPDATE workunit SET file_delete_state = $2 WHERE id = $1", unit.Id, (long)FileDeleteState.Done))));
        return units.Count == Batch;
    }

    static List<string> Outputs(Session session, long unit, int count) =>
        [.. session.Rows("SELECT name, random FROM result WHERE workunit_id = $1", row => (Name: row.Text(0), Random: row.Long(1)), unit)
            .SelectMany(result => Enumerable.Range(0, count).Select(index => WorkUnitRow.OutputName(result.Name, result.Random, index)))];

    static void Delete(string file)
    {
        if (File.Exists(file)) File.Delete(file);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "deleter: removed {Count} uploads that came to nothing")]
    static partial void LogSwept(ILogger log, int count);
}

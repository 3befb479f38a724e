using Mlds.Boinc.States;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Uploads;

/// <summary>
/// Removes uploads that lead to nothing: those of reported results, those that nobody continued, and files that nothing needs.
/// </summary>
static class UnfinishedUploads
{
    /// <summary>How long a partial file waits for its client, which tries for two weeks at most but seldom longer than some
    /// hours.</summary>
    public static readonly TimeSpan PartsKept = TimeSpan.FromDays(14);

    /// <summary>Only files untouched for this long are looked at, so that none is removed from under an upload that is just
    /// ending.</summary>
    static readonly TimeSpan s_settled = TimeSpan.FromDays(1);

    const string Suffix = ".part";

    /// <summary>Where a file is until it is whole.</summary>
    public static string Part(ProjectFolder project, string name) => project.Upload(name) + Suffix;

    /// <summary>
    /// In the transaction that stores a result's report: what isn't whole by now never will be. An upload that still writes to it is
    /// refused at the end.
    /// </summary>
    public static void End(ProjectFolder project, string result, long random, int outputs)
    {
        for (var i = 0; i < outputs; i++) Delete(Part(project, WorkUnitRow.OutputName(result, random, i)));
    }

    /// <summary>Looks through all uploads.</summary>
    /// <returns>How many files were removed.</returns>
    public static int Sweep(ProjectFolder project, ProjectDatabase database, DateTimeOffset now, CancellationToken cancellation)
    {
        var removed = 0;
        if (!Directory.Exists(project.In("upload"))) return 0;
        foreach (var folder in Directory.EnumerateDirectories(project.In("upload")))
        {
            cancellation.ThrowIfCancellationRequested();
            var old = new DirectoryInfo(folder).EnumerateFiles().Where(file => now - file.LastWriteTimeUtc > s_settled).ToList();
            var useless = database.Read(session => old.FindAll(file => IsUseless(session, file, now)));
            foreach (var file in useless) file.Delete();
            removed += useless.Count;
        }

        return removed;
    }

    static bool IsUseless(Session session, FileInfo file, DateTimeOffset now)
    {
        var isPart = file.Name.EndsWith(Suffix, StringComparison.Ordinal);
        var name = isPart ? file.Name[..^Suffix.Length] : file.Name;
        if (!WorkUnitRow.TryParseOutputName(name, out var result, out var random, out _)) return false; // nothing that a client sent
        if (isPart) return now - file.LastWriteTimeUtc > PartsKept || ClosedUpload.Find(session, name) is not null;
        var state = session.Number(
            "SELECT w.file_delete_state FROM result r JOIN workunit w ON w.id = r.workunit_id WHERE r.name = $1 AND r.random = $2", result,
                random);
        return state is null or (long)FileDeleteState.Done;
    }

    /// <summary>Its folder may not be there either.</summary>
    static void Delete(string file)
    {
        if (File.Exists(file)) File.Delete(file);
    }
}

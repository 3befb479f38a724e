using System.Data.Common;
using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Daemons;

/// <summary>Reads a result as the science sees it: names, and files on disk, each of which must be what was judged.</summary>
static class ResultFiles
{
    const string Columns =
        "r.id, w.id, w.name, r.name, r.host_id, r.account_id, r.app_version_id, r.elapsed, r.cpu_time, r.stderr, r.random, w.inputs, "
        + "w.outputs, r.files_sha256, r.comparison_hash, "
        + "(SELECT count(*) FROM host h JOIN account c ON c.id = h.account_id WHERE h.id = r.host_id "
        + "AND h.proven_at = 0 AND c.suspect_since > 0)";

    const string Tables = "result r JOIN workunit w ON w.id = r.workunit_id";

    /// <summary>Everything that there is to judge of a unit, in one read.</summary>
    /// <exception cref="IOException">The folder of uploads is gone, as when a disk isn't mounted: no host is to blame for that.</exception>
    public static UnitResults OfUnit(Session session, ProjectFolder project, long workUnitId)
    {
        if (!Directory.Exists(project.In("upload"))) throw new IOException($"The folder '{project.In("upload")}' isn't there");
        var rows = session.Rows(
            $"SELECT {Columns}, r.credit, r.proved, r.validate_state, w.held, "
            + "CASE WHEN r.id = w.canonical_result_id AND r.proved = 0 AND w.min_quorum = 1 THEN 1 ELSE 0 END "
            + $"FROM {Tables} WHERE r.workunit_id = $1 AND r.server_state = {ServerState.Over:d} AND r.outcome = {ResultOutcome.Success:d} "
            + $"AND (r.validate_state IN ({ValidateState.Init:d}, {ValidateState.Inconclusive:d}) OR r.id = w.canonical_result_id) "
            + "ORDER BY r.id",
            row => (
                Result: Read(row, project), Credit: row.Real(16), Proved: row.Bool(17),
                State: (ValidateState)row.Int(18), Held: row.Bool(19), Alone: row.Bool(20)),
            workUnitId);
        var alone = rows.Find(row => row.Alone);
        return new(
            [.. rows.Where(row => row.State == ValidateState.Init).Select(row => row.Result)],
            [.. rows.Where(row => row.State == ValidateState.Inconclusive)
                .Select(row => (row.Result, new ResultCheck(Verdict.Valid, row.Result.ComparisonHash, row.Credit, "", row.Proved)))],
            alone.Result,
            alone.Held);
    }

    public static ReturnedResult? ById(Session session, ProjectFolder project, long resultId) =>
        session.Row($"SELECT {Columns} FROM {Tables} WHERE r.id = $1", row => Read(row, project), resultId);

    /// <summary>Reads all of a result's files, so that from here on their bytes are the same for everybody.</summary>
    public static void Load(ReturnedResult result)
    {
        foreach (var file in result.Outputs) _ = file.Content;
    }

    /// <summary>The text stored with the verdict: a line <c>logical_name sha256</c> for each file that was judged.</summary>
    public static string Hashes(ReturnedResult result) =>
        string.Join('\n', result.Outputs.Select(file => $"{file.LogicalName} {file.Sha256}"));

    /// <summary>The reverse: the SHA-256 of each file that was judged, by logical name; empty before there was a verdict.</summary>
    public static Dictionary<string, string> Judged(string hashes) =>
        hashes.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .ToDictionary(part => part[0], part => part[1]);

    static ReturnedResult Read(DbDataReader row, ProjectFolder project)
    {
        var (name, random) = (row.Text(3), row.Long(10));
        var judged = Judged(row.Text(13));
        var outputs = StoredOutput.Parse(row.Text(12)).Select(
            (file, index) => Output(file.LogicalName, project.Upload(WorkUnitRow.OutputName(name, random, index)), judged));
        var inputs = StoredInput.Parse(row.Text(11)).Select(
            file => new StoredFile(file.LogicalName, project.Download(file.Name), file.Bytes, md5: file.Md5));
        return new(
            row.Long(0), row.Long(1), row.Text(2), name, row.Long(4), row.Long(5), row.Long(6), row.Real(7), row.Real(8), row.Text(9),
            [.. outputs.OfType<StoredFile>()], [.. inputs], row.Bool(15))
        {
            ComparisonHash = row.Text(14),
        };
    }

    /// <summary>For a judged result exactly the files that were there at the time; else those that are there now.</summary>
    static StoredFile? Output(string logicalName, string path, Dictionary<string, string> judged)
    {
        var file = new FileInfo(path);
        if (judged.Count == 0) return file.Exists ? new(logicalName, path, file.Length) : null;
        return judged.TryGetValue(logicalName, out var sha256) ? new(logicalName, path, file.Exists ? file.Length : 0, sha256) : null;
    }
}

/// <summary>A unit's results that are to be judged.</summary>
/// <param name="New">Those that nobody has looked at yet.</param>
/// <param name="Waiting">Those that had nobody to agree with, and what their check said.</param>
/// <param name="Alone">The canonical result, if it rests on its host's word alone.</param>
/// <param name="Held">Whether the canonical result waits for its host to earn trust.</param>
sealed record UnitResults(
    List<ReturnedResult> New, List<(ReturnedResult Result, ResultCheck Check)> Waiting, ReturnedResult? Alone, bool Held);

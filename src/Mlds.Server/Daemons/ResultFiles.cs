using System.Data.Common;
using Mlds.Server.Database;

namespace Mlds.Server.Daemons;

/// <summary>Reads a result as the science sees it: names, files on disk.</summary>
static class ResultFiles
{
    const string Columns = "r.id, w.id, w.name, r.name, r.host_id, r.account_id, r.app_version_id, r.elapsed, r.cpu_time, r.stderr, r.random, w.inputs, w.outputs, "
        + "(SELECT count(*) FROM host h JOIN account c ON c.id = h.account_id WHERE h.id = r.host_id AND h.proven_at = 0 AND c.suspect_since > 0)";

    public static List<ReturnedResult> ToValidate(Session session, ProjectFolder project, long workUnitId) => session.Rows(
        $"SELECT {Columns} FROM result r JOIN workunit w ON w.id = r.workunit_id WHERE r.workunit_id = $1 AND r.server_state = 5 AND r.outcome = 1 AND r.validate_state = 0 ORDER BY r.id",
        row => Read(row, project), workUnitId);

    public static ReturnedResult? ById(Session session, ProjectFolder project, long resultId) => session.Row(
        $"SELECT {Columns} FROM result r JOIN workunit w ON w.id = r.workunit_id WHERE r.id = $1", row => Read(row, project), resultId);

    static ReturnedResult Read(DbDataReader row, ProjectFolder project)
    {
        var (name, random) = (row.Text(3), row.Long(10));
        var outputs = StoredOutput.Parse(row.Text(12)).Select((file, index) => Stored(file.LogicalName, project.Upload(WorkUnitRow.OutputName(name, random, index))));
        var inputs = StoredInput.Parse(row.Text(11)).Select(file => Stored(file.LogicalName, project.Download(file.Name)));
        return new(
            row.Long(0), row.Long(1), row.Text(2), name, row.Long(4), row.Long(5), row.Long(6), row.Real(7), row.Real(8), row.Text(9),
            [.. outputs.OfType<StoredFile>()], [.. inputs.OfType<StoredFile>()], row.Bool(13));
    }

    static StoredFile? Stored(string logicalName, string path) => new FileInfo(path) is { Exists: true } file ? new(logicalName, path, file.Length) : null;
}

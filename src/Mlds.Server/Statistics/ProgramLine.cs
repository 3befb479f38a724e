using Mlds.Boinc.States;
using Mlds.Server.Database;

namespace Mlds.Server.Statistics;

/// <summary>How the results of one version of a program ended: a version that fails everywhere is seen at a glance.</summary>
public sealed record ProgramLine(string Program, long Valid, long Waiting, long Invalid, long Failed, long Hosts)
{
    /// <summary>Results received since <paramref name="since"/>, Unix seconds, of programs that are not withdrawn.</summary>
    public static List<ProgramLine> Read(Session session, long since) => session.Rows(
        $"SELECT v.id, COALESCE(sum(CASE WHEN r.validate_state = {ValidateState.Valid:d} THEN 1 "
        + $"ELSE 0 END), 0), COALESCE(sum(CASE WHEN r.outcome = {ResultOutcome.Success:d} "
        + $"AND r.validate_state IN ({ValidateState.Init:d}, {ValidateState.Inconclusive:d}) THEN 1 ELSE 0 END), 0), "
        + $"COALESCE(sum(CASE WHEN r.validate_state = {ValidateState.Invalid:d} THEN 1 "
        + $"ELSE 0 END), 0), COALESCE(sum(CASE WHEN r.outcome NOT IN ({ResultOutcome.Success:d}, {ResultOutcome.DidntNeed:d}, "
        + $"{ResultOutcome.ValidateError:d}) THEN 1 ELSE 0 END), 0), count(DISTINCT r.host_id) "
        + $"FROM app_version v LEFT JOIN result r ON r.app_version_id = v.id AND r.server_state = {ServerState.Over:d} "
        + "AND r.received >= $1 WHERE v.deprecated = 0 GROUP BY v.id ORDER BY v.id",
        row => (Id: row.Long(0), Valid: row.Long(1), Waiting: row.Long(2), Invalid: row.Long(3), Failed: row.Long(4), Hosts: row.Long(5)),
        since)
        .ConvertAll(line => new ProgramLine(Name(session, line.Id), line.Valid, line.Waiting, line.Invalid, line.Failed, line.Hosts));

    internal static string Name(Session session, long version) => session.Row(
        "SELECT a.name, v.version, v.platform, v.plan_class FROM app_version v JOIN app a ON a.id = v.app_id WHERE v.id = $1",
        row => FormattableString.Invariant(
            $"{row.Text(0)} {row.Long(1) / 100m:0.00} {row.Text(2)}{(row.Text(3).Length > 0 ? $" ({row.Text(3)})" : "")}"),
        version) ?? "?";
}

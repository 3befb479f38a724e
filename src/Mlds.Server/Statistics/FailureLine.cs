using System.Text.RegularExpressions;
using Mlds.Boinc.States;
using Mlds.Server.Database;

namespace Mlds.Server.Statistics;

/// <summary>Results of one host with one version of a program that failed in the same way.</summary>
/// <param name="Program">App, version, platform and plan class.</param>
/// <param name="ExitStatus">As the client reported it; 0 where nothing was reported.</param>
/// <param name="Count">How many.</param>
/// <param name="Last">The newest of them, Unix seconds.</param>
/// <param name="Result">Its name.</param>
/// <param name="Text">The end of what it wrote to standard error, or why it is invalid.</param>
public sealed partial record FailureLine(
    string Program, long Host, ResultOutcome Outcome, int ExitStatus, long Count, long Last, string Result, string Text)
{
    /// <summary>The groups with the newest failures first.</summary>
    /// <param name="since">Unix seconds.</param>
    /// <param name="host">Only failures of this host; null: of all.</param>
    public static List<FailureLine> Read(Session session, long since, long? host, int most)
    {
        var groups = session.Rows(
            "SELECT app_version_id, host_id, outcome, exit_status, count(*), max(received), max(id) FROM result "
            + $"WHERE server_state = {ServerState.Over:d} AND outcome NOT IN ({ResultOutcome.Success:d}, {ResultOutcome.DidntNeed:d}) "
            + $"AND host_id > 0 AND received >= $1 {(host is null ? "" : "AND host_id = $3 ")}"
            + "GROUP BY app_version_id, host_id, outcome, exit_status ORDER BY max(received) DESC, max(id) DESC LIMIT $2",
            row => (Version: row.Long(0), Host: row.Long(1), Outcome: (ResultOutcome)row.Int(2), Exit: row.Int(3),
                Count: row.Long(4), Last: row.Long(5), Newest: row.Long(6)),
            host is null ? [since, (long)most] : [since, (long)most, host.Value]);
        return groups.ConvertAll(group =>
        {
            var (name, stderr, reason) = session.Row(
                "SELECT name, stderr, reason FROM result WHERE id = $1", row => (row.Text(0), row.Text(1), row.Text(2)), group.Newest);
            return new FailureLine(
                ProgramLine.Name(session, group.Version), group.Host, group.Outcome, group.Exit, group.Count,
                group.Last, name, reason.Length > 0 ? reason : Wrapping().Replace(stderr, "").Trim());
        });
    }

    /// <summary>The tags that clients put around a task's own output.</summary>
    [GeneratedRegex(@"<core_client_version>[^<]*</core_client_version>|<!\[CDATA\[|\]\]>|</?(stderr_txt|message)>")]
    private static partial Regex Wrapping();
}

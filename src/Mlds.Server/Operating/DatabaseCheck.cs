using Mlds.Server.Database;

namespace Mlds.Server.Operating;

/// <summary>
/// Checks that a database is consistent: SQLite's own checks, the schema's steps, and the references between rows that the database itself
/// doesn't enforce.
/// </summary>
static class DatabaseCheck
{
    /// <summary>References for which 0 stands for "none".</summary>
    static readonly (string Table, string Column, string To)[] s_references =
    [
        ("workunit", "canonical_result_id", "result"), ("result", "account_id", "account"), ("result", "host_id", "host"),
        ("result", "app_version_id", "app_version"), ("account", "team_id", "team"),
    ];

    /// <summary>Adds what is wrong to <paramref name="faults"/>; returns whether the rest of the project can be checked with this
    /// database.</summary>
    public static bool Run(Session session, IReadOnlyList<SchemaStep> steps, List<string> faults, List<string> remarks)
    {
        if (!session.IsPostgres)
        {
            faults.AddRange(session.Rows("PRAGMA integrity_check(5)", row => row.GetString(0)).Where(text => text != "ok")
                .Select(text => $"the database is damaged: {text}"));
            var lost = session.Rows("PRAGMA foreign_key_check", row => (Table: row.GetString(0), To: row.GetString(2))).Distinct();
            faults.AddRange(lost.Select(rows => $"rows of the table {rows.Table} refer to rows of {rows.To} that aren't there"));
            if (session.Number("SELECT count(*) FROM sqlite_master WHERE name = 'schema_step'") == 0)
            {
                faults.Add("the database is no project's: it has no tables");
                return false;
            }
        }

        var taken = session.Rows("SELECT name FROM schema_step", row => row.GetString(0)).ToHashSet();
        string[] known = [.. ServerSchema.Steps.Concat(steps).Select(step => step.Name)];
        if (taken.Except(known).ToList() is { Count: > 0 } newer)
            faults.Add($"the database is of a newer version of this program, which knows {string.Join(", ", newer)}");
        if (known.Except(taken).ToList() is { Count: > 0 } missing)
            remarks.Add($"the database is of an earlier version of this program; {string.Join(", ", missing)} come when it is next used");
        foreach (var (table, column, to) in s_references)
        {
            var count = session.Number(
                $"SELECT count(*) FROM {table} t LEFT JOIN {to} o ON o.id = t.{column} WHERE t.{column} <> 0 AND o.id IS NULL");
            if (count > 0) faults.Add($"{count} rows of the table {table} refer by {column} to what isn't there");
        }

        return true;
    }
}

using System.Globalization;
using DuckDB.NET.Data;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>
/// Others' readers: programs of the system, Python with what Debian has of it, DuckDB. A test whose reader is missing is skipped and says
/// so.
/// </summary>
static class OtherPrograms
{
    /// <summary>What <paramref name="program"/> prints; the test fails with what it says of errors.</summary>
    public static string Run(string program, string folder, params string[] arguments)
    {
        try
        {
            var run = Command.Run(program, arguments, folder, TimeSpan.FromMinutes(30));
            if (run.Error.Contains("ModuleNotFoundError", StringComparison.Ordinal)) Assert.Skip(run.Error.TrimEnd().Split('\n')[^1]);
            Assert.True(run.ExitCode == 0, run.Error);
            return run.Output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"There is no {program} on this machine.");
            throw;
        }
    }

    public static string Python(string folder, string code) => Run(SystemPython.Path, folder, "-B", "-c", code);

    /// <summary>
    /// The rows of an SQL query, run by DuckDB in <paramref name="folder"/>; lists come as texts with semicolons between.
    /// </summary>
    public static IReadOnlyList<object[]> DuckDb(string folder, string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SET file_search_path = '{folder}'";
        command.ExecuteNonQuery();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => Value(reader.GetValue(i)))]);
        return rows;
    }

    static object Value(object value) => value is System.Collections.IEnumerable list and not string
        ? string.Join(';', list.Cast<object>().Select(item => Convert.ToString(item, CultureInfo.InvariantCulture)))
        : value;
}

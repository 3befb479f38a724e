using System.Diagnostics;
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
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"There is no {program} on this machine.");
            throw;
        }

        using (process)
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (error.Result.Contains("ModuleNotFoundError", StringComparison.Ordinal)) Assert.Skip(error.Result.TrimEnd().Split('\n')[^1]);
            Assert.True(process.ExitCode == 0, error.Result);
            return output;
        }
    }

    public static string Python(string folder, string code) => Run("/usr/bin/python3", folder, "-B", "-c", code);

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

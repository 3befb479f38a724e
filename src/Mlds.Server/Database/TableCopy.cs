using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mlds.Server.Database;

/// <summary>
/// Copies all rows of all tables from one database to another, of either kind, and compares the result.
/// </summary>
static class TableCopy
{
    /// <summary>
    /// Fills <paramref name="to"/>, which is created where there is none, with what <paramref name="source"/> holds; all or nothing.
    /// </summary>
    /// <param name="source">A session in a transaction, on a database with all schema steps run.</param>
    /// <param name="to">A file's name in the folder, or a PostgreSQL connection string.</param>
    /// <returns>Rows copied.</returns>
    /// <exception cref="ProjectException"><paramref name="to"/> has rows already, or didn't take everything; in that case it has nothing of
    /// the copy.</exception>
    public static async Task<long> Run(Session source, string to, string folder, IReadOnlyList<SchemaStep> steps)
    {
        var tables = await Tables(steps);
        await using (ProjectDatabase.Open(to, folder, steps))
        {
        }

        using var target = new Session(Dialect.Of(to, folder));
        target.BeginWriting();
        var full = tables.Find(table => target.Number($"SELECT count(*) FROM {table}") > 0);
        if (full is not null) throw new ProjectException($"The new database isn't empty: its table {full} has rows; give one of its own.");
        var rows = tables.Sum(table => Copy(source, target, table));
        var different = tables.Find(table => Digest(source, table) != Digest(target, table));
        if (different is not null)
            throw new ProjectException($"The table {different} isn't the same in the new database; nothing was changed.");
        CountOn(target, tables);
        target.Execute("COMMIT");
        return rows;
    }

    /// <summary>All tables in the order in which the steps make them: those that others refer to come first.</summary>
    static async Task<List<string>> Tables(IReadOnlyList<SchemaStep> steps)
    {
        var folder = Directory.CreateTempSubdirectory("mlds-tables-");
        try
        {
            await using var database = ProjectDatabase.Open("tables.db", folder.FullName, steps);
            return database.Read(session => session.Rows(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_step' ORDER BY rowid",
                row => row.GetString(0)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static long Copy(Session source, Session target, string table)
    {
        long copied = 0;
        string? insert = null;
        foreach (var row in Read(source, table))
        {
            insert ??= $"INSERT INTO {table} ({string.Join(", ", row.Names)}) "
                + $"VALUES ({string.Join(", ", row.Names.Select((_, i) => $"${i + 1}"))})";
            target.Execute(insert, row.Values);
            copied++;
        }

        return copied;
    }

    /// <summary>The number of rows, and the sum of their SHA-256: databases order texts differently, but a sum doesn't depend on the
    /// order.</summary>
    static (long, UInt128) Digest(Session session, string table)
    {
        var (count, sum) = (0L, UInt128.Zero);
        foreach (var row in Read(session, table))
        {
            var text = string.Join(
                '\u001f', row.Names.Zip(row.Values, (name, value) => $"{name}={Canonical(value)}").Order(StringComparer.Ordinal));
            sum += BitConverter.ToUInt128(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            count++;
        }

        return (count, sum);
    }

    static string Canonical(object? value) => value switch
    {
        null => "null",
        byte[] bytes => Convert.ToHexStringLower(bytes),
        double real => real.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    static IEnumerable<(string[] Names, object?[] Values)> Read(Session session, string table) => session.Stream(
        $"SELECT * FROM {table}",
        row => (Enumerable.Range(0, row.FieldCount).Select(row.GetName).ToArray(),
            Enumerable.Range(0, row.FieldCount).Select(i => row.IsDBNull(i) ? null : Storable(row.GetValue(i))).ToArray()));

    /// <summary>
    /// PostgreSQL has no NUL in texts. Projects of earlier versions may have some, from clients that sent them: U+FFFD stands for each,
    /// in what is copied and in what is compared.
    /// </summary>
    static object Storable(object value) => value is string text ? text.Replace('\0', '\uFFFD') : value;

    /// <summary>PostgreSQL's keys count on after the highest that was copied; SQLite's do by themselves.</summary>
    static void CountOn(Session target, List<string> tables)
    {
        if (!target.IsPostgres) return;
        foreach (var table in tables.Where(table => target.Number(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema() "
            + "AND table_name = $1 AND column_name = 'id' AND is_identity = 'YES'",
            table) > 0))
        {
            target.Number($"SELECT setval(pg_get_serial_sequence('{table}', 'id'), COALESCE((SELECT max(id) FROM {table}), 0) + 1, false)");
        }
    }
}

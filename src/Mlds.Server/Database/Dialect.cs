using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Mlds.Server.Database;

/// <summary>What differs between the two databases. All other SQL is written so that both understand it.</summary>
abstract class Dialect
{
    /// <summary>The type of a key that the database numbers by itself.</summary>
    public abstract string Identity { get; }

    /// <summary>Begins a transaction that excludes the writers of all other processes.</summary>
    public abstract string[] BeginWriting { get; }

    /// <summary>Begins a transaction that sees one state of the database.</summary>
    public abstract string BeginReading { get; }

    public abstract DbConnection Open();

    public abstract DbCommand Command(DbConnection connection, string sql, int parameters);

    /// <summary>Whether commands may be kept for reuse.</summary>
    public abstract bool KeepsCommands { get; }

    public static bool IsPostgres(string database) => database.Contains("Host=", StringComparison.OrdinalIgnoreCase);

    /// <summary>What is allowed, if the text can't name a database; null: it can.</summary>
    public static string? WhyNot(string database)
    {
        const string Allowed = "a file's path, or a PostgreSQL connection string such as Host=/run/postgresql;Database=mlds";
        if (database.Trim().Length == 0 || database.Any(char.IsControl) || database.EndsWith('/') || database.StartsWith(':'))
            return Allowed;
        if (!IsPostgres(database)) return null;
        try
        {
            _ = new NpgsqlConnectionStringBuilder(database);
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException)
        {
            return $"{Allowed}: {exception.Message.TrimEnd('.')}";
        }
    }

    /// <param name="database">A file's name, or a PostgreSQL connection string: it has a <c>Host=</c>.</param>
    /// <param name="folder">The project's folder.</param>
    public static Dialect Of(string database, string folder) =>
        IsPostgres(database) ? new PostgresDialect(database) : new SqliteDialect(Path.Combine(folder, database));
}

/// <summary>
/// SQLite with a write-ahead log: readers go on while one writes. synchronous = FULL waits for the disk at every commit, so that whatever a
/// client was told is stored survives a power cut; many calls share a commit.
/// </summary>
/// <param name="file">Made where there is none, readable by nobody but its owner.</param>
/// <param name="readOnly">Only reads, and creates nothing.</param>
sealed class SqliteDialect(string file, bool readOnly = false) : Dialect
{
    public override string Identity => "INTEGER PRIMARY KEY AUTOINCREMENT";

    public override string[] BeginWriting { get; } = ["BEGIN IMMEDIATE"];

    public override string BeginReading => "BEGIN";

    public override bool KeepsCommands => true;

    public override DbConnection Open()
    {
        if (!readOnly) Make();
        var mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate;
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 60 }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = readOnly ? "PRAGMA busy_timeout = 60000" : "PRAGMA journal_mode = WAL; "
            + "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 60000; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000";
        command.ExecuteNonQuery();
        return connection;
    }

    /// <summary>SQLite gives the files beside the database its mode, but would make the database itself readable by everybody.</summary>
    void Make()
    {
        if (File.Exists(file)) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            OwnerOnly.Create(file).Dispose();
        }
        catch (IOException) when (File.Exists(file))
        {
            // Another process was first.
        }
    }

    public override DbCommand Command(DbConnection connection, string sql, int parameters)
    {
        var command = new SqliteCommand(sql, (SqliteConnection)connection);
        for (var i = 1; i <= parameters; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        return command;
    }
}

/// <summary>
/// PostgreSQL. A lock that all the project's writers take makes transactions run one after another, as SQLite does by itself.
/// </summary>
sealed class PostgresDialect(string connectionString) : Dialect
{
    const long WriterLock = 0x4d4c4453; // "MLDS"

    readonly string _connectionString =
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 300,
            AutoPrepareMinUsages = 2,
            ApplicationName = "mlds",
            Pooling = false,
        }.ToString();

    public override string Identity => "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";

    public override string[] BeginWriting { get; } = ["BEGIN", $"SELECT pg_advisory_xact_lock({WriterLock})"];

    public override string BeginReading => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

    public override bool KeepsCommands => false;

    public override DbConnection Open()
    {
        var connection = new NpgsqlConnection(_connectionString);
        connection.Open();
        return connection;
    }

    public override DbCommand Command(DbConnection connection, string sql, int parameters)
    {
        var command = new NpgsqlCommand(sql, (NpgsqlConnection)connection);
        for (var i = 0; i < parameters; i++) command.Parameters.Add(new NpgsqlParameter());
        return command;
    }
}

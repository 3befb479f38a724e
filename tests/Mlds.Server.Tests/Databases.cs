using System.Diagnostics;
using Mlds.Server.Project;
using Npgsql;

[assembly: AssemblyFixture(typeof(Mlds.Server.Tests.PostgresServer))]

namespace Mlds.Server.Tests;

/// <summary>Where a test's project keeps its rows.</summary>
public interface ITestDatabase
{
    static abstract string New(PostgresServer postgres);
}

/// <summary>SQLite, in the project's folder.</summary>
public sealed class Sqlite : ITestDatabase
{
    public static string New(PostgresServer postgres) => "project.db";
}

/// <summary>A schema of its own in Debian's PostgreSQL.</summary>
public sealed class Postgres : ITestDatabase
{
    public static string New(PostgresServer postgres) => postgres.NewSchema();
}

/// <summary>Debian's PostgreSQL, started by the first test that needs it, in a folder of its own, reached by a socket in it.</summary>
public sealed class PostgresServer : IDisposable
{
    const string Binaries = "/usr/lib/postgresql";

    readonly Lock _lock = new();
    string? _folder;
    int _schemas;

    public string NewSchema()
    {
        lock (_lock)
        {
            _folder ??= Start();
            var schema = $"t{++_schemas}";
            using var connection = new NpgsqlConnection(ConnectionString(_folder, "public"));
            connection.Open();
            using var command = new NpgsqlCommand($"CREATE SCHEMA {schema}", connection);
            command.ExecuteNonQuery();
            return ConnectionString(_folder, schema);
        }
    }

    static string ConnectionString(string folder, string schema) =>
        $"Host={folder};Username=postgres;Database=postgres;Search Path={schema};Pooling=false";

    static string Start()
    {
        var binaries = Directory.Exists(Binaries) ? Directory.GetDirectories(Binaries).Order(StringComparer.Ordinal).LastOrDefault() : null;
        if (binaries is null) Assert.Skip("Debian's postgresql is not installed.");
        if (Environment.UserName != "root") Assert.Skip("PostgreSQL is started as the user postgres, which takes root.");
        var folder = Directory.CreateTempSubdirectory("mlds-postgres-").FullName;
        Run("chown", "postgres", folder);
        AsPostgres($"{binaries}/bin/initdb", "-D", $"{folder}/data", "-A", "trust", "-U", "postgres", "--no-sync");
        AsPostgres(
            $"{binaries}/bin/pg_ctl", "-D", $"{folder}/data", "-w", "-l", $"{folder}/log", "-o",
            $"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_connections=300", "start");
        return folder;
    }

    public void Dispose()
    {
        if (_folder is null) return;
        var binaries = Directory.GetDirectories(Binaries).Order(StringComparer.Ordinal).Last();
        AsPostgres($"{binaries}/bin/pg_ctl", "-D", $"{_folder}/data", "-m", "immediate", "-w", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    static void AsPostgres(params string[] command) => Run("runuser", ["-u", "postgres", "--", .. command]);

    static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/tmp",
        })!;
        // The server that pg_ctl starts keeps the pipes open: waiting for their end would be waiting for the server's end.
        Assert.True(process.WaitForExit(300_000), $"{program} didn't end");
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}

/// <summary>Tests that are run with each database.</summary>
public abstract class OnBothDatabases<TDatabase>(PostgresServer postgres)
    where TDatabase : ITestDatabase
{
    readonly List<TestProject> _begun = [];

    /// <summary>A client waits between calls that ask for work: instead of waiting, tests turn the clocks of their servers ahead.</summary>
    protected Task Pause()
    {
        foreach (var project in _begun) project.Clock.TurnAhead(TimeSpan.FromSeconds(project.Folder.Settings.RequestDelay + 1));
        return Task.CompletedTask;
    }

    internal async Task<TestProject> Begin(
        LineScience science, Func<ProjectSettings, ProjectSettings>? settings = null, ServeOptions? options = null,
        bool start = true, bool app = true)
    {
        var project = await TestProject.Create(science, TDatabase.New(postgres), settings, options, app);
        _begun.Add(project);
        if (start) await project.Start();
        return project;
    }
}

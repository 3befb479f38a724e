using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mlds.Boinc.Signing;
using Mlds.Server.Database;
using Mlds.Server.Operating;
using Mlds.Server.Project;

namespace Mlds.Server.Tests;

/// <summary>A project of a test's own, with its server in this process on 127.0.0.1.</summary>
sealed class TestProject : IAsyncDisposable
{
    public const string Platform = "x86_64-pc-linux-gnu";

    readonly ScratchFolder _scratch = new();

    public required ProjectFolder Folder { get; set; }
    public required LineScience Science { get; init; }
    public required ServeOptions Options { get; init; }
    public RecordedLog Log { get; } = new();

    /// <summary>The clock that the server goes by.</summary>
    public TestClock Clock { get; } = new();

    public WebApplication? Server { get; private set; }

    public string MasterUrl => Folder.Settings.MasterUrl;
    public string Scratch => _scratch.Path;
    public ProjectDatabase Database => Server!.Services.GetRequiredService<ProjectDatabase>();

    public static async Task<TestProject> Create(
        LineScience science, string database = "project.db",
        Func<ProjectSettings, ProjectSettings>? settings = null, ServeOptions? options = null, bool app = true)
    {
        var scratch = new ScratchFolder();
        var port = FreePort();
        var chosen = new ProjectSettings
        {
            Name = "Lines",
            MasterUrl = $"http://127.0.0.1:{port}/lines/",
            Database = database,
            RequestDelay = 1,
            DeadlineGrace = 0,
            AccountCallsPerMinute = 1000,
        };
        chosen = settings?.Invoke(chosen) ?? chosen;
        var folder = await ProjectCreation.Create(scratch.In("p"), chosen, science.Schema);
        var project = new TestProject(scratch) { Folder = folder, Science = science, Options = options ?? new() };
        if (app) await project.AddApp("1.00");
        return project;
    }

    TestProject(ScratchFolder scratch)
    {
        _scratch.Dispose();
        _scratch = scratch;
    }

    public PrivateKey SigningKey => PrivateKey.Parse(File.ReadAllText(ProjectCreation.SigningKeyFile(Folder.Path)))!;

    /// <summary>Adds a version of the tests' program (<see cref="ShellProgram"/>), signed.</summary>
    public async Task AddApp(
        string version, string plan = "", string? program = null, string platform = Platform, PrivateKey? key = null, int level = 1)
    {
        var leaf = Path.Combine(Scratch, "apps", "lines", version, platform + (plan.Length > 0 ? "__" + plan : ""));
        Directory.CreateDirectory(leaf);
        File.WriteAllText(Path.Combine(leaf, $"lines_{version}_{plan}{platform}"), program ?? ShellProgram.Text);
        if (level > 1)
        {
            File.WriteAllText(
                Path.Combine(leaf, "version.xml"),
                $"<version><file><physical_name>lines_{version}_{plan}{platform}</physical_name><main_program/></file>"
                + $"<program_level>{level}</program_level></version>");
        }

        var folder = Assert.Single(AppVersionFolder.Find(leaf));
        folder.Sign(key ?? SigningKey);
        if (Server is not null)
        {
            await AppAdding.Add(Folder, Database, folder, "Lines in capitals");
            return;
        }

        await using var database = Folder.OpenDatabase(Science.Schema);
        await AppAdding.Add(Folder, database, folder, "Lines in capitals");
    }

    public async Task Start()
    {
        Server = ProjectServer.Build(
            Folder, Science, Options with { Time = Clock, Log = logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Trace) });
        await Server.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Reads the settings again.</summary>
    public void Reopen() => Folder = ProjectFolder.Open(Folder.Path);

    public async Task Stop()
    {
        if (Server is not { } server) return;
        Server = null;
        await server.StopAsync(TestContext.Current.CancellationToken);
        await server.DisposeAsync();
    }

    public async Task Restart()
    {
        await Stop();
        await Start();
    }

    public long Number(string sql, params object?[] values) => Database.Read(session => session.Number(sql, values)) ?? 0;

    /// <summary>Lets every account have earned this many tasks, so that it may hold many tasks and have many computers.</summary>
    public Task Earned(long tasks) => Database.Write(session => session.Execute("UPDATE account SET earned = $1", tasks));

    /// <summary>Waits until the daemons have brought something about.</summary>
    /// <param name="seconds">The time after which the server is taken to hang: far more than a busy machine needs.</param>
    public static Task Until(Func<bool> holds, string what, double seconds = 400) =>
        Until(() => Task.FromResult(holds()), what, seconds);

    /// <summary>The same of what has to be asked for or done again each time.</summary>
    public static async Task Until(Func<Task<bool>> holds, string what, double seconds = 400)
    {
        var end = DateTime.UtcNow.AddSeconds(seconds);
        while (!await holds())
        {
            Assert.True(DateTime.UtcNow < end, $"After {seconds} s still not: {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until the given number of tasks is unsent.</summary>
    public Task HasUnsent(int tasks) => Until(() => Number("SELECT count(*) FROM result WHERE server_state = 2") == tasks, "work is there");

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _scratch.Dispose();
        var signing = ProjectCreation.SigningFolder(Folder.Path);
        if (Directory.Exists(signing)) Directory.Delete(signing, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Diagnostics;
using System.Globalization;
using Mlds.Bundles;
using Mlds.Server.Operating;
using Mlds.Server.Project;
using Mlds.Server.Science;
using Mlds.Zoos;
using Mlds.Zoos.Generation;

namespace Mlds.Server.Tests.Science;

/// <summary>
/// <c>mlds serve</c> in a process of its own, killed with -9 at random moments, while volunteers compute, upload and report over the wire
/// and lose their own memory now and then: in the end the zoo is the one that <c>generate</c> makes, and no result is lost or counted
/// twice.
/// </summary>
public sealed class ServeKilledTests : IAsyncDisposable
{
    const int Networks = 40;

    /// <summary>MLDS_KILLS=100 ./test Server -m '*killed*' kills it that many times.</summary>
    static int Kills => int.TryParse(
        Environment.GetEnvironmentVariable("MLDS_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out var kills) ? kills : 8;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    readonly ScratchFolder _scratch = new();
    Process? _server;

    [Fact]
    public Task A_server_killed_again_and_again_ends_with_the_zoo_that_generate_makes() => EndsWithTheZooThatGenerateMakes(Kills);

    [Fact(Explicit = true)]
    public Task A_server_killed_thirty_times_ends_with_the_zoo_that_generate_makes() => EndsWithTheZooThatGenerateMakes(30);

    async Task EndsWithTheZooThatGenerateMakes(int kills)
    {
        var project = await Create();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Serve(project);
        var volunteers = new[] { Volunteer(project, "ada", 1, done.Token), Volunteer(project, "bob", 2, done.Token) };
        var random = new Random(7);
        for (var kill = 0; kill < kills; kill++)
        {
            // From within its start to some seconds of work.
            await Task.Delay(300 + random.Next(4000), Cancellation);
            _server!.Kill();
            await _server.WaitForExitAsync(Cancellation);
            Serve(project);
        }

        await TestProject.Until(() => InZoo(project) == 2 * Networks, $"all networks are in the zoo; {InZoo(project)} are", 900);
        await TestProject.Until(
            () => Number(project, "SELECT count(*) FROM workunit WHERE assimilate_state <> 2") == 0, "all units are assimilated");
        await done.CancelAsync();
        var computed = (await Task.WhenAll(volunteers)).Sum();
        _server!.Kill();
        await _server.WaitForExitAsync(Cancellation);

        Assert.Equal(Generated(), Digest(project));
        Assert.Equal(0, Number(project, "SELECT count(*) FROM workunit WHERE canonical_result_id = 0 OR errors <> 0"));
        // Every valid result has its credit once; totals are the sums of what was granted, to the last bit that addition keeps.
        Assert.Equal(0, Number(project, "SELECT count(*) FROM result WHERE validate_state = 1 AND abs(granted_credit - credit) > 1e-9"));
        Assert.Equal(0, Number(project, "SELECT count(*) FROM result WHERE validate_state <> 1 AND granted_credit <> 0"));
        Assert.Equal(
            1, Number(project, "SELECT abs((SELECT sum(total_credit) FROM account) - (SELECT sum(granted_credit) FROM result)) < 1e-6"));
        Assert.True(computed >= Number(project, "SELECT count(*) FROM workunit"));
    }

    async Task<ProjectFolder> Create()
    {
        var science = new NetworkScience(_scratch.In("p"));
        var project = await ProjectCreation.Create(
            _scratch.In("p"),
            new()
            {
                Name = "Killed",
                MasterUrl = $"http://127.0.0.1:{TestProject.FreePort()}/k/",
                RequestDelay = 1,
                SameHostRetryDelay = 0,
                AccountCallsPerMinute = 1000,
                StatisticsInterval = 0,
                MaxTasksPerCall = 3,
            },
            science.Schema);
        await using var database = project.OpenDatabase(science.Schema);
        WorkAdding.Add(database, project.Path, Small.Population, new(Networks, UnitSeconds: 1, EpochLimit: 20));
        var leaf = _scratch.In($"apps/mlds/1.00/{TestProject.Platform}");
        Directory.CreateDirectory(leaf);
        File.WriteAllText(Path.Combine(leaf, "program_1.00"), "only its signature matters here");
        var version = AppVersionFolder.Find(leaf)[0];
        version.Sign(Boinc.Signing.PrivateKey.Parse(File.ReadAllText(ProjectCreation.SigningKeyFile(project.Path)))!);
        await AppAdding.Add(project, database, version, "Networks");
        return project;
    }

    void Serve(ProjectFolder project)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll");
        _server = Process.Start(
            new ProcessStartInfo("/bin/bash", ["-c", "exec dotnet \"$0\" serve \"$1\" >>\"$1/log\" 2>&1", program, project.Path]))!;
    }

    /// <summary>
    /// A volunteer until the end: calls, computes, uploads, reports; retries whatever fails; one time in six it forgets everything.
    /// </summary>
    static async Task<int> Volunteer(ProjectFolder project, string name, int seed, CancellationToken cancellation)
    {
        var random = new Random(seed);
        var volunteer = new Volunteer(seed);
        Caller? caller = null;
        var reports = new Dictionary<string, string>();
        var computed = 0;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                caller ??= await Caller.Register(project, name);
                var reply = await caller.Call(
                    3600, 4, string.Concat(reports.Values), caller.Tasks.Keys.Where(task => !reports.ContainsKey(task)));
                foreach (var acknowledged in reply.Elements("result_ack")) reports.Remove(acknowledged.Element("name")!.Value);
                foreach (var stopped in reply.Elements("result_abort").Concat(reply.Elements("result_abort_if_not_started")))
                    caller.Tasks.Remove(stopped.Element("name")!.Value);
                if (random.Next(6) == 0) caller.Tasks.Clear();
                foreach (var task in caller.Tasks.Keys.Where(task => !reports.ContainsKey(task)).ToList())
                {
                    var bundle = Bundle.Read(await caller.Http.GetByteArrayAsync(caller.InputUrls[task], cancellation));
                    if (await caller.Upload(caller.Tasks[task], volunteer.Compute(bundle).ToBytes()) != 0) continue;
                    reports[task] = Caller.Report(task, elapsed: 1);
                    computed++;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException
                or System.Xml.XmlException or OperationCanceledException)
            {
                // The server is gone; it comes back.
            }

            await Task.Delay(1000, CancellationToken.None);
        }

        caller?.Dispose();
        return computed;
    }

    static int InZoo(ProjectFolder project)
    {
        if (!Directory.Exists(project.In("zoo"))) return 0;
        try
        {
            using var zoo = Zoo.Open(project.In("zoo"));
            return zoo.Networks().Count();
        }
        catch (ZooException)
        {
            return 0; // it is just being made
        }
    }

    static string Digest(ProjectFolder project)
    {
        using var zoo = Zoo.Open(project.In("zoo"));
        return zoo.WeightsDigest();
    }

    string Generated()
    {
        using var writer = ZooWriter.Open(_scratch.In("generated"), ZooPopulation.Of(Small.Population));
        new GenerationRun(writer, Small.Population, new GenerationOptions(Networks)).Run(_ => { }, Cancellation);
        return writer.Zoo.WeightsDigest();
    }

    static long Number(ProjectFolder project, string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={project.In("project.db")};Mode=ReadOnly;Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync()
    {
        if (_server is { HasExited: false })
        {
            _server.Kill();
            _server.WaitForExit();
        }

        if (TestContext.Current.TestState?.Result == TestResult.Failed && File.Exists(_scratch.In("p/log")))
            TestContext.Current.TestOutputHelper?.WriteLine(File.ReadAllText(_scratch.In("p/log")));
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }
}

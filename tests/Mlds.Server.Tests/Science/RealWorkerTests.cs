using Microsoft.Extensions.Logging;
using Mlds.Server.Science;
using Mlds.Zoos;

namespace Mlds.Server.Tests.Science;

/// <summary>All of it together: unmodified clients run the worker for <c>mlds serve</c>, one of them is killed with -9, and the zoo is the one that <c>generate</c> makes.</summary>
public sealed class RealWorkerTests
{
    const int Networks = 12;

    [Fact]
    public async Task Two_clients_at_once_fill_the_zoo_that_generate_fills()
    {
        using var scratch = new ScratchFolder();
        var science = new NetworkScience(scratch.In("p"));
        var project = await ProjectCreation.Create(
            scratch.In("p"),
            new() { Name = "Two", MasterUrl = $"http://127.0.0.1:{TestProject.FreePort()}/two/", RequestDelay = 1, SameHostRetryDelay = 0, StatisticsInterval = 0, MaxTasksPerCall = 2, AccountCallsPerMinute = 1000 },
            science.Schema);
        await using (var database = project.OpenDatabase(science.Schema))
        {
            WorkAdding.Add(database, project.Path, Small.Population, new(Networks, UnitSeconds: 1, EpochLimit: 20));
            await AddWorker(project, database, scratch);
        }
        var log = new RecordedLog();
        await using var server = ProjectServer.Build(project, science, new() { Log = logging => logging.AddProvider(log) });
        await server.StartAsync(TestContext.Current.CancellationToken);
        using var ada = new RealClient(scratch.In("ada"));
        using var bob = new RealClient(scratch.In("bob"));
        try
        {
            foreach (var (client, name) in new[] { (ada, "ada"), (bob, "bob") })
            {
                await client.Start();
                client.Attach(project.Settings.MasterUrl, name);
            }
            await TestProject.Until(() => InZoo(project) > 0, "the first networks are in the zoo", 120);
            ada.Kill();
            await ada.Start();
            await TestProject.Until(() => InZoo(project) == 2 * Networks, "all networks are in the zoo", 300);
            await server.StopAsync(TestContext.Current.CancellationToken);
            using var zoo = Zoo.Open(project.Zoo);
            Assert.Equal(Generated(scratch.In("generated")), zoo.WeightsDigest());
            Assert.DoesNotContain(log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.Contains("invalid", StringComparison.Ordinal));
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine(ada.Log + bob.Log + string.Join('\n', log.Lines));
        }
    }

    /// <summary>The worker as it is built in the tree; its published files have their own tests (docs/worker.md).</summary>
    static async Task AddWorker(ProjectFolder project, Database.ProjectDatabase database, ScratchFolder scratch)
    {
        var leaf = scratch.In($"apps/mlds/1.00/{TestProject.Platform}");
        Directory.CreateDirectory(leaf);
        File.WriteAllText(Path.Combine(leaf, "worker_1.00"), $"#!/bin/bash\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "mlds-worker.dll")}' \"$@\"\n");
        var version = AppVersionFolder.Find(leaf)[0];
        version.Sign(Boinc.Signing.PrivateKey.Parse(File.ReadAllText(ProjectCreation.SigningKeyFile(project.Path)))!);
        await AppAdding.Add(project, database, version, "Networks");
    }

    static int InZoo(ProjectFolder project)
    {
        try
        {
            if (!Directory.Exists(project.Zoo)) return 0;
            using var zoo = Zoo.Open(project.Zoo);
            return zoo.Networks().Count();
        }
        catch (ZooException)
        {
            return 0; // it is just being made
        }
    }

    static string Generated(string folder)
    {
        using var writer = ZooWriter.Open(folder, ZooPopulation.Of(Small.Population));
        new GenerationRun(writer, Small.Population, new GenerationOptions(Networks)).Run(_ => { }, TestContext.Current.CancellationToken);
        return writer.Zoo.WeightsDigest();
    }
}

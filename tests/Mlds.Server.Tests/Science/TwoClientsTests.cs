using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Mlds.Boinc.Signing;
using Mlds.Kernels;
using Mlds.Kernels.Shapes;
using Mlds.Recipes;
using Mlds.Server.Operating;
using Mlds.Server.Project;
using Mlds.Server.Science;
using Mlds.Zoos;
using Mlds.Zoos.Generation;

namespace Mlds.Server.Tests.Science;

/// <summary>
/// Debian's unmodified client, twice, and the worker of this tree: what they compute together is what <c>generate</c> computes.
/// </summary>
public sealed partial class TwoClientsTests : IAsyncDisposable
{
    readonly ScratchFolder _scratch = new();
    readonly string _url = $"http://127.0.0.1:{TestProject.FreePort()}/mlds/";
    WebApplication? _server;

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _scratch.Dispose();
    }

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex Key();

    /// <summary>A second or so of work per network; some networks take several units.</summary>
    static Population Work { get; } = Population.Parse(
        Small.Population.CanonicalJson.Replace("\"training\":96", "\"training\":8192", StringComparison.Ordinal)
            .Replace("\"goal_loss\":0.003", "\"goal_loss\":1e-8", StringComparison.Ordinal),
        "work.json");

    [Fact]
    public async Task Two_clients_that_quit_and_are_killed_compute_the_zoo_that_generate_computes()
    {
        using var first = new RealClient(_scratch.In("first"));
        using var second = new RealClient(_scratch.In("second"));
        var (project, science) = await Project(Work, new WorkOptions(6, EpochLimit: 25), WorkerLevel.First);
        using var opened = science;
        await Start(project, science);
        await Attach(first, "ada");
        await Attach(second, "bob");
        await TestProject.Until(() => Networks(project) > 0, "the first network is in the zoo", 900);
        await second.Quit();
        first.Kill();
        await Stop();
        await Start(project, science);
        await first.Start();
        await second.Start();
        await UntilComputed(project, 12, first, second);
        using var zoo = AsGenerated(project, Work, 6);
        Assert.All(zoo.Networks(), network => Assert.Equal(40, network.Epochs));
        Assert.Contains(zoo.Networks(), network => network.Provenance.Host.Contains("(host 1, work unit small_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_computes_LSTMs_of_random_automata_that_a_population_varies_as_generate_does()
    {
        using var client = new RealClient(_scratch.In("client"));
        var (project, science) = await Project(Small.RandomAutomata, new WorkOptions(4), WorkerLevel.Current);
        using var opened = science;
        await Start(project, science);
        await Attach(client, "ada");
        await UntilComputed(project, 12, client);
        using var zoo = AsGenerated(project, Small.RandomAutomata, 4);
        Assert.All(zoo.Networks(), network => Assert.Contains("work unit random_", network.Provenance.Host, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_fetches_each_file_of_images_once_keeps_it_and_computes_what_generate_does()
    {
        using var client = new RealClient(_scratch.In("client"));
        var population = Small.Images(_scratch.Path, 2000);
        var (project, science) = await Project(population, new WorkOptions(6, UnitSeconds: 60, EpochLimit: 10), WorkerLevel.Current);
        using var opened = science;
        await Start(project, science);
        await Attach(client, "ada");
        await UntilComputed(project, 18, client);
        using var zoo = AsGenerated(project, population, 6);
        var units = zoo.Networks().Select(network => network.Provenance.Host).Distinct().Count();
        Assert.True(units > 1, "One unit shares its files with none.");
        var files = population.Task("Clean").Files;
        Assert.Equal(4, files.Count);
        foreach (var file in files)
        {
            Assert.Equal(2, client.Log.Split($"Started download of {file.KeptName}").Length);
            var kept = Assert.Single(Directory.GetFiles(client.Folder, file.KeptName, SearchOption.AllDirectories));
            Assert.Equal(file.Sha256, NpzFile.Sha256(kept));
            Assert.True(File.Exists(project.Download(file.KeptName)));
        }
    }

    [Fact(Explicit = true)]
    public async Task A_client_and_generate_compute_half_each_of_networks_on_MNIST_as_generate_alone_does()
    {
        var population = Population.Read(Repository.PathOf("populations", "ds4-small.json"));
        var missing = population.MachineNames.SelectMany(name => population.Task(name).Files).Select(file => file.Missing);
        if (missing.FirstOrDefault(reason => reason is not null) is { } reason) Assert.Skip(reason);
        using var client = new RealClient(_scratch.In("client"));
        var (project, science) = await Project(population, new WorkOptions(2, UnitSeconds: 60, EpochLimit: 10), WorkerLevel.Current);
        using (science)
        {
            await Start(project, science);
            await Attach(client, "ada");
            await UntilComputed(project, 6, client);
            await client.Quit();
            await Stop();
        }

        using (var writer = ZooWriter.Open(project.In("zoo"), ZooPopulation.Of(population)))
            new GenerationRun(writer, population, new GenerationOptions(4)).Run(_ => { }, TestContext.Current.CancellationToken);
        using var zoo = AsGenerated(project, population, 4);
        foreach (var machine in zoo.Machines)
        {
            Assert.Equal(
                [true, true, false, false],
                zoo.Networks(machine).Select(
                    network => network.Provenance.Host.Contains("work unit ds4-small_", StringComparison.Ordinal)));
        }
    }

    /// <summary>A project with a population's work and the tree's worker, said to be of a level; skips where that can't run.</summary>
    async Task<(ProjectFolder Project, NetworkScience Science)> Project(Population population, WorkOptions options, int level)
    {
        Assert.SkipUnless(
            KernelSet.HasHardwareFma && OperatingSystem.IsLinux(), "The worker refuses a processor without fused multiply-add.");
        var worker = WorkerOfTheTree();
        Assert.SkipUnless(File.Exists(worker), $"The worker isn't built ({worker}).");
        var settings = new ProjectSettings { Name = "Networks", MasterUrl = _url, RequestDelay = 1, AccountCallsPerMinute = 1000 };
        var project = await ProjectCreation.Create(_scratch.In("p"), settings, []);
        var science = new NetworkScience(project.Path, new ReplayPolicy(First: 3, Floor: 0.02, Release: 6));
        await using var database = project.OpenDatabase(science.Schema);
        Assert.True(WorkAdding.Add(database, project.Path, population, options).LacksProgram);
        await AppAdding.Add(project, database, App(project, worker, level), science.AppFriendlyName);
        return (project, science);
    }

    /// <summary>Starts a client and attaches it to a new account.</summary>
    async Task Attach(RealClient client, string name)
    {
        await client.Start();
        client.Do("--create_account", _url, $"{name}@example.org", "password1", name);
        client.Do("--project_attach", _url, Key().Match(client.Do("--lookup_account", _url, $"{name}@example.org", "password1")).Value);
    }

    /// <summary>Has the clients ask for work, once a second, until the zoo has so many networks.</summary>
    Task UntilComputed(ProjectFolder project, int networks, params RealClient[] clients) => TestProject.Until(
        async () =>
        {
            foreach (var client in clients) client.Command("--project", _url, "update");
            await Task.Delay(1000, TestContext.Current.CancellationToken);
            return Networks(project) == networks;
        },
        "all networks are in the zoo",
        900);

    /// <summary>The project's zoo, which has the weights that <c>generate</c> makes.</summary>
    static Zoo AsGenerated(ProjectFolder project, Population population, int networks)
    {
        using var folder = new ScratchFolder();
        using var writer = ZooWriter.Open(folder.Path, ZooPopulation.Of(population));
        new GenerationRun(writer, population, new GenerationOptions(networks)).Run(_ => { }, TestContext.Current.CancellationToken);
        var zoo = Zoo.Open(project.In("zoo"));
        Assert.Equal(writer.Zoo.WeightsDigest(), zoo.WeightsDigest());
        return zoo;
    }

    static int Networks(ProjectFolder project)
    {
        using var zoo = Zoo.Open(project.In("zoo"));
        return zoo.Status().Networks;
    }

    async Task Start(ProjectFolder project, NetworkScience science)
    {
        _server = ProjectServer.Build(project, science, new ServeOptions());
        await _server.StartAsync(TestContext.Current.CancellationToken);
    }

    async Task Stop()
    {
        if (_server is not { } server) return;
        _server = null;
        await server.StopAsync(CancellationToken.None);
        await server.DisposeAsync();
    }

    static string WorkerOfTheTree() => Repository.PathOf("artifacts", "bin", "Mlds.Worker", "release", "mlds-worker.dll");

    /// <summary>
    /// An app version whose program is a one-line script that starts the tree's worker: building a single-file program would take half a
    /// minute.
    /// </summary>
    AppVersionFolder App(ProjectFolder project, string worker, int level)
    {
        var leaf = _scratch.In(Path.Combine("apps", "mlds", "1.00", TestProject.Platform));
        Directory.CreateDirectory(leaf);
        File.WriteAllText(
            Path.Combine(leaf, "mlds-worker_1.00_test"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"#!/bin/sh\n"
                + $"export PATH=\"{Environment.GetEnvironmentVariable("PATH")}\" HOME=\"{Environment.GetEnvironmentVariable("HOME")}\" "
                + $"DOTNET_ROOT=\"{Environment.GetEnvironmentVariable("DOTNET_ROOT")}\"\nexec dotnet '{worker}'\n"));
        if (level > WorkerLevel.First)
        {
            File.WriteAllText(
                Path.Combine(leaf, "version.xml"),
                "<version><file><physical_name>mlds-worker_1.00_test</physical_name><main_program/></file>"
                + $"<program_level>{level}</program_level></version>");
        }

        var folder = Assert.Single(AppVersionFolder.Find(leaf));
        folder.Sign(PrivateKey.Parse(File.ReadAllText(ProjectCreation.SigningKeyFile(project.Path)))!);
        return folder;
    }
}

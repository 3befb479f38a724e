using Mlds.Server.Project;
using Mlds.Server.Tests.Science;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Server.Tests;

/// <summary>A project whose zoo is shown, and whose zoo somebody has open to write, as the assimilator has.</summary>
sealed class ProjectWithZoo : IAsyncDisposable
{
    ZooWriter? _writer;

    public required TestProject Project { get; init; }

    public required HttpClient Http { get; init; }

    public static async Task<ProjectWithZoo> Start(Func<ProjectSettings, ProjectSettings>? settings = null)
    {
        var project = await TestProject.Create(new LineScience(0) { Zoos = ["zoo"] }, settings: settings);
        await project.Start();
        return new ProjectWithZoo
        {
            Project = project,
            Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(project.MasterUrl) },
        };
    }

    /// <summary>Adds all networks of <see cref="Small.Population"/>, and leaves the zoo open.</summary>
    public void Fill()
    {
        _writer = ZooWriter.Open(Project.Folder.In("zoo"), ZooPopulation.Of(Small.Population));
        foreach (var machine in Small.Population.MachineNames)
        {
            var data = Small.Population.Data(machine);
            _writer.Add([.. Enumerable.Range(0, Small.Population.DefaultNetworks)
                .Select(seed => Trainer.Train(Small.Population.Recipe(machine, (uint)seed), data))]);
        }
    }

    public static string Id(int seed = 0) => Small.Population.Recipe(Small.Population.MachineNames[0], (uint)seed).Id;

    /// <summary>Waits until the map is there.</summary>
    public Task HasMap() => TestProject.Until(
        async () => !(await Http.GetStringAsync("zoo/map", TestContext.Current.CancellationToken))
            .Contains("Being computed", StringComparison.Ordinal), "the map is computed");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _writer?.Dispose();
        await Project.DisposeAsync();
    }
}

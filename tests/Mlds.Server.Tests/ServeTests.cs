using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Mlds.Bundles;
using Mlds.Server.Database;
using Mlds.Server.Science;
using Mlds.Server.Tests.Science;

namespace Mlds.Server.Tests;

/// <summary>Starting a server, and what it tells whom.</summary>
public sealed class ServeTests
{
    [Fact]
    public async Task On_a_taken_port_it_says_so_and_has_made_no_work()
    {
        await using var project = await TestProject.Create(new LineScience(5));
        using var other = new TcpListener(IPAddress.Loopback, project.Folder.Settings.Master.Port);
        other.Start();
        await using (var server = ProjectServer.Build(
            project.Folder, project.Science, new() { Log = logging => logging.AddProvider(project.Log) }))
        {
            var refused = await Assert.ThrowsAsync<ProjectException>(
                () => ProjectServer.Start(server, project.Folder, TestContext.Current.CancellationToken));
            Assert.Contains($"can't listen at 127.0.0.1:{project.Folder.Settings.Master.Port}", refused.Message, StringComparison.Ordinal);
        }

        Assert.Empty(project.Log.Lines);
        await using var database = project.Folder.OpenDatabase(project.Science.Schema);
        Assert.Equal(0, database.Read(session => session.Number("SELECT count(*) FROM workunit")));
    }

    [Fact]
    public async Task It_has_the_system_watch_no_files_for_it_or_each_write_would_cost_it_something()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux lists a process's watches as files.");
        await using var project = await TestProject.Create(new LineScience(1));
        await project.Start();
        await project.HasUnsent(1);
        var watches = Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Count(file => new FileInfo(file).LinkTarget?.Contains("inotify", StringComparison.Ordinal) == true);
        Assert.Equal(0, watches);
    }

    [Fact]
    public async Task At_an_address_that_is_not_this_machines_it_says_so()
    {
        await using var project = await TestProject.Create(
            new LineScience(5), settings: settings => settings with { Listen = ["http://192.0.2.1:8080"] });
        await using var server = ProjectServer.Build(project.Folder, project.Science, new());
        Assert.Contains("can't listen at 192.0.2.1:8080", (await Assert.ThrowsAsync<ProjectException>(() =>
            ProjectServer.Start(server, project.Folder, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "", "127.0.0.1", true)]
    [InlineData(false, "203.0.113.5", "127.0.0.1", false)] // by a proxy that the settings don't know of: it may be anybody
    [InlineData(true, "203.0.113.5", "127.0.0.1", false)]
    [InlineData(true, "127.0.0.1, 203.0.113.5", "127.0.0.1", false)] // what a caller says of itself
    [InlineData(true, "203.0.113.5", "203.0.113.0/24", true)]
    [InlineData(true, "", "203.0.113.0/24", false)]
    [InlineData(true, "", "127.0.0.1", true)]
    public async Task Metrics_are_for_the_addresses_that_the_settings_name(bool behind, string forwardedFor, string allowed, bool there)
    {
        await using var project = await TestProject.Create(
            new LineScience(0), settings: settings => settings with { BehindProxy = behind, Metrics = [allowed] }, app: false);
        await project.Start();
        using var http = new HttpClient { BaseAddress = project.Folder.Settings.Master };
        using var request = new HttpRequestMessage(HttpMethod.Get, "metrics");
        if (forwardedFor.Length > 0) request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var reply = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(there ? HttpStatusCode.OK : HttpStatusCode.Forbidden, reply.StatusCode);
        Assert.Equal(there, (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .Contains("mlds_scheduler_seconds", StringComparison.Ordinal));
    }

    [Fact]
    public void A_network_that_is_trained_here_does_not_name_the_machine()
    {
        using var run = new ResultExaminer().Begin(new BundleNetwork(Small.Population.Recipe("SingleDirectMachine", 0), null));
        while (run.Outcome is null) run.NextEpoch();
        Assert.Equal("project server", ResultExaminer.Finish(run).Provenance.Host);
    }
}

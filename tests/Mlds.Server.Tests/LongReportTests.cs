using System.Globalization;
using System.Xml.Linq;

namespace Mlds.Server.Tests;

/// <summary>Hosts that have more to say than is read at a time, or say it in longer words than others.</summary>
public abstract class LongReportTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    const int Tasks = 67;

    static string Long(string name) =>
        Caller.Report(name, exit: 1, state: 3).Replace("ended", new string('x', 63 * 1024) + " the end", StringComparison.Ordinal);

    static long InProgress(TestProject project) => project.Number("SELECT count(*) FROM result WHERE server_state = 4");

    /// <summary>A host of 17 processors that holds 68 tasks.</summary>
    async Task<(TestProject Project, Caller Ada)> Loaded()
    {
        var project = await Begin(
            new LineScience(Tasks + 1),
            settings => settings with { MaxTasksPerCall = Tasks + 1, NewAccountTasks = Tasks + 1, MaxInProgressPerProcessor = 5 });
        var ada = await Caller.Register(project, "Ada");
        ada.Processors = 17;
        await project.HasUnsent(Tasks + 1);
        await ada.Call(1e9, 17);
        Assert.Equal(Tasks + 1, ada.Tasks.Count);
        return (project, ada);
    }

    [Fact]
    public async Task A_host_with_more_to_report_than_is_read_at_a_time_reports_it_all_in_a_few_calls()
    {
        var (project, ada) = await Loaded();
        await using var _ = project;
        using var __ = ada;
        var (kept, finished) = (ada.Tasks.Keys.Last(), ada.Tasks.Keys.Take(Tasks).ToList());
        var reply = await ada.Call(1e9, 17, string.Concat(finished.Select(Long)), [kept]);
        var first = reply.Elements("result_ack").Count();
        Assert.InRange(first, 60, Tasks - 1);
        Assert.Contains($"{first} tasks were reported; the others come with your next call", reply.Value, StringComparison.Ordinal);
        Assert.Equal(
            project.Folder.Settings.RequestDelay, double.Parse(reply.Element("next_rpc_delay")!.Value, CultureInfo.InvariantCulture));

        // Tasks beyond the cut aren't lost: they are neither sent again nor stopped.
        Assert.Empty(reply.Elements("result"));
        Assert.Empty(reply.Elements("result_abort"));
        Assert.Equal(Tasks + 1 - first, InProgress(project));

        var rest = finished.Where(ada.Tasks.ContainsKey).ToList();
        var next = await ada.Call(0, 0, string.Concat(rest.Select(Long)), [kept]);
        Assert.Equal(Tasks - first, next.Elements("result_ack").Count());
        Assert.Equal(6 * 3600, double.Parse(next.Element("next_rpc_delay")!.Value, CultureInfo.InvariantCulture));
        Assert.Equal([kept], ada.Tasks.Keys);
        Assert.Equal(1, InProgress(project));
        Assert.Equal(Tasks, project.Number("SELECT count(*) FROM result WHERE server_state = 5 AND outcome = 3 AND exit_status = 1"));

        // The end of what a task wrote is kept.
        var stderr = project.Database.Read(session => session.Text("SELECT stderr FROM result WHERE name = $1", finished[0]))!;
        Assert.EndsWith("the end]]>", stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_results_are_taken_at_a_time()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "Ada");
        string Reports(int from) => string.Concat(Enumerable.Range(from, 1200 - from).Select(i => Caller.Report($"gone_{i}")));
        Assert.Equal(1000, (await ada.Call(results: Reports(0))).Elements("result_ack").Count());
        Assert.Equal(200, (await ada.Call(results: Reports(1000))).Elements("result_ack").Count());
    }

    /// <summary>Its connection is slow, or the client died: the results that came in full are taken.</summary>
    [Fact]
    public async Task Of_a_request_that_trickles_the_results_that_have_come_are_taken()
    {
        var (project, ada) = await Loaded();
        await using var _ = project;
        using var __ = ada;
        var names = ada.Tasks.Keys.Take(4).ToList();
        var request = ada.Request(0, 0, string.Concat(names.Select(name => Caller.Report(name, 1, 3))), []);
        var end = request.IndexOf($"<result><name>{names[3]}", StringComparison.Ordinal) + 50;
        using var call = await RawCall.Post(project, "scheduler", request.Length, request[..end]);
        var answer = call.Answer();
        while (!answer.IsCompleted)
        {
            project.Clock.TurnAhead(TimeSpan.FromMinutes(1));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        var text = await answer;
        var reply = XElement.Parse(text[text.IndexOf("<scheduler_reply>", StringComparison.Ordinal)..]);
        Assert.Equal(names[..3], reply.Elements("result_ack").Select(ack => ack.Element("name")!.Value));
        Assert.Contains("Connection: close", text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Comments and character data that a program left open in its own output affect nothing after it.</summary>
    [Fact]
    public async Task Whatever_a_task_wrote_the_reports_behind_it_are_read()
    {
        var (project, ada) = await Loaded();
        await using var _ = project;
        using var __ = ada;
        var names = ada.Tasks.Keys.Take(3).ToList();
        var hostile = Caller.Report(names[0], 1, 3).Replace("ended", "]]> <!-- <![CDATA[ </result> & &amp; ", StringComparison.Ordinal);
        var reply = await ada.Call(
            results: hostile + Caller.Report(names[1], 1, 3) + Caller.Report(names[2], 1, 3), others: ada.Tasks.Keys.Skip(3));
        Assert.Equal(names, reply.Elements("result_ack").Select(ack => ack.Element("name")!.Value));
        Assert.Empty(reply.Elements("result"));
    }

    [Fact]
    public async Task A_call_too_soon_is_told_why_it_gets_nothing()
    {
        await using var project = await Begin(new LineScience(2), settings => settings with { RequestDelay = 1000 });
        using var ada = await Caller.Register(project, "Ada");
        await project.HasUnsent(2);
        await ada.Call(1, 1);
        var reply = await ada.Call(1, 1);
        Assert.Empty(reply.Elements("result"));
        Assert.Contains("last request was too recent", reply.Element("message")!.Value, StringComparison.Ordinal);
        Assert.Empty((await ada.Call()).Elements("message")); // it wants nothing
    }

    [Fact]
    public async Task All_of_a_processors_features_are_read()
    {
        await using var project = await Begin(new LineScience(1), start: false);
        await project.AddApp("1.00", "avx512");
        await project.Start();
        using var ada = await Caller.Register(project, "Ada");
        ada.Features = string.Join(' ', Enumerable.Repeat("feature", 1000)) + " " + ada.Features;
        Assert.True(ada.Features.Length > 8000);
        await project.HasUnsent(1);
        Assert.Equal("avx512", (await ada.Call(1, 1)).Element("app_version")!.Element("plan_class")!.Value);
        Assert.Equal(ada.Features, project.Database.Read(session => session.Text("SELECT features FROM host")));
    }
}

public sealed class SqliteLongReportTests(PostgresServer postgres) : LongReportTests<Sqlite>(postgres);

public sealed class PostgresLongReportTests(PostgresServer postgres) : LongReportTests<Postgres>(postgres);

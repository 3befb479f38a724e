using Microsoft.Extensions.DependencyInjection;
using Mlds.Server.Accounts;
using Mlds.Server.Http;

namespace Mlds.Server.Tests;

/// <summary>What the server can be made to spend by callers who have no account, or who have one and mean harm.</summary>
public sealed class CostTests(PostgresServer postgres) : OnBothDatabases<Sqlite>(postgres)
{
    const long Megabyte = 1 << 20;

    /// <summary>What reads a body.</summary>
    static readonly string[] s_posts =
        ["scheduler", "create_account.php", "lookup_account.php", "account", "account_finish.php", "file_upload_handler"];

    static BodyMemory Memory(TestProject project) => project.Server!.Services.GetRequiredService<BodyMemory>();

    static long Derivations(TestProject project) => project.Server!.Services.GetRequiredService<AccountStore>().Derivations;

    [Fact]
    public async Task A_large_request_with_a_wrong_key_is_answered_after_its_head_and_counts()
    {
        await using var project = await Begin(new LineScience(0), settings => settings with { BadKeysPerMinute = 100_000 });
        using var platforms = new Caller(project, "wrong");
        var many = string.Concat(Enumerable.Repeat("<platform_name/>", 100_001));
        Assert.Contains(
            "Invalid or missing account key",
            (await platforms.Send($"<scheduler_request>{many}</scheduler_request>")).Value, StringComparison.Ordinal);

        // A hundred megabytes are announced, and the first 70 KB are enough.
        using var call = await RawCall.Post(
            project, "scheduler", 100 * Megabyte, "<scheduler_request><authenticator>wrong</authenticator>" + new string(' ', 70_000));
        Assert.Contains("Invalid or missing account key", await call.Answer(), StringComparison.Ordinal);
        Assert.Equal(0, Memory(project).Taken);
    }

    [Fact]
    public async Task Unfinished_large_requests_take_no_more_memory_than_there_is_for_them_and_usual_calls_go_on()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "Ada");
        var begin = $"<scheduler_request><authenticator>{ada.Key}</authenticator>" + new string(' ', 3 << 20);
        var calls = new List<RawCall>();
        for (var i = 0; i < 20; i++) calls.Add(await RawCall.Post(project, "scheduler", 4 * Megabyte, begin));
        await TestProject.Until(() => Memory(project).Taken >= 12 * Megabyte, "they have come");
        var busy = calls.Select(call => call.Answer()).ToList();
        await TestProject.Until(() => busy.Count(answer => answer.IsCompleted) >= 16, "all that find no room are answered");
        Assert.InRange(Memory(project).Taken, 1, 16 * Megabyte);
        // A caller still sending when the answer comes may see no more of it than a closed connection.
        var answers = busy.Where(answer => answer.IsCompleted).Select(answer => answer.Result).Where(answer => answer.Length > 0).ToList();
        Assert.NotEmpty(answers);
        Assert.All(answers, answer => Assert.Contains("The server is busy", answer, StringComparison.Ordinal));
        Assert.Single((await ada.Call()).Elements("hostid"));

        // The time of the others runs out sooner or later.
        project.Clock.TurnAhead(TimeSpan.FromMinutes(6));
        await TestProject.Until(() => Memory(project).Taken == 0, "the memory is free again");
        foreach (var call in calls) call.Dispose();
    }

    [Fact]
    public async Task Requests_that_cannot_be_read_or_break_off_count_like_wrong_keys()
    {
        await using var project = await Begin(new LineScience(0), settings => settings with { BadKeysPerMinute = 4 });
        using var ada = await Caller.Register(project, "Ada");
        var bad = project.Server!.Services.GetRequiredService<BadKeys>();
        await ada.Send("hello");
        await ada.Send("<scheduler_request>" + string.Concat(Enumerable.Repeat("<b>", 1000)));
        Assert.False(bad.TooMany("127.0.0.1"));
        for (var i = 0; i < 200 && !bad.TooMany("127.0.0.1"); i++)
        {
            using var call = await RawCall.Post(project, "scheduler", 5000, "<scheduler_request>");
            // the server has heard the other by then
            await ada.Http.GetStringAsync("get_project_config.php", TestContext.Current.CancellationToken);
            call.Reset();
        }

        Assert.True(bad.TooMany("127.0.0.1"));
        Assert.Contains("try later", (await ada.Call()).Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callers_that_hang_up_in_the_middle_are_no_failure()
    {
        await using var project = await Begin(new LineScience(0));
        foreach (var path in s_posts)
        {
            var calls = new List<RawCall>();
            for (var i = 0; i < 40; i++) calls.Add(await RawCall.Post(project, path, 3000, "email_addr=ada"));
            using var ada = new Caller(project, "wrong"); // the server has heard the others by then
            await ada.Call();
            foreach (var call in calls) call.Reset();
        }

        await project.Stop(); // ends what is going on
        project.Log.HasNoFailures();
    }

    [Fact]
    public async Task Callers_that_are_too_slow_are_no_failure()
    {
        await using var project = await Begin(new LineScience(0));
        var calls = new List<RawCall>();
        foreach (var path in s_posts) calls.Add(await RawCall.Post(project, path, 3000, "email_addr=ada"));
        using var ada = new Caller(project, "wrong"); // the server has heard the others by then
        await ada.Call();
        project.Clock.TurnAhead(TimeSpan.FromMinutes(61));
        foreach (var answer in await Task.WhenAll(calls.Select(call => call.Answer())))
            Assert.StartsWith("HTTP/1.1 ", answer, StringComparison.Ordinal);
        foreach (var call in calls) call.Dispose();

        await project.Stop();
        project.Log.HasNoFailures();
    }

    /// <summary>One more is opened each time: the server ends a connection that is silent for 15 s, which a busy machine takes.</summary>
    [Fact]
    public async Task An_address_that_holds_too_many_connections_is_shut_out_until_it_lets_them_go()
    {
        await using var project = await Begin(new LineScience(0), settings => settings with { MaxConnectionsPerAddress = 3 });
        var open = new List<RawCall>();
        await TestProject.Until(
            async () =>
            {
                open.Add(await RawCall.Open(project));
                await open[^1].Send("GET /lines/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"); // and no more
                return await IsShut(project);
            },
            "one more is shut out");
        foreach (var call in open) call.Dispose();
        await TestProject.Until(async () => !await IsShut(project), "there is room again");
    }

    static async Task<bool> IsShut(TestProject project)
    {
        using var http = new HttpClient { BaseAddress = new(project.MasterUrl), Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            using var answer = await http.GetAsync("get_project_config.php", TestContext.Current.CancellationToken);
            return false;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }

    [Fact]
    public async Task Names_of_tasks_that_nobody_knows_are_looked_up_a_few_at_a_time()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "Ada");
        var reply = await ada.Call(others: Enumerable.Range(0, 10_000).Select(i => $"none_{i}"));
        Assert.Equal(200, reply.Elements("result_abort").Count());
        await ada.Call(results: string.Concat(Enumerable.Range(0, 500).Select(i => Caller.Report($"none_{i}"))));
        Assert.Single(project.Log.Lines, line => line.Contains("reported 500 results that don't exist", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lost_tasks_are_sent_again_as_many_as_a_call_may_bring()
    {
        await using var project = await Begin(new LineScience(9), settings => settings with { MaxTasksPerCall = 4 });
        using var ada = await Caller.Register(project, "Ada");
        await project.HasUnsent(9);
        for (var i = 0; i < 2; i++)
        {
            await Pause();
            await ada.Call(1e9, 4);
        }

        Assert.Equal(8, ada.Tasks.Count);
        Assert.Equal(4, (await ada.Call(others: [])).Elements("result").Count());
    }

    /// <summary>Counted and not timed: deriving the key is what takes time.</summary>
    [Fact]
    public async Task As_much_is_computed_for_an_address_without_an_account_as_for_one_with_it()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "Ada");
        async Task<long> Cost(Func<Task> call)
        {
            var before = Derivations(project);
            await call();
            return Derivations(project) - before;
        }

        Task<string> Get(string path) =>
            ada.Http.GetStringAsync($"{path}&passwd_hash={new string('0', 32)}", TestContext.Current.CancellationToken);
        async Task Enter(string email)
        {
            using var form = new FormUrlEncodedContent([new("email", email), new("password", "a guess"), new("do", "Show")]);
            using var response = await ada.Http.PostAsync("account", form, TestContext.Current.CancellationToken);
            Assert.Contains(
                "no account with this address and password",
                await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        Assert.Equal((1, 1), (await Cost(() => Get("lookup_account.php?email_addr=ada@example.org")),
            await Cost(() => Get("lookup_account.php?email_addr=bob@example.org"))));
        Assert.Equal((1, 1), (await Cost(() => Enter("ada@example.org")), await Cost(() => Enter("bob@example.org"))));
        Assert.Equal(
            (2, 2),
            (await Cost(() => Get("create_account.php?email_addr=ada@example.org&user_name=A")),
                await Cost(() => Get("create_account.php?email_addr=bob@example.org&user_name=B"))));
    }
}

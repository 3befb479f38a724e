using System.Net;
using System.Xml.Linq;
using Mlds.Boinc.States;
using Mlds.Server.Accounts;
using Mlds.Server.Contract;
using Mlds.Server.Daemons;
using Mlds.Server.Operating;
using Mlds.Server.Project;

namespace Mlds.Server.Tests;

/// <summary>
/// Callers who make up whatever costs nothing: hosts, accounts, processors, times, failures. What they get is limited by what they have
/// really done.
/// </summary>
public abstract class SybilTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    const int Units = 178;

    static string Messages(XElement reply) => string.Join('\n', reply.Elements("message").Select(message => message.Value));

    static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>A project in front of which a proxy says where callers come from.</summary>
    Task<TestProject> Public(
        LineScience science, Func<ProjectSettings, ProjectSettings>? settings = null, ServeOptions? options = null) => Begin(
            science, given => (settings ?? (same => same))(given with { BehindProxy = true, LowWater = Units }), options);

    /// <summary>A new account, made and used from a network address.</summary>
    static async Task<Caller> From(string address, TestProject project, string name)
    {
        using var http = new HttpClient(new Forwarded(address)) { BaseAddress = project.Folder.Settings.Master };
        var reply = XElement.Parse(await http.GetStringAsync(
            $"create_account.php?email_addr={name}%40example.org&passwd_hash="
            + $"{Caller.Md5("secret" + name + "@example.org")}&user_name={name}",
            TestContext.Current.CancellationToken));
        Assert.True(reply.Element("authenticator") is not null, reply.Value);
        return Of(address, project, reply.Element("authenticator")!.Value);
    }

    static Caller Of(string address, TestProject project, string key) => new(project.Folder, key, new Forwarded(address));

    static void MakeUpAHost(Caller caller) => (caller.HostId, caller.Seqno, caller.Cpid) = (0, 0, Guid.NewGuid().ToString("N"));

    static long InProgress(TestProject project) => project.Number("SELECT count(*) FROM result WHERE server_state = 4");

    [Fact]
    public async Task Made_up_hosts_and_processors_bring_an_account_no_more_tasks()
    {
        await using var project = await Public(new LineScience(Units));
        await project.HasUnsent(Units);
        using var eve = await From("198.51.100.1", project, "eve");
        eve.Processors = 4096;
        for (var i = 0; i < 12; i++)
        {
            MakeUpAHost(eve);
            await eve.Call(1e9, 4096);
        }

        Assert.Equal(project.Folder.Settings.NewAccountTasks, InProgress(project));
        Assert.InRange(project.Number("SELECT count(*) FROM host"), 1, project.Folder.Settings.NewAccountTasks / 2);
    }

    [Fact]
    public async Task False_failures_cost_their_account_its_tasks_and_end_no_unit()
    {
        await using var project = await Public(new LineScience(Units));
        await project.HasUnsent(Units);
        using var eve = await From("198.51.100.1", project, "eve");
        for (var i = 0; i < 47; i++)
        {
            MakeUpAHost(eve);
            var failures = string.Concat(eve.Tasks.Keys.Select(task => Caller.Report(task, exit: 1, state: 3)));
            await eve.Call(1e9, 64, failures, others: []);
        }

        await TestProject.Until(
            () => project.Number("SELECT count(*) FROM result WHERE server_state = 2") >= Units - 1, "failed ones are made again");
        Assert.InRange(project.Number("SELECT count(*) FROM result WHERE outcome = 3"), 1, project.Folder.Settings.NewAccountTasks + 1);
        Assert.Equal(0, project.Number("SELECT count(*) FROM workunit WHERE errors <> 0"));
        Assert.Empty(project.Science.Finished);
        Assert.Equal(-project.Folder.Settings.NewAccountTasks, project.Number("SELECT earned FROM account"));

        // The next day it gets one task, until it does one well.
        await project.Database.Write(session => session.Execute("UPDATE account SET today = today - 1"));
        await project.Database.Write(session => session.Execute("UPDATE network_address SET today = today - 1"));
        MakeUpAHost(eve);
        eve.Tasks.Clear();
        await eve.Call(1e9, 64);
        Assert.Single(eve.Tasks);
        await eve.FinishAll();
        await TestProject.Until(
            () => project.Number("SELECT earned FROM account") == 1 - project.Folder.Settings.NewAccountTasks, "a valid result counts");
    }

    [Fact]
    public async Task Tasks_let_go_again_and_again_do_not_use_up_a_units_tries()
    {
        await using var project = await Public(new LineScience(1));
        await project.HasUnsent(1);
        using var eve = await From("198.51.100.1", project, "eve");
        for (var i = 0; i < 15; i++)
        {
            (eve.HostId, eve.Seqno) = (0, 0); // attaches anew
            eve.Tasks.Clear();
            await eve.Call(1, 1, others: []);
            await TestProject.Until(
                () => project.Number("SELECT count(*) FROM result WHERE server_state IN (2, 4)") == 1, "the unit is out or waits");
        }

        Assert.InRange(project.Number("SELECT count(*) FROM result"), 2, 3);
        Assert.Equal(0, project.Number("SELECT errors FROM workunit"));
        using var bob = await From("203.0.113.5", project, "bob");
        await bob.Call(1, 1);
        Assert.Single(bob.Tasks);
    }

    [Fact]
    public async Task A_task_that_its_client_never_lists_is_kept_no_longer_than_twice_its_time()
    {
        await using var project = await Public(new LineScience(1) { DelayBound = 86400 });
        await project.HasUnsent(1);
        using var eve = await From("198.51.100.1", project, "eve");
        await eve.Call(1, 1);
        var first = project.Number("SELECT deadline FROM result");
        await project.Database.Write(session => session.Execute("UPDATE result SET sent = sent - 50000, deadline = deadline - 50000"));
        await eve.Call(others: []);
        Assert.InRange(project.Number("SELECT deadline FROM result"), first, first + 60);
        await project.Database.Write(session => session.Execute("UPDATE result SET sent = sent - 50000"));
        eve.Tasks.Clear();
        await eve.Call(others: []);
        Assert.Empty(eve.Tasks);
        await project.HasUnsent(1);
    }

    [Fact]
    public async Task New_accounts_of_one_network_address_share_what_one_may_have()
    {
        await using var project = await Public(
            new LineScience(Units), settings => settings with { NewAccountTasks = 4, NewAccountsPerDay = 3 });
        await project.HasUnsent(Units);
        foreach (var name in (string[])["a", "b", "c"])
        {
            using var eve = await From($"2001:db8:1:2::{name}", project, "eve" + name);
            await eve.Call(1e9, 64);
        }

        Assert.Equal(4, InProgress(project));
        using var http = new HttpClient(new Forwarded("2001:db8:1:2:ffff::1")) { BaseAddress = project.Folder.Settings.Master };
        var fourth = await http.GetStringAsync(
            $"create_account.php?email_addr=d%40example.org&passwd_hash={Caller.Md5("d")}&user_name=d",
            TestContext.Current.CancellationToken);
        Assert.Contains("Too many new accounts from your network address", fourth, StringComparison.Ordinal);
        using var bob = await From("2001:db8:1:3::1", project, "bob");
        await bob.Call(1e9, 64);
        Assert.Equal(4, bob.Tasks.Count);
    }

    [Fact]
    public async Task Whoever_deletes_an_account_with_tasks_in_hand_has_had_them_when_the_next_is_made()
    {
        await using var project = await Public(new LineScience(Units), settings => settings with { NewAccountTasks = 8 });
        await project.HasUnsent(Units);
        var got = new List<int>();
        foreach (var name in (string[])["a", "b", "c"])
        {
            using var eve = await From("198.51.100.1", project, name);
            await eve.Call(1e9, 64);
            got.Add(eve.Tasks.Count);
            await new AccountStore(project.Database, TimeProvider.System).Delete($"{name}@example.org", project.Folder.Settings);
            await project.HasUnsent(Units);
        }

        Assert.Equal(8, got[0]);
        Assert.All(got[1..], tasks => Assert.InRange(tasks, 0, 2));
    }

    [Fact]
    public async Task An_account_doubles_what_it_may_have_with_every_round_of_valid_results_and_its_address_is_forgotten()
    {
        await using var project = await Public(new LineScience(Units), settings => settings with { NewAccountTasks = 2 });
        await project.HasUnsent(Units);
        using var ada = await From("198.51.100.1", project, "ada");
        Assert.Equal(1, project.Number("SELECT count(*) FROM account WHERE address_key <> ''"));
        Assert.Equal(0, project.Number("SELECT count(*) FROM network_address WHERE address_key LIKE '%.%'"));
        for (var tasks = 2; tasks <= 8; tasks *= 2)
        {
            await ada.Call(1e9, 64);
            Assert.Equal(tasks, ada.Tasks.Count);
            await ada.FinishAll();
            await TestProject.Until(() => project.Number("SELECT earned FROM account") == 2 * tasks - 2, "all is valid");
            await Pause();
        }

        Assert.Equal(0, project.Number("SELECT count(*) FROM account WHERE address_key <> ''"));
    }

    [Fact]
    public async Task Hashes_of_addresses_and_suspicion_are_forgotten_after_some_time()
    {
        await using var project = await Public(new LineScience(0));
        using var ada = await From("198.51.100.1", project, "ada");
        await project.Database.Write(session => session.Execute("UPDATE account SET suspect_since = $1", Now));
        await project.Database.Write(session => Forgetter.Forget(session, Now + (29 * 86400)));
        Assert.Equal((1, 1), (project.Number("SELECT count(*) FROM account WHERE address_key <> ''"),
            project.Number("SELECT count(*) FROM network_address")));
        await project.Database.Write(session => Forgetter.Forget(session, Now + (31 * 86400)));
        Assert.Equal((0, 0), (project.Number("SELECT count(*) FROM account WHERE address_key <> ''"),
            project.Number("SELECT count(*) FROM network_address")));
        Assert.Equal(1, project.Number("SELECT count(*) FROM account WHERE suspect_since > 0"));
        await project.Database.Write(session => Forgetter.Forget(session, Now + (91 * 86400)));
        Assert.Equal(0, project.Number("SELECT count(*) FROM account WHERE suspect_since > 0"));
    }

    [Fact]
    public async Task New_accounts_of_one_network_address_can_not_agree_with_each_other()
    {
        await using var project = await Public(new LineScience(1) { Quorum = 2, Proved = false });
        await project.HasUnsent(2);
        using var ada = await From("2001:db8:1:2::1", project, "ada");
        using var eve = await From("2001:db8:1:2:aaaa::1", project, "eve");
        using var bob = await From("2001:db8:1:9::1", project, "bob");
        await ada.Call(1, 1);
        Assert.Single(ada.Tasks);
        Assert.Contains("other computers or accounts", Messages(await eve.Call(1, 1)), StringComparison.Ordinal);
        await bob.Call(1, 1);
        Assert.Single(bob.Tasks);
        await ada.FinishAll();
        await bob.FinishAll();
        await TestProject.Until(() => project.Science.Zoo.Count == 1, "two people agree");
    }

    [Fact]
    public async Task When_a_host_is_caught_its_accounts_new_hosts_get_little_and_the_proven_ones_what_they_had()
    {
        var science = new LineScience(Units) { Proved = false, Standing = _ => HostStanding.Trusted };
        await using var project = await Public(science);
        await project.HasUnsent(Units);
        using var old = await From("198.51.100.1", project, "school");
        using var bad = Of("198.51.100.1", project, old.Key);
        using var made = Of("198.51.100.1", project, old.Key);
        await old.Call(1, 1);
        await old.FinishAll();
        await TestProject.Until(
            () => science.Zoo.Count == 1 && project.Number("SELECT count(*) FROM host WHERE proven_at > 0") == 1,
            "the old computer is proven");
        science.Standing = state => state == ValidateState.Invalid ? HostStanding.Caught : HostStanding.Provisional;
        await bad.Call(1, 1);
        await bad.FinishAll(_ => "nonsense");
        await TestProject.Until(() => project.Number("SELECT count(*) FROM account WHERE suspect_since > 0") == 1, "the bad one is caught");

        await made.Call(1e9, 64);
        Assert.Single(made.Tasks);
        var before = science.Zoo.Count;
        await made.FinishAll();
        await TestProject.Until(() => science.Zoo.Count == before + 1, "it was computed again here, so it isn't held");
        Assert.Equal(0, project.Number("SELECT count(*) FROM workunit WHERE held = 1"));
        await Pause();
        await old.Call(1e9, 64);
        Assert.True(old.Tasks.Count > 1, "The proven computer lost what it may have.");
        await old.FinishAll();
        await TestProject.Until(
            () => project.Number("SELECT count(*) FROM workunit WHERE held = 1") > 0,
            "the proven one's results are judged by lot as before");
    }

    [Fact]
    public async Task What_was_held_when_the_account_became_suspect_is_never_taken_over_by_lot()
    {
        var science = new LineScience(Units) { Proved = false };
        await using var project = await Public(science);
        await project.HasUnsent(Units);
        using var young = await From("198.51.100.1", project, "eve");
        await young.Call(1, 1);
        await young.FinishAll();
        await TestProject.Until(() => project.Number("SELECT count(*) FROM workunit WHERE held = 1") == 1, "one is held");
        await project.Database.Write(session => session.Execute("UPDATE result SET received = received - 10 WHERE server_state = 5"));
        await project.Database.Write(session => session.Execute("UPDATE account SET suspect_since = $1", Now - 5));
        science.Standing = _ => HostStanding.Trusted;
        await Pause();
        await young.Call(1, 1);
        await young.FinishAll();
        await TestProject.Until(() => project.Number("SELECT count(*) FROM host WHERE proven_at > 0") == 1, "it has shown itself");
        Assert.Equal(1, project.Number("SELECT count(*) FROM workunit WHERE held = 1"));
    }

    [Fact]
    public async Task A_blocked_hosts_account_is_suspect()
    {
        await using var project = await Public(new LineScience(Units));
        await project.HasUnsent(Units);
        using var eve = await From("198.51.100.1", project, "eve");
        await eve.Call();
        await HostBlocking.Set(project.Database, eve.HostId, Now + 1000, "false work");
        MakeUpAHost(eve);
        await eve.Call(1e9, 64);
        Assert.Single(eve.Tasks);
    }

    [Fact]
    public async Task A_blocked_account_hears_why_its_tasks_go_to_others_and_what_it_finished_counts()
    {
        await using var project = await Public(new LineScience(2) { Proved = false });
        await project.HasUnsent(2);
        using var eve = await From("198.51.100.1", project, "eve");
        using var bob = await From("203.0.113.5", project, "bob");
        await eve.Call(1, 2);
        Assert.Equal(2, eve.Tasks.Count);
        Assert.Equal(2, await AccountBlocking.Block(project.Database, "eve@example.org", Now + 86400, "false results", Now));
        await project.HasUnsent(2);
        await Pause();
        var reply = await eve.Call(1, 1);
        Assert.Empty(reply.Elements("result"));
        Assert.Equal(2, reply.Elements("result_abort").Count());
        Assert.Contains("This account gets no tasks until", Messages(reply), StringComparison.Ordinal);
        Assert.Contains("false results", Messages(reply), StringComparison.Ordinal);
        MakeUpAHost(eve);
        Assert.Contains("This account gets no tasks until", Messages(await eve.Call(1, 1)), StringComparison.Ordinal);

        var finished = eve.Tasks.Keys.First();
        Assert.Equal(0, await eve.Upload(finished, (await eve.Input(finished)).ToUpperInvariant()));
        await eve.Call(results: Caller.Report(finished), others: []);
        await TestProject.Until(() => project.Science.Zoo.Count == 1, "what it had finished was computed again here and taken over");
        await project.HasUnsent(1);
        await bob.Call(1, 2);
        Assert.Single(bob.Tasks);
        await AccountBlocking.Unblock(project.Database, "eve@example.org");
        Assert.DoesNotContain("no tasks until", Messages(await eve.Call(1, 1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_waits_behind_the_queue_of_checks_that_another_has_made()
    {
        await using var project = await Public(new LineScience(Units), options: new() { Only = ["web", "generator", "transitioner"] });
        await project.HasUnsent(Units);
        using var eve = await From("198.51.100.1", project, "eve");
        using var ada = await From("203.0.113.5", project, "ada");
        await eve.Call(1e9, 64);
        await eve.FinishAll();
        await ada.Call(1, 1);
        await ada.FinishAll();
        await TestProject.Until(
            () => project.Number("SELECT count(*) FROM workunit WHERE need_validate = 1") == project.Folder.Settings.NewAccountTasks + 1,
            "all wait to be checked");
        await using var validator = ProjectServer.Build(project.Folder, project.Science, new() { Only = ["validator"] });
        await validator.StartAsync(TestContext.Current.CancellationToken);
        await TestProject.Until(
            () => project.Number("SELECT count(*) FROM science_verdict") == project.Folder.Settings.NewAccountTasks + 1, "all are judged");
        await validator.StopAsync(TestContext.Current.CancellationToken);
        var order = project.Database.Read(session => session.Rows(
            "SELECT r.host_id FROM (SELECT result_id, ROW_NUMBER() OVER () AS place FROM science_verdict) AS v "
            + "JOIN result r ON r.id = v.result_id ORDER BY v.place",
            row => row.GetInt64(0)));
        Assert.Contains(ada.HostId, order.Take(2));
    }

    [Fact]
    public async Task A_claimed_time_moves_nobodys_units_until_its_computer_has_earned_trust()
    {
        var science = new LineScience(Units);
        await using var project = await Public(science);
        await project.HasUnsent(Units);
        using var eve = await From("198.51.100.1", project, "eve");
        async Task Finish()
        {
            await eve.Call(1, 1);
            foreach (var task in eve.Tasks.Keys.ToList())
            {
                Assert.Equal(0, await eve.Upload(task, (await eve.Input(task)).ToUpperInvariant()));
                await eve.Call(results: Caller.Report(task, elapsed: 0.1), others: []);
            }
        }

        double Median() => project.Database.Read(session => WorkGenerator.MedianFlops(session, Now));
        await Finish();
        await TestProject.Until(() => project.Number("SELECT count(*) FROM host_app_version WHERE samples > 0") == 1, "it is measured");
        Assert.Equal(0, Median());
        Assert.InRange(project.Database.Read(session => session.Real("SELECT max(flops) FROM host_app_version"))!.Value, 1, 1e12);
        science.Standing = _ => HostStanding.Trusted;
        await Pause();
        await Finish();
        await TestProject.Until(() => Median() > 0, "it has a say");
    }

    [Fact]
    public async Task What_no_volunteer_could_return_is_computed_here_within_the_days_budget()
    {
        var science = new LineScience(0) { ForServer = 5, SecondsHere = 5 };
        await using var project = await Public(science, settings => settings with { ServerTraining = 8.0 / 86400 });
        await TestProject.Until(
            () => project.Log.Lines.Any(line => line.Contains("server_training is spent", StringComparison.Ordinal)),
            "the budget is spent");
        Assert.Equal(3, science.ForServer);
        var day = project.Database.Read(session => ServerTraining.On(session, Now / 86400));
        Assert.Equal((10, 2), (day.Trained, day.Networks));
    }

    [Fact]
    public async Task Teams_that_nobody_is_in_do_not_stay()
    {
        await using var project = await Public(new LineScience(0));
        using var eve = await From("198.51.100.1", project, "eve");
        var accounts = new AccountStore(project.Database, TimeProvider.System);
        for (var i = 0; i < 5; i++) await accounts.Join("eve@example.org", $"team {i}");
        Assert.Equal(1, project.Number("SELECT count(*) FROM team"));
    }

    /// <summary>What a proxy on this machine adds.</summary>
    sealed class Forwarded : DelegatingHandler
    {
        readonly string _address;

        public Forwarded(string address)
            : base(new SocketsHttpHandler()) => _address = address;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add("X-Forwarded-For", IPAddress.Parse(_address).ToString());
            return base.SendAsync(request, cancellationToken);
        }
    }
}

public sealed class SqliteSybilTests(PostgresServer postgres) : SybilTests<Sqlite>(postgres);

public sealed class PostgresSybilTests(PostgresServer postgres) : SybilTests<Postgres>(postgres);

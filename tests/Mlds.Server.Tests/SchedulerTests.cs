using System.Globalization;
using System.Xml.Linq;
using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Operating;
using Mlds.Server.Project;

namespace Mlds.Server.Tests;

/// <summary>Work from being made to being assimilated, over the wire.</summary>
public abstract class SchedulerTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    static string Messages(XElement reply) => string.Join('\n', reply.Elements("message").Select(message => message.Value));

    static long Of(TestProject project, string column, string result) =>
        project.Number($"SELECT {column} FROM result WHERE name = $1", result);

    static async Task<XElement> WorkFor(Caller caller, TestProject project, double seconds = 1)
    {
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE server_state = 2") > 0, "work is there");
        return await caller.Call(seconds, 1);
    }

    [Fact]
    public async Task A_task_is_sent_computed_uploaded_reported_validated_credited_and_assimilated()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "Ada");
        var reply = await WorkFor(ada, project);
        Assert.Equal(["app", "file_info", "app_version", "file_info", "workunit", "file_info", "result", "code_sign_key"], reply.Elements()
            .Select(element => element.Name.LocalName)
            .Where(name => name is "app" or "file_info" or "app_version" or "workunit" or "result" or "code_sign_key"));
        Assert.Equal(project.Folder.CodeSigningKey.Text.Trim(), reply.Element("code_sign_key")!.Value.Trim());
        Assert.Equal("line 0", await ada.Input("unit_0_0"));
        var done = await ada.FinishAll();
        Assert.Equal("unit_0_0", done.Element("result_ack")!.Element("name")!.Value);
        await TestProject.Until(() => project.Science.Zoo.Count == 1, "it is assimilated");
        Assert.Equal("LINE 0", project.Science.Zoo["unit_0"]);
        Assert.Equal((long)ResultOutcome.Success, Of(project, "outcome", "unit_0_0"));
        Assert.Equal((long)ValidateState.Valid, Of(project, "validate_state", "unit_0_0"));
        var later = await ada.Call();
        Assert.Equal(10, double.Parse(later.Element("user_total_credit")!.Value, CultureInfo.InvariantCulture));
        Assert.True(double.Parse(later.Element("host_expavg_credit")!.Value, CultureInfo.InvariantCulture) > 0);
        Assert.Empty(later.Elements("hostid"));
        Assert.Empty(later.Elements("code_sign_key"));
    }

    [Fact]
    public async Task A_result_that_is_reported_twice_counts_once()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "Ada");
        await WorkFor(ada, project);
        await ada.FinishAll();
        await TestProject.Until(() => project.Science.Zoo.Count == 1, "it is assimilated");
        var again = await ada.Call(results: Caller.Report("unit_0_0") + Caller.Report("unit_0_0", 7, 3));
        Assert.Equal(2, again.Elements("result_ack").Count());
        Assert.Equal(10, project.Number("SELECT CAST(total_credit AS BIGINT) FROM account"));
        Assert.Equal((long)ResultOutcome.Success, Of(project, "outcome", "unit_0_0"));
        Assert.Single(project.Science.Finished);
    }

    [Fact]
    public async Task Another_accounts_task_can_be_neither_reported_nor_taken()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "Ada");
        using var eve = await Caller.Register(project, "Eve");
        await WorkFor(ada, project);
        eve.HostId = ada.HostId;
        eve.Seqno = 99;
        var reply = await eve.Call(results: Caller.Report("unit_0_0"));
        Assert.NotEqual(ada.HostId.ToString(CultureInfo.InvariantCulture), reply.Element("hostid")!.Value);
        Assert.Equal((long)ServerState.InProgress, Of(project, "server_state", "unit_0_0"));
        Assert.Contains(project.Log.Lines, line => line.Contains("are another's", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lost_task_is_sent_again_under_its_name()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "Ada");
        await WorkFor(ada, project);
        var certificate = ada.Tasks["unit_0_0"].Element("xml_signature")!.Value;
        ada.Tasks.Clear();
        var reply = await ada.Call();
        Assert.Equal("unit_0_0", reply.Element("result")!.Element("name")!.Value);
        Assert.Equal(certificate, ada.Tasks["unit_0_0"].Element("xml_signature")!.Value);
        Assert.Contains("Resent lost task unit_0_0", Messages(reply), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_task_is_stopped_and_its_report_hurts_nobody()
    {
        await using var project = await Begin(new LineScience(2));
        using var ada = await Caller.Register(project, "Ada");
        await WorkFor(ada, project);
        var name = ada.Tasks.Keys.Single();
        Assert.Equal(1, await Cancellation.WorkUnit(project.Database, name[..^2]));
        var reply = await ada.Call();
        Assert.Equal(name, reply.Element("result_abort")!.Element("name")!.Value);
        await ada.Call(results: Caller.Report(name, ExitStatus.AbortedByProject, 6), others: []);
        await TestProject.Until(() => project.Science.Finished.Count == 1, "the unit is finished");
        Assert.Equal(WorkUnitErrors.Cancelled, project.Science.Finished[0].Errors);
        Assert.Equal(
            1, project.Number("SELECT count(*) FROM result WHERE workunit_id = (SELECT id FROM workunit WHERE name = $1)", name[..^2]));
        Assert.Equal(project.Folder.Settings.DailyQuota, project.Number("SELECT max_jobs_per_day FROM host_app_version"));
    }

    [Fact]
    public async Task A_task_that_the_server_does_not_know_is_stopped()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "Ada");
        var reply = await ada.Call(others: ["never_sent_0"]);
        Assert.Equal("never_sent_0", reply.Element("result_abort")!.Element("name")!.Value);
    }

    [Fact]
    public async Task A_failed_task_goes_to_another_computer_and_costs_its_host_some_quota()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "Ada");
        using var bob = await Caller.Register(project, "Bob");
        await WorkFor(ada, project);
        await ada.Call(results: Caller.Report("unit_0_0", 7, 3), others: []);
        await TestProject.Until(
            () => project.Number("SELECT count(*) FROM result WHERE name = 'unit_0_1'") == 1, "a second result is made");
        Assert.Equal(project.Folder.Settings.DailyQuota - 1, project.Number("SELECT max_jobs_per_day FROM host_app_version"));
        await Pause();
        Assert.Contains("other computers", Messages(await ada.Call(1, 1)), StringComparison.Ordinal);
        await WorkFor(bob, project);
        Assert.Equal(["unit_0_1"], bob.Tasks.Keys);
        await bob.FinishAll();
        await TestProject.Until(() => project.Science.Zoo.Count == 1, "it is assimilated");
        Assert.Equal(7, project.Science.Finished[0].Failures.Single().ExitStatus);
    }

    [Fact]
    public async Task A_task_past_its_deadline_is_made_again_and_a_late_report_still_counts()
    {
        await using var project = await Begin(new LineScience(1) { DelayBound = 3600, FpopsEstimate = 1 });
        using var ada = await Caller.Register(project, "Ada");
        await WorkFor(ada, project);
        project.Clock.TurnAhead(TimeSpan.FromHours(2));
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE outcome = 4") == 1, "it is late");
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE server_state = 2") == 1, "another is made");
        Assert.Empty((await ada.Call()).Elements("result_abort"));
        await ada.FinishAll();
        await TestProject.Until(() => project.Science.Zoo.Count == 1, "it is assimilated");
        await TestProject.Until(
            () => Of(project, "outcome", "unit_0_1") == (long)ResultOutcome.DidntNeed, "the other isn't needed any more");
    }

    [Fact]
    public async Task A_quorum_is_of_different_accounts_and_what_differs_is_invalid()
    {
        await using var project = await Begin(new LineScience(1) { Quorum = 2, Proved = false });
        using var ada = await Caller.Register(project, "Ada");
        using var bob = await Caller.Register(project, "Bob");
        using var cy = await Caller.Register(project, "Cy");
        await WorkFor(ada, project, 1e6);
        Assert.Single(ada.Tasks);
        await ada.FinishAll(_ => "a false line");
        await WorkFor(bob, project);
        await bob.FinishAll();
        await TestProject.Until(
            () => project.Number("SELECT count(*) FROM result WHERE server_state = 2") == 1, "a third opinion is asked for");
        Assert.Equal(2, project.Number("SELECT count(*) FROM result WHERE validate_state = 4"));
        await WorkFor(cy, project);
        await cy.FinishAll();
        await TestProject.Until(() => project.Science.Zoo.Count == 1, "it is assimilated");
        Assert.Equal("LINE 0", project.Science.Zoo["unit_0"]);
        Assert.Equal(1, project.Number("SELECT invalid_results FROM host WHERE id = $1", ada.HostId));
        Assert.Equal(20, project.Number("SELECT CAST(sum(total_credit) AS BIGINT) FROM account"));
    }

    [Fact]
    public async Task What_a_new_host_returns_is_held_until_it_is_trusted()
    {
        var science = new LineScience(2) { Proved = false };
        await using var project = await Begin(science);
        using var ada = await Caller.Register(project, "Ada");
        await WorkFor(ada, project);
        await ada.FinishAll();
        await TestProject.Until(() => project.Number("SELECT count(*) FROM workunit WHERE held = 1") == 1, "it is held");
        Assert.Equal(10, project.Number("SELECT CAST(total_credit AS BIGINT) FROM account"));
        Assert.Empty(science.Finished);
        science.Standing = _ => HostStanding.Trusted;
        await Pause();
        await WorkFor(ada, project);
        await ada.FinishAll();
        await TestProject.Until(() => science.Zoo.Count == 2, "both are assimilated");
    }

    [Fact]
    public async Task A_caught_hosts_held_work_is_voided_and_computed_by_another()
    {
        // As much as is credited, so that the second call brings one task and not all that there are.
        var science = new LineScience(3) { Proved = false, FpopsEstimate = 4.32e12 };
        await using var project = await Begin(science);
        using var eve = await Caller.Register(project, "Eve");
        using var bob = await Caller.Register(project, "Bob");
        await WorkFor(eve, project, 1);
        await eve.FinishAll();
        await TestProject.Until(() => project.Number("SELECT count(*) FROM workunit WHERE held = 1") == 1, "one is held");
        await Pause();
        await WorkFor(eve, project, 1);
        science.Standing = state => state == ValidateState.Invalid ? HostStanding.Caught : HostStanding.Trusted;
        await eve.FinishAll(_ => "nonsense");
        await TestProject.Until(
            () => project.Number("SELECT count(*) FROM workunit WHERE held = 1") == 0
                && project.Number("SELECT count(*) FROM result WHERE server_state = 2") == 3,
            "all is voided and made again");
        Assert.Equal(0, project.Number("SELECT CAST(sum(total_credit) AS BIGINT) FROM account"));
        await Pause();
        Assert.Contains("Not accepting requests from this host", Messages(await eve.Call(1, 1)), StringComparison.Ordinal);
        await WorkFor(bob, project, 1e6);
        Assert.Equal(3, bob.Tasks.Count);
        await bob.FinishAll();
        await TestProject.Until(() => science.Zoo.Count == 3, "all is assimilated");
        Assert.All(science.Zoo.Values, line => Assert.StartsWith("LINE", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_copied_state_file_becomes_a_host_of_its_own()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "Ada");
        await ada.Call();
        await ada.Call();
        var (host, seqno) = (ada.HostId, ada.Seqno);
        await ada.Call();
        ada.Seqno = seqno - 1;
        var reply = await ada.Call();
        Assert.NotEqual(host, ada.HostId);
        Assert.NotNull(reply.Element("hostid"));
    }

    [Fact]
    public async Task A_machine_that_attaches_anew_is_its_old_host_and_what_it_had_goes_to_others()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "Ada");
        await WorkFor(ada, project);
        var host = ada.HostId;
        (ada.HostId, ada.Seqno) = (0, 0);
        await ada.Call(others: []);
        Assert.Equal(host, ada.HostId);
        Assert.Equal((long)ResultOutcome.ClientDetached, Of(project, "outcome", "unit_0_0"));
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE server_state = 2") == 1, "another is made");
        Assert.Equal(project.Folder.Settings.DailyQuota, project.Number("SELECT max_jobs_per_day FROM host_app_version"));
    }

    [Fact]
    public async Task Hosts_get_no_more_than_they_may()
    {
        await using var project = await Begin(
            new LineScience(50), settings => settings with { MaxInProgressPerProcessor = 2, DailyQuota = 3 });
        using var ada = await Caller.Register(project, "Ada");
        ada.Processors = 2;
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE server_state = 2") >= 50, "work is there");
        await ada.Call(1e9, 2);
        Assert.Equal(4, ada.Tasks.Count);
        Assert.Contains("No tasks sent", Messages(await ada.Call(1e9, 2)), StringComparison.Ordinal); // too soon
        await Pause();
        Assert.Contains("limit of tasks in progress", Messages(await ada.Call(1e9, 2)), StringComparison.Ordinal);
        await ada.FinishAll();
        await Pause();
        await ada.Call(1e9, 2);
        Assert.Equal(2, ada.Tasks.Count);
        await ada.FinishAll();
        await Pause();
        Assert.Contains("daily quota", Messages(await ada.Call(1e9, 2)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Computers_that_can_not_do_the_work_hear_why()
    {
        await using var project = await Begin(new LineScience(5) { FpopsEstimate = 1e9 });
        using var ada = await Caller.Register(project, "Ada");
        await project.HasUnsent(5);
        async Task Hears(string words)
        {
            (ada.HostId, ada.Seqno, ada.Cpid) = (0, 0, Guid.NewGuid().ToString("N"));
            Assert.Contains(words, Messages(await ada.Call(1, 1)), StringComparison.Ordinal);
            Assert.Empty(ada.Tasks);
        }

        ada.Platform = "sparc-sun-solaris";
        await Hears("no program for computers of type sparc-sun-solaris");
        ada.Platform = "anonymous";
        await Hears("own programs only");
        ada.Platform = TestProject.Platform;
        ada.Memory = 1e6;
        await Hears("more memory");
    }

    [Fact]
    public async Task The_best_program_for_a_processor_is_sent()
    {
        await using var project = await Begin(new LineScience(9), start: false);
        await project.AddApp("1.00", "fma");
        await project.AddApp("1.00", "avx512");
        await project.Start();
        foreach (var (features, plan) in new[]
        {
            ("sse2", ""), ("fma avx2", "fma"), ("fma avx2 avx512f avx512bw avx512dq avx512vl", "avx512"),
            ("fma avx2 avx512f", "fma"), ("xfma avx22", ""),
        })
        {
            using var caller = await Caller.Register(project, $"U{features.Length}");
            caller.Features = features;
            var reply = await WorkFor(caller, project);
            Assert.Equal(plan, reply.Element("app_version")!.Element("plan_class")?.Value ?? "");
            Assert.Equal(plan, reply.Element("result")!.Element("plan_class")!.Value);
        }
    }

    [Fact]
    public async Task A_unit_that_needs_a_newer_program_waits_for_one_and_is_sent_with_it_alone()
    {
        await using var project = await Begin(new LineScience(2) { ProgramLevel = 2 });
        using var ada = await Caller.Register(project, "Ada");
        await project.HasUnsent(2);
        Assert.Contains("newer version of this project's program", Messages(await ada.Call(1e6, 2)), StringComparison.Ordinal);
        Assert.Empty(ada.Tasks);

        await project.AddApp("1.01", level: 2);
        await project.Restart();
        var reply = await WorkFor(ada, project, 1e6);
        Assert.Equal("101", reply.Element("app_version")!.Element("version_num")!.Value);
        Assert.Equal(2, ada.Tasks.Count);
    }

    [Fact]
    public async Task A_restarted_server_goes_on_where_it_was()
    {
        await using var project = await Begin(new LineScience(3));
        using var ada = await Caller.Register(project, "Ada");
        await WorkFor(ada, project, 1e6);
        Assert.Equal(3, ada.Tasks.Count);
        await project.Restart();
        await ada.FinishAll();
        await project.Restart();
        await TestProject.Until(() => project.Science.Zoo.Count == 3, "all is assimilated");
    }

    [Fact]
    public async Task Files_are_deleted_when_a_unit_is_done_with()
    {
        await using var project = await Begin(new LineScience(1), settings => settings with { DeleteDelay = 0 });
        using var ada = await Caller.Register(project, "Ada");
        await WorkFor(ada, project);
        var upload = project.Folder.Upload(ada.Tasks["unit_0_0"].Element("name")!.Value);
        await ada.FinishAll();
        await TestProject.Until(() => project.Number("SELECT file_delete_state FROM workunit") == 2, "files are deleted");
        Assert.False(File.Exists(upload));
        Assert.False(File.Exists(project.Folder.Download("unit_0_0")));
    }

    [Fact]
    public async Task Clients_are_led_from_an_old_key_to_the_new_one()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "Ada");
        await WorkFor(ada, project);
        var old = ada.CodeSignKey;
        var folder = Path.Combine(project.Scratch, "next");
        NewKey.Create(folder, project.SigningKey);
        var (key, signature) = NewKey.Read(folder);
        await project.Stop();
        KeySuccession.Append(project.Folder, key, signature);
        await project.Start();
        var reply = await ada.Call();
        Assert.Equal(key.Text.Trim(), reply.Element("code_sign_key")!.Value.Trim());
        var oldKey = Boinc.Signing.PublicKey.Parse(old)!;
        Assert.True(Boinc.Signing.CodeSigning.Verify(
            oldKey, System.Text.Encoding.ASCII.GetBytes(key.Text.Trim()), reply.Element("code_sign_key_signature")!.Value));
        Assert.Empty((await ada.Call()).Elements("code_sign_key"));
        ada.CodeSignKey = Boinc.Signing.PrivateKey.Create().Public.Text;
        Assert.Contains("isn't this project's", Messages(await ada.Call(1, 1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_change_of_the_key_only_what_is_signed_with_it_is_sent_and_only_to_who_holds_it()
    {
        await using var project = await Begin(new LineScience(9));
        using var ada = await Caller.Register(project, "ada");
        await WorkFor(ada, project);
        await ada.FinishAll();
        var first = project.Folder.CodeSigningKey;
        await project.Stop();
        var present = project.SigningKey;
        foreach (var name in new[] { "second", "third" })
        {
            var folder = Path.Combine(project.Scratch, name);
            NewKey.Create(folder, present);
            var (key, signature) = NewKey.Read(folder);
            KeySuccession.Append(project.Folder, key, signature);
            present = Boinc.Signing.PrivateKey.Parse(File.ReadAllText(Path.Combine(folder, "code_sign_private")))!;
        }

        await project.Start();
        Assert.Contains(
            project.Log.Lines, line => line.Contains("lines 1.00 for x86_64-pc-linux-gnu isn't sent", StringComparison.Ordinal));
        Assert.Equal(
            ["lines 1.00 for x86_64-pc-linux-gnu"],
            project.Database.Read(session => AppSignatures.NotSent(session, project.Folder.CodeSigningKey)));

        // A client that attaches now would refuse the program (-186), so none is sent to it.
        using var bob = await Caller.Register(project, "bob");
        var reply = await bob.Call(1, 1);
        Assert.Empty(reply.Elements("result"));
        Assert.Contains("has no program", Messages(reply), StringComparison.Ordinal);

        await project.AddApp("1.01", key: present);
        Assert.Empty(project.Database.Read(session => AppSignatures.NotSent(session, project.Folder.CodeSigningKey)));
        await TestProject.Until(() => bob.Call(1, 1).GetAwaiter().GetResult().Elements("result").Any(), "the new version is sent");

        // Ada, who was away for both changes, is led to the second key first, with which her client couldn't take the program.
        Assert.Equal(first.Text.Trim(), ada.CodeSignKey.Trim());
        Assert.Empty((await ada.Call(1, 1)).Elements("result"));
        Assert.NotEqual(project.Folder.CodeSigningKey.Text.Trim(), ada.CodeSignKey.Trim());
        await TestProject.Until(() => ada.Call(1, 1).GetAwaiter().GetResult().Elements("result").Any(), "she has the third key and a task");
        Assert.Equal(project.Folder.CodeSigningKey.Text.Trim(), ada.CodeSignKey.Trim());
    }

    [Fact]
    public async Task In_a_break_clients_are_asked_to_come_back()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "Ada");
        Maintenance.Begin(project.Folder, "New disks");
        var reply = await ada.Call(1, 1);
        Assert.NotNull(reply.Element("project_is_down"));
        Assert.Equal("New disks", reply.Element("message")!.Value);
        Maintenance.End(project.Folder);
        Assert.Null((await ada.Call()).Element("project_is_down"));
    }

    [Fact]
    public async Task Daemons_may_run_in_a_process_of_their_own()
    {
        await using var project = await Begin(new LineScience(2), options: new() { Only = ["web"] });
        await using var daemons = ProjectServer.Build(
            project.Folder, project.Science, new() { Only = ["generator", "transitioner", "validator", "assimilator", "deleter"] });
        await daemons.StartAsync(TestContext.Current.CancellationToken);
        using var ada = await Caller.Register(project, "Ada");
        await WorkFor(ada, project, 1e6);
        await ada.FinishAll();
        await TestProject.Until(() => project.Science.Zoo.Count == 2, "both are assimilated");
        await daemons.StopAsync(TestContext.Current.CancellationToken);
    }
}

public sealed class SqliteSchedulerTests(PostgresServer postgres) : SchedulerTests<Sqlite>(postgres);

public sealed class PostgresSchedulerTests(PostgresServer postgres) : SchedulerTests<Postgres>(postgres);

using Mlds.Server.Accounts;
using Mlds.Server.Daemons;
using Mlds.Server.Database;
using Mlds.Server.Operating;
using Mlds.Server.Statistics;

namespace Mlds.Server.Tests;

/// <summary>What an operator does by hand.</summary>
public abstract class OperatorTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    [Fact]
    public async Task Results_that_are_judged_again_are_credited_once_by_the_new_verdict()
    {
        // Held, so not assimilated yet: the host has earned no trust.
        await using var project = await Begin(new LineScience(2) { Proved = false, ProvesHeld = false });
        using var ada = await Computed(
            project, 2, text => text.Contains('0', StringComparison.Ordinal) ? text.ToUpperInvariant() : "wrong");
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE validate_state IN (1, 2)") == 2, "both are judged");
        Assert.Equal((10, 1, 1), Counts(project));
        var credited = project.Database.Read(
            session => session.Text("SELECT w.name FROM result r JOIN workunit w ON w.id = r.workunit_id WHERE r.validate_state = 1"))!;
        var refused = credited == "unit_0" ? "unit_1" : "unit_0";

        Assert.Equal(new Revalidated(1, 1, 0), await Revalidation.WorkUnit(project.Database, project.Science, credited, Now));
        Assert.Equal(new Revalidated(1, 1, 0), await Revalidation.WorkUnit(project.Database, project.Science, refused, Now));
        Assert.Equal([ada.HostId, ada.HostId], project.Science.Doubted);
        await TestProject.Until(
            () => project.Number("SELECT count(*) FROM workunit WHERE need_validate = 1") == 0
                && Counts(project).Valid == 1
                && Counts(project).Invalid == 1,
            "both are judged again");
        Assert.Equal((10, 1, 1), Counts(project));
        Assert.Equal(10, project.Number("SELECT sum(granted_credit) FROM result"));
        Assert.Equal(new Revalidated(0, 0, 0), await Revalidation.WorkUnit(project.Database, project.Science, "unit_9", Now));
    }

    [Fact]
    public async Task What_is_in_the_zoo_is_not_judged_again()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Computed(project, 1);
        await TestProject.Until(
            () => project.Science.Zoo.Count == 1 && project.Number("SELECT count(*) FROM workunit WHERE assimilate_state = 2") == 1,
            "it is assimilated");
        Assert.Equal(new Revalidated(0, 0, 1), await Revalidation.Batch(project.Database, project.Science, 0, Now));
        Assert.Equal((10, 1, 0), Counts(project));
    }

    [Fact]
    public async Task Credit_is_given_and_taken_with_a_reason_and_never_more_than_there_is()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Computed(project, 1);
        await TestProject.Until(() => Counts(project).Credit == 10, "credit");
        var result = project.Database.Read(session => session.Text("SELECT name FROM result WHERE granted_credit > 0"))!;
        Assert.Equal(5, await CreditChange.OfAccount(project.Database, "ada@example.org", 5, "a good idea", Now));
        Assert.Equal(2, await CreditChange.OfHost(project.Database, ada.HostId, 2, "an outage", Now));
        Assert.Equal(17, project.Number("SELECT total_credit FROM account"));
        Assert.Equal(12, project.Number("SELECT total_credit FROM host"));
        Assert.Equal(-10, await CreditChange.OfResult(project.Database, result, null, "not what it should be", Now));
        Assert.Equal(-10, await CreditChange.OfResult(project.Database, result, null, "again", Now) + -10);
        Assert.Equal(-2, await CreditChange.OfHost(project.Database, ada.HostId, -1000, "broken memory", Now));
        Assert.Equal((5, 0, 0), (project.Number("SELECT total_credit FROM account"), project.Number("SELECT total_credit FROM host"),
            project.Number("SELECT granted_credit FROM result WHERE name = $1", result)));
        await Assert.ThrowsAsync<ProjectException>(() => CreditChange.OfResult(project.Database, "no_such_0", 1, "?", Now));
        await Assert.ThrowsAsync<ProjectException>(() => CreditChange.OfHost(project.Database, 99, 1, "?", Now));
        using var form = new FormUrlEncodedContent([new("email", "ada@example.org"), new("password", "secret"), new("do", "Show")]);
        using var page = await ada.Http.PostAsync("account", form, TestContext.Current.CancellationToken);
        Assert.Contains(
            "broken memory", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_are_counted_by_program_and_by_host_with_the_newest_message()
    {
        await using var project = await Begin(new LineScience(3));
        await project.HasUnsent(3);
        using var ada = await Caller.Register(project, "ada");
        await ada.Call(1, 3);
        var (first, second) = (ada.Tasks.Keys.ElementAt(0), ada.Tasks.Keys.ElementAt(1));
        await ada.Call(
            results: Caller.Report(first, exit: 7, state: 3) + Caller.Report(second, exit: 7, state: 3),
            others: [ada.Tasks.Keys.ElementAt(2)]);
        await ada.FinishAll();
        await TestProject.Until(() => Counts(project).Valid == 1, "one is valid");
        var (failures, programs, others) = project.Database.Read(session =>
            (FailureLine.Read(session, Now - 86400, null, 10), ProgramLine.Read(session, Now - 86400),
                FailureLine.Read(session, Now - 86400, ada.HostId + 1, 10)));
        var failure = Assert.Single(failures);
        Assert.Equal((ada.HostId, 7, 2L, "ended"), (failure.Host, failure.ExitStatus, failure.Count, failure.Text));
        Assert.StartsWith("lines 1.00 " + TestProject.Platform, failure.Program, StringComparison.Ordinal);
        Assert.Equal(new ProgramLine(failure.Program, 1, 0, 0, 2, 1), Assert.Single(programs));
        Assert.Empty(others);
        Assert.Contains(
            failure.Program, await ada.Http.GetStringAsync("server_status", TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blocked_host_gets_no_work_until_it_is_let_in_again()
    {
        await using var project = await Begin(new LineScience(1));
        await project.HasUnsent(1);
        using var ada = await Caller.Register(project, "ada");
        await ada.Call();
        Assert.Equal(ada.HostId, await HostBlocking.Set(project.Database, ada.HostId, Now + 1000, "broken memory"));
        Assert.Null(await HostBlocking.Set(project.Database, ada.HostId + 1, Now + 1000, ""));
        Assert.Empty((await ada.Call(1, 1)).Elements("result"));
        await HostBlocking.Set(project.Database, ada.HostId, 0, "");
        await Pause();
        Assert.Single((await ada.Call(1, 1)).Elements("result"));
    }

    [Fact]
    public async Task A_lost_password_is_replaced_and_the_old_key_is_out()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "ada");
        var accounts = new AccountStore(project.Database, TimeProvider.System);
        Assert.Equal("ada@example.org", accounts.Address(" Ada@example.org"));
        Assert.Equal("ada@example.org", accounts.Address("1"));
        Assert.Null(accounts.Address("2"));
        var key = await accounts.ResetKey("ada@example.org", "new password");
        Assert.Equal(key, await accounts.Enter("ada@example.org", "new password"));
        Assert.Null(await accounts.Enter("ada@example.org", "secret"));
        Assert.Null(await accounts.Enter("ada@example.org", ada.Key));
        Assert.Contains("Invalid or missing account key", (await ada.Call()).Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hosts_speed_is_measured_by_the_work_really_done()
    {
        // The unit's estimate, 1e11 operations, is far off; credit says what was done: 10 cobblestones in 10 seconds.
        await using var project = await Begin(new LineScience(1));
        using var ada = await Computed(project, 1);
        await TestProject.Until(() => Counts(project).Credit == 10, "credit");
        var flops = project.Database.Read(session => session.Real("SELECT flops FROM host_app_version"));
        Assert.Equal(10 * 86400e9 / 200 / 10, flops!.Value, 1);
    }

    /// <summary>A new account's computer that has returned so many tasks.</summary>
    static async Task<Caller> Computed(TestProject project, int tasks, Func<string, string>? compute = null)
    {
        await project.HasUnsent(tasks);
        var caller = await Caller.Register(project, "ada");
        await caller.Call(1, tasks);
        await caller.FinishAll(compute);
        return caller;
    }

    static (long Credit, long Valid, long Invalid) Counts(TestProject project) =>
        (project.Number("SELECT sum(total_credit) FROM account"), project.Number("SELECT sum(valid_results) FROM host"),
            project.Number("SELECT sum(invalid_results) FROM host"));
}

public sealed class SqliteOperatorTests(PostgresServer postgres) : OperatorTests<Sqlite>(postgres);

public sealed class PostgresOperatorTests(PostgresServer postgres) : OperatorTests<Postgres>(postgres);

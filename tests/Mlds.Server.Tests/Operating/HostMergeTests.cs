using System.Globalization;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Operating;
using Mlds.Server.Science;

namespace Mlds.Server.Tests.Operating;

/// <summary>A machine that was attached anew goes on as one host.</summary>
public abstract class HostMergeTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    /// <summary>Ada's machine computes a task, is set up anew, and computes another as a host of its own.</summary>
    async Task<(TestProject Project, Caller Ada, long Old)> AttachedAnew()
    {
        var project = await Begin(new LineScience(2));
        await project.HasUnsent(2);
        var ada = await Caller.Register(project, "ada");
        await ada.Call(1, 1);
        await ada.FinishAll();
        var old = ada.HostId;
        project.Clock.TurnAhead(TimeSpan.FromDays(1));
        (ada.HostId, ada.Seqno, ada.Cpid) = (0, 0, Guid.NewGuid().ToString("N"));
        await ada.Call(1, 1);
        await ada.FinishAll();
        await TestProject.Until(() => project.Number("SELECT sum(valid_results) FROM host") == 2, "both are valid");
        Assert.NotEqual(old, ada.HostId);
        return (project, ada, old);
    }

    static Task<ProjectException> Refused(TestProject project, long from, long into) =>
        Assert.ThrowsAsync<ProjectException>(() => HostMerge.Run(project.Database, project.Science, from, into, 2_000_000_000));

    [Fact]
    public async Task Credit_results_and_counts_come_over_and_the_client_hears_the_new_number()
    {
        var (project, ada, old) = await AttachedAnew();
        await using var _ = project;
        using var __ = ada;
        var into = ada.HostId;
        var merged = await HostMerge.Run(project.Database, project.Science, old, into, project.Clock.Now);
        Assert.Equal(new MergedHosts(10, 1), merged);
        Assert.Equal([(old, into)], project.Science.Merges);
        Assert.Equal((20, 2, 2), (project.Number("SELECT total_credit FROM host WHERE id = $1", into),
            project.Number("SELECT valid_results FROM host WHERE id = $1", into),
            project.Number("SELECT count(*) FROM result WHERE host_id = $1", into)));
        Assert.Equal(20, project.Number("SELECT total_credit FROM account"));
        Assert.Equal(
            0, project.Number("SELECT count(*) FROM host WHERE id = $1 AND (total_credit > 0 OR recent_credit > 0 OR cpid <> '')", old));
        Assert.DoesNotContain($">{old}</td>", await ada.Http.GetStringAsync("hosts", TestContext.Current.CancellationToken),
            StringComparison.Ordinal);

        // A client that still calls by the old number, as from a restored disk.
        (ada.HostId, ada.Seqno) = (old, 1000);
        var reply = await ada.Call();
        Assert.Equal(into.ToString(CultureInfo.InvariantCulture), reply.Element("hostid")!.Value);
        Assert.Equal(20, (double)reply.Element("host_total_credit")!);
        Assert.Equal(2, project.Number("SELECT count(*) FROM host"));

        // And a client that attaches anew with the same machine's id finds the host that goes on.
        (ada.HostId, ada.Seqno) = (0, 0);
        await ada.Call();
        Assert.Equal(into, ada.HostId);
        Assert.Contains("merged into host", (await Refused(project, old, into)).Message, StringComparison.Ordinal);
        Assert.Contains("no host 99", (await Refused(project, 99, into)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_block_by_the_old_number_is_one_of_the_host_that_goes_on()
    {
        var (project, ada, old) = await AttachedAnew();
        await using var _ = project;
        using var __ = ada;
        await HostMerge.Run(project.Database, project.Science, old, ada.HostId, project.Clock.Now);
        Assert.Equal(ada.HostId, await HostBlocking.Set(project.Database, old, project.Clock.Now + 1000, "broken memory"));
        Assert.Equal(1, project.Number("SELECT count(*) FROM host WHERE blocked_reason = 'broken memory' AND id = $1", ada.HostId));
        Assert.Equal(1, project.Number("SELECT count(*) FROM host WHERE blocked_reason = 'broken memory'"));
    }

    [Fact]
    public async Task What_a_caught_host_did_stays_known()
    {
        var (project, ada, old) = await AttachedAnew();
        await using var _ = project;
        using var __ = ada;
        var until = project.Clock.Now + 500_000;
        await project.Database.Write(session =>
        {
            session.Execute("UPDATE host SET blocked_until = $2, blocked_reason = 'false work', invalid_results = 3 WHERE id = $1", old,
                until);
            session.Execute("UPDATE host_app_version SET max_jobs_per_day = 1, consecutive_valid = 0 WHERE host_id = $1", old);
            session.Execute("UPDATE host SET standing = 1 WHERE id = $1", ada.HostId);
        });
        await HostMerge.Run(project.Database, project.Science, old, ada.HostId, project.Clock.Now);
        Assert.Equal((until, 0, 3), (project.Number("SELECT blocked_until FROM host WHERE id = $1", ada.HostId),
            project.Number("SELECT standing FROM host WHERE id = $1", ada.HostId),
            project.Number("SELECT invalid_results FROM host WHERE id = $1", ada.HostId)));
        Assert.Equal((1, 1), (project.Number("SELECT max_jobs_per_day FROM host_app_version"),
            project.Number("SELECT count(*) FROM host_app_version")));
        await Pause();
        Assert.Contains("Not accepting requests", (await ada.Call(1, 1)).Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_machines_and_two_peoples_are_never_made_one()
    {
        var (project, ada, old) = await AttachedAnew();
        await using var _ = project;
        using var __ = ada;
        using var bob = await Caller.Register(project, "bob");
        await bob.Call();
        Assert.Contains("different accounts", (await Refused(project, old, bob.HostId)).Message, StringComparison.Ordinal);
        Assert.Contains($"merge {old} into {ada.HostId}", (await Refused(project, ada.HostId, old)).Message, StringComparison.Ordinal);
        await project.Database.Write(session => session.Execute("UPDATE host SET rpc_time = $2 WHERE id = $1", old, project.Clock.Now));
        Assert.Contains("two machines", (await Refused(project, old, ada.HostId)).Message, StringComparison.Ordinal);
        Assert.Equal(2, project.Number("SELECT count(*) FROM host WHERE total_credit = 10"));
    }

    [Fact]
    public void Trust_adds_up_for_clean_records_only()
    {
        var (clean, other) = (new HostTrust(1, 100, 30, 7, HostStanding.Trusted, 0), new HostTrust(2, 50, 20, 9, HostStanding.Trusted, 0));
        Assert.Equal(new HostTrust(1, 150, 50, 7, HostStanding.Trusted, 0), clean.With(other));
        var caught = new HostTrust(2, 3, 3, 3, HostStanding.Provisional, 2);
        Assert.Equal(new HostTrust(1, 3, 3, 3, HostStanding.Provisional, 2), clean.With(caught));
        Assert.Equal(3, caught.With(clean).Networks);
        Assert.Equal(0, clean.With(new HostTrust(2, 0, 0, 0, HostStanding.Provisional, 1)).Networks);
        Assert.Equal(clean, clean.With(new HostTrust(2, 0, 0, 0, HostStanding.Provisional, 0)));
    }
}

public sealed class SqliteHostMergeTests(PostgresServer postgres) : HostMergeTests<Sqlite>(postgres);

public sealed class PostgresHostMergeTests(PostgresServer postgres) : HostMergeTests<Postgres>(postgres);

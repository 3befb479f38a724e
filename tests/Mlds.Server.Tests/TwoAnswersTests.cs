using Microsoft.Extensions.DependencyInjection;
using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Daemons;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Tests;

/// <summary>
/// Two results of one unit, one of which came late: whose word counts, and what becomes of the unit when one of the two hosts is caught.
/// </summary>
public abstract class TwoAnswersTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    static long Canonical(TestProject project, Caller caller) => project.Number(
        "SELECT w.canonical_result_id FROM workunit w JOIN result r ON r.workunit_id = w.id WHERE r.host_id = $1", caller.HostId);

    static long ResultOf(TestProject project, Caller caller) => project.Number("SELECT id FROM result WHERE host_id = $1", caller.HostId);

    /// <summary>Ada is late, so Bob has the unit too.</summary>
    async Task<(TestProject Project, Caller Ada, Caller Bob)> BothHaveIt()
    {
        var science = new LineScience(5) // while some are unsent, held results aren't computed again here
        {
            DelayBound = 3600,
            FpopsEstimate = 1,
            Proved = false,
            LooksClosely = false,
            Standing = state => state == ValidateState.Invalid ? HostStanding.Caught : HostStanding.Provisional,
        };
        var project = await Begin(science, settings => settings with { MaxTasksPerCall = 1 });
        await project.HasUnsent(5);
        var (ada, bob) = (await Caller.Register(project, "Ada"), await Caller.Register(project, "Bob"));
        await ada.Call(1, 1);
        project.Clock.TurnAhead(TimeSpan.FromHours(2));
        await project.HasUnsent(5);
        await bob.Call(1, 1);
        Assert.Equal(ada.Tasks.Keys.Single()[..^1], Assert.Single(bob.Tasks).Key[..^1]);
        return (project, ada, bob);
    }

    [Fact]
    public async Task A_late_right_result_is_not_condemned_by_a_false_one_that_is_held()
    {
        var (project, ada, bob) = await BothHaveIt();
        await using var _ = project;
        using var __ = ada;
        using var ___ = bob;
        await bob.FinishAll(_ => "a forgery");
        await TestProject.Until(() => project.Number("SELECT count(*) FROM workunit WHERE held = 1") == 1, "the forgery is held");
        await ada.FinishAll();
        await TestProject.Until(() => Canonical(project, ada) == ResultOf(project, ada), "the right result takes its place");
        Assert.Equal(0, project.Number("SELECT invalid_results FROM host WHERE id = $1", ada.HostId));
        Assert.Equal(1, project.Number("SELECT count(*) FROM host WHERE id = $1 AND blocked_until > 0", bob.HostId));
        Assert.DoesNotContain("a forgery", project.Science.Zoo.Values);
    }

    [Fact]
    public async Task When_the_host_of_a_held_result_is_caught_another_that_agreed_takes_its_place()
    {
        var (project, ada, bob) = await BothHaveIt();
        await using var _ = project;
        using var __ = ada;
        using var ___ = bob;
        await bob.FinishAll();
        await TestProject.Until(() => Canonical(project, bob) == ResultOf(project, bob), "the first one is held");
        await ada.FinishAll();
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE validate_state = 1") == 2, "both are valid");
        var services = project.Server!.Services;
        await project.Database.Write(session => HostVoiding.Void(
            session, services.GetRequiredService<ProjectSettings>(), services.GetRequiredService<Signals>(),
            services.GetRequiredService<TimeProvider>().UnixSeconds(), bob.HostId, "false work"));
        Assert.Equal(ResultOf(project, ada), Canonical(project, ada));
        Assert.Equal(1, project.Number("SELECT count(*) FROM workunit WHERE held = 1"));
    }
}

public sealed class SqliteTwoAnswersTests(PostgresServer postgres) : TwoAnswersTests<Sqlite>(postgres);

public sealed class PostgresTwoAnswersTests(PostgresServer postgres) : TwoAnswersTests<Postgres>(postgres);

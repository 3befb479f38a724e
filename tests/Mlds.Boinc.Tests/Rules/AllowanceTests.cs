using Mlds.Boinc.Rules;

namespace Mlds.Boinc.Tests.Rules;

public sealed class AllowanceTests
{
    const long Day = 20_000;

    [Fact]
    public void So_many_tasks_may_be_held_and_so_many_a_day()
    {
        var allowance = new Allowance(16, 0, 0, Day);
        Assert.Equal(16, allowance.Left(Day, 0, 50));
        Assert.Equal(6, allowance.Left(Day, 10, 50));
        Assert.Equal(0, allowance.Left(Day, 20, 50));
        var busy = allowance.AfterSent(Day, 795);
        Assert.Equal(5, busy.Left(Day, 0, 50));
        Assert.Equal(16, busy.Left(Day + 1, 0, 50));
    }

    [Fact]
    public void Who_only_fails_gets_one_task_a_day()
    {
        var none = new Allowance(0, 0, 0, Day);
        Assert.Equal(1, none.Left(Day, 0, 50));
        Assert.Equal(0, none.Left(Day, 1, 50));
        Assert.Equal(0, none.AfterSent(Day, 1).Left(Day, 0, 50));
    }

    [Fact]
    public void Hosts_a_day_follow_from_the_tasks_and_are_fewer_for_a_suspect_account()
    {
        var allowance = new Allowance(64, 3, 0, Day);
        Assert.Equal((32, 16), (allowance.HostsLeft(Day, false), allowance.HostsLeft(Day, true)));
        var one = allowance.AfterNewHost(Day).AfterNewHost(Day);
        Assert.Equal((30, 14), (one.HostsLeft(Day, false), one.HostsLeft(Day, true)));
        Assert.Equal(3, one.TasksToday);
        Assert.Equal(0, one.AfterNewHost(Day + 1).TasksToday);
        Assert.Equal(1, new Allowance(0, 0, 0, Day).HostsLeft(Day, true));
    }

    /// <summary>The numbers of operate.md: a hundred computers of four processors in one new account, tasks of an hour.</summary>
    [Fact]
    public void A_school_with_a_hundred_computers_is_fully_at_work_after_five_rounds()
    {
        var (allowance, hosts, rounds) = (new Allowance(16, 0, 0, Day), 0L, 0);
        while (true)
        {
            while (hosts < 100 && allowance.HostsLeft(Day, false) > 0) (allowance, hosts) = (allowance.AfterNewHost(Day), hosts + 1);
            var tasks = Math.Min(4 * hosts, allowance.Left(Day, 0, 50));
            if (tasks == 400) break;
            rounds++;
            allowance = allowance.AfterSent(Day, tasks) with { Tasks = allowance.Tasks + tasks };
        }

        Assert.Equal(5, rounds);
    }

    [Fact]
    public void A_unit_comes_back_to_who_failed_on_it_ever_later()
    {
        Assert.Equal(
            [3600, 7200, 14400, 28800, 57600, 86400, 86400],
            Enumerable.Range(1, 7).Select(failures => RetryDelay.Seconds(3600, failures, here: true)));
        Assert.Equal([0, 3600, 7200], Enumerable.Range(1, 3).Select(failures => RetryDelay.Seconds(3600, failures, here: false)));
        Assert.Equal(86400, RetryDelay.Seconds(3600, 1000, here: true));
        Assert.Equal(200_000, RetryDelay.Seconds(200_000, 3, here: true));
    }
}

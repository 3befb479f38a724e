using Mlds.Boinc.Rules;
using Mlds.Boinc.States;

namespace Mlds.Boinc.Tests.Rules;

public sealed class HostRulesTests
{
    [Fact]
    public void A_host_that_only_fails_comes_down_to_one_task_a_day_and_recovers_by_doubling()
    {
        var quota = new HostQuota(8, 0, 0, 5);
        for (var i = 0; i < 20; i++) quota = quota.AfterFailure();
        Assert.Equal(new HostQuota(1, 0, 0, 0), quota);
        Assert.Equal(2, quota.AfterValid(8).MaxJobsPerDay);
        Assert.Equal(8, quota.AfterValid(8).AfterValid(8).AfterValid(8).AfterValid(8).MaxJobsPerDay);
    }

    [Fact]
    public void The_quota_counts_by_day_and_processor()
    {
        var quota = new HostQuota(3, 0, 0, 0).AfterSent(10).AfterSent(10);
        Assert.Equal(4, quota.Left(10, 2));
        Assert.Equal(6, quota.Left(11, 2));
        Assert.Equal(1, quota.AfterSent(11).JobsToday);
    }

    [Theory]
    [InlineData(5, 7, HostMatch.Known)]
    [InlineData(5, 6, HostMatch.Known)]
    [InlineData(5, 5, HostMatch.Copied)]
    [InlineData(0, 7, HostMatch.Unknown)]
    [InlineData(-1, 7, HostMatch.Unknown)]
    public void A_call_number_that_goes_back_tells_a_copy(long hostId, long seqno, HostMatch match) =>
        Assert.Equal(match, HostIdentity.Of(hostId, seqno, (1, 6), 1));

    [Fact]
    public void Another_accounts_host_is_unknown()
    {
        Assert.Equal(HostMatch.Unknown, HostIdentity.Of(5, 7, (2, 6), 1));
        Assert.Equal(HostMatch.Unknown, HostIdentity.Of(5, 7, null, 1));
    }

    [Fact]
    public void Half_of_the_recent_credit_is_left_after_a_week()
    {
        var after = new RecentCredit(100, 1000).After(1000 + RecentCredit.HalfLife, 0);
        Assert.Equal(50, after.Average, 1e-9);
    }

    [Fact]
    public void Steady_credit_comes_to_its_rate_a_day()
    {
        var credit = new RecentCredit(0, 1);
        for (var hour = 1; hour <= 24 * 100; hour++) credit = credit.After(1 + 3600.0 * hour, 10);
        Assert.Equal(240, credit.Average, 0.5);
    }

    [Fact]
    public void A_day_of_one_gigaflops_is_200_credits() => Assert.Equal(200, RecentCredit.OfFlops(86400e9), 1e-9);

    [Theory]
    [InlineData(ServerState.InProgress, ResultOutcome.Init, 1, ReportVerdict.Accept)]
    [InlineData(ServerState.Over, ResultOutcome.NoReply, 1, ReportVerdict.Accept)]
    [InlineData(ServerState.Over, ResultOutcome.ClientDetached, 1, ReportVerdict.Accept)]
    [InlineData(ServerState.Over, ResultOutcome.Success, 1, ReportVerdict.Ignore)]
    [InlineData(ServerState.Over, ResultOutcome.ClientError, 1, ReportVerdict.Ignore)]
    [InlineData(ServerState.Unsent, ResultOutcome.Init, 1, ReportVerdict.Ignore)]
    [InlineData(ServerState.InProgress, ResultOutcome.Init, 2, ReportVerdict.Ignore)]
    public void No_report_counts_twice_or_for_another_account(
        ServerState state, ResultOutcome outcome, long reporter, ReportVerdict verdict) =>
        Assert.Equal(verdict, ReportRules.Of(state, outcome, 1, reporter));
}

using Mlds.Boinc.Rules;

namespace Mlds.Boinc.Tests.Rules;

/// <summary>A clock that was set back keeps nobody waiting.</summary>
public sealed class ElapsedTests
{
    [Fact]
    public void What_lies_in_the_future_was_not_just_now()
    {
        Assert.True(Elapsed.LessThan(30, since: 1000, now: 1029));
        Assert.False(Elapsed.LessThan(30, since: 1000, now: 1030));
        Assert.False(Elapsed.LessThan(30, since: 1000, now: 999));
    }

    [Fact]
    public void Nothing_waits_longer_than_it_was_put_off()
    {
        Assert.True(Elapsed.WaitsUntil(1060, now: 1000, seconds: 60));
        Assert.False(Elapsed.WaitsUntil(1060, now: 1060, seconds: 60));
        Assert.False(Elapsed.WaitsUntil(1060, now: 999, seconds: 60));
    }
}

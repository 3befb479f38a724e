using Mlds.Server.Science;

namespace Mlds.Server.Tests.Science;

public sealed class ReplayPolicyTests
{
    [Fact]
    public void A_new_hosts_first_networks_are_all_trained_again_and_the_share_never_reaches_zero()
    {
        var policy = ReplayPolicy.Default;
        Assert.All(Enumerable.Range(0, policy.First), n => Assert.Equal(1, policy.Share(n)));
        Assert.All(Enumerable.Range(0, 5000), n => Assert.True(policy.Share(n) >= policy.Share(n + 1)));
        Assert.Equal(policy.Floor, policy.Share(long.MaxValue));
        Assert.True(policy.Floor > 0);
    }

    [Fact]
    public void The_lot_is_uniform_and_the_same_whenever_it_is_drawn()
    {
        var lot = new ReplayLot("secret");
        var draws = Enumerable.Range(0, 4000).Select(i => lot.Draw($"unit_{i / 40}_1", i % 40)).ToList();
        Assert.Equal(draws[123], new ReplayLot("secret").Draw("unit_3_1", 3));
        Assert.NotEqual(draws[123], new ReplayLot("other").Draw("unit_3_1", 3));
        Assert.InRange(draws.Average(), 0.48, 0.52);
        for (var tenth = 0; tenth < 10; tenth++) Assert.InRange(draws.Count(draw => (int)(draw * 10) == tenth), 330, 470);
    }
}

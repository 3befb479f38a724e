using System.Globalization;
using CsCheck;
using Mlds.Reports.Drawing;

namespace Mlds.Reports.Tests.Drawing;

public sealed class ScaleTests
{
    static readonly Gen<(double Low, double High)> s_ranges =
        Gen.Select(Gen.Double[-1e4, 1e4], Gen.Double[-6, 4]).Select((low, power) => (low, low + Math.Pow(10, power)));

    static readonly Gen<(double Low, double High)> s_positive =
        Gen.Select(Gen.Double[-8, 2], Gen.Double[0.02, 6]).Select((power, span) => (Math.Pow(10, power), Math.Pow(10, power + span)));

    [Theory]
    [InlineData(0.0411, 0.0489)]
    [InlineData(3.2e-5, 3.9e-5)]
    [InlineData(0.5, 0.5001)]
    public void A_logarithmic_axis_between_two_round_numbers_still_has_ticks(double low, double high)
    {
        Assert.NotEmpty(Scale.Log(low, high).Ticks);
        Assert.All(Scale.LogShare(low, high).Ticks, tick => Assert.EndsWith(" %", tick.Label, StringComparison.Ordinal));
        Assert.All(Scale.Log(low, high).Ticks, tick => Assert.True(Scale.Log(low, high).Has(tick.Value)));
    }

    [Fact]
    public void A_linear_axis_has_a_few_ticks_inside_its_range_that_say_what_they_are() => s_ranges.Sample(range =>
    {
        var scale = Scale.Linear(range.Low, range.High);
        var ticks = scale.Ticks;
        Assert.InRange(ticks.Count, 2, 12);
        foreach (var tick in ticks)
        {
            Assert.InRange(scale.Place(tick.Value), -1e-6, 1 + 1e-6);
            Assert.Equal(tick.Value, double.Parse(tick.Label, CultureInfo.InvariantCulture), (range.High - range.Low) * 1e-3);
        }

        Assert.Equal(ticks.Count, ticks.Select(tick => tick.Label).Distinct().Count());
    });

    [Fact]
    public void A_logarithmic_axis_marks_equal_ratios_at_equal_distances() => s_positive.Sample(range =>
    {
        var scale = Scale.Log(range.Low, range.High);
        var middle = Math.Sqrt(range.Low * range.High);
        Assert.Equal(0.5, scale.Place(middle), 1e-9);
        Assert.Equal(0, scale.Place(range.Low), 1e-9);
        Assert.Equal(1, scale.Place(range.High), 1e-9);
        Assert.All(scale.Ticks, tick => Assert.InRange(scale.Place(tick.Value), -1e-4, 1 + 1e-4));
        if (range.High / range.Low > 10)
            Assert.NotEmpty(scale.Ticks);
    });

    [Fact]
    public void Shares_are_marked_in_per_cent() =>
        Assert.Equal(["0.1 %", "1 %", "10 %", "100 %"], Scale.LogShare(0.0008, 1.25).Ticks.Select(tick => tick.Label));

    [Fact]
    public void A_few_far_away_do_not_press_the_others_together()
    {
        var crowd = Enumerable.Range(0, 100).Select(i => (double)i).ToArray();
        var crowded = Scale.AroundMost([.. crowd, 10_000]);
        Assert.InRange(crowded.Place(99) - crowded.Place(0), 0.7, 1);
        Assert.False(crowded.Has(10_000));
        Assert.True(crowded.Has(50));

        var even = Scale.AroundMost(crowd);
        Assert.All(crowd, value => Assert.True(even.Has(value)));
        Assert.True(Scale.AroundMost([3, 3, 3]).Has(3));
    }

    [Fact]
    public void The_first_name_is_on_top()
    {
        var scale = Scale.Names(["a", "b", "c"]);
        Assert.True(scale.Place(0) > scale.Place(1) && scale.Place(1) > scale.Place(2));
    }
}

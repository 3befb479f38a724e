using Mlds.Analysis.Data;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Validation;

public sealed class BootstrapTests
{
    [Fact]
    public void The_interval_of_a_mean_holds_the_truth_about_as_often_as_it_says()
    {
        var held = 0;
        for (var trial = 0; trial < 200; trial++)
        {
            var random = new SeededRandom(6, (ulong)trial);
            var numbers = Enumerable.Range(0, 60).Select(_ => random.NextNormal()).ToArray();
            var interval = Bootstrap.Interval([.. Enumerable.Range(0, 60)], rows => rows.Average(row => numbers[row]), 400, (ulong)trial);
            if (interval.Low <= 0 && interval.High >= 0) held++;
        }

        Assert.InRange(held, 178, 199);
    }

    [Fact]
    public void Rows_that_hang_together_make_a_wider_interval()
    {
        var random = new SeededRandom(9);
        var offsets = Enumerable.Range(0, 20).Select(_ => random.NextNormal()).ToArray();
        double Width(Func<int, int> group)
        {
            var interval = Bootstrap.Interval(
                [.. Enumerable.Range(0, 100).Select(group)], rows => rows.Average(row => offsets[row / 5]), 500);
            return interval.High - interval.Low;
        }

        Assert.InRange(Width(row => row / 5) / Width(row => row), 1.7, 3);
    }

    [Fact]
    public void Undefined_draws_are_left_out_and_no_rows_refused()
    {
        var interval = Bootstrap.Interval([0, 1], rows => rows.Distinct().Count() == 2 ? 1 : double.NaN, 100);
        Assert.Equal((1, 1, 1), (interval.Value, interval.Low, interval.High));
        Assert.Throws<ArgumentException>(() => Bootstrap.Interval([], _ => 0));
    }
}

using CsCheck;
using Mlds.Analysis.Data;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Validation;

public sealed class IntervalsTests
{
    /// <summary>
    /// Published: Newcombe, Statistics in Medicine 17 (1998), 857–872, table I, method 3 (score without continuity correction).
    /// </summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void A_proportions_interval_is_the_published_one(int hits, int count, double low, double high)
    {
        var interval = Intervals.Proportion((double)hits / count, count);
        Assert.Equal(low, interval.Low, 5e-5);
        Assert.Equal(high, interval.High, 5e-5);
    }

    [Fact]
    public void A_perfect_auc_on_few_networks_is_not_certain()
    {
        var small = Intervals.Auc(1, 10, 10);
        var large = Intervals.Auc(1, 100, 100);
        Assert.Equal(1, small.High);
        Assert.InRange(small.Low, 0.6, 0.9);
        Assert.InRange(large.Low, 0.95, 0.995);
    }

    [Fact]
    public void An_aucs_interval_holds_it_and_mirrors_with_it() =>
        Gen.Select(Gen.Double[0, 1], Gen.Int[2, 200], Gen.Int[2, 200]).Sample((auc, positives, negatives) =>
        {
            var interval = Intervals.Auc(auc, positives, negatives);
            Assert.InRange(auc, interval.Low, interval.High);
            var mirrored = Intervals.Auc(1 - auc, negatives, positives);
            Assert.Equal(1 - interval.High, mirrored.Low, 1e-9);
            Assert.Equal(1 - interval.Low, mirrored.High, 1e-9);
        });

    /// <summary>Checks what "95 %" promises, on samples whose true AUC is known: Φ(shift / √2).</summary>
    [Theory]
    [InlineData(0.0, 0.5)]
    [InlineData(1.0, 0.760250)]
    [InlineData(2.0, 0.921350)]
    [InlineData(3.0, 0.983053)]
    public void An_aucs_interval_covers_the_truth_at_least_93_times_in_100(double shift, double truth)
    {
        var random = new SeededRandom(12);
        var covered = 0;
        const int Rounds = 2000, Each = 20;
        bool[] positive = [.. Enumerable.Range(0, 2 * Each).Select(i => i < Each)];
        for (var round = 0; round < Rounds; round++)
        {
            double[] scores = [.. positive.Select(p => random.NextNormal() + (p ? shift : 0))];
            var interval = Intervals.Auc(Auc.Of(scores, positive), Each, Each);
            if (interval.Low <= truth && truth <= interval.High) covered++;
        }

        Assert.InRange(covered / (double)Rounds, 0.93, 1);
    }

    [Fact]
    public void The_interval_of_a_mean_shrinks_with_their_number()
    {
        var one = Intervals.Auc(0.8, 30, 30);
        Assert.Equal(one, Intervals.Mean([one]));
        var four = Intervals.Mean([one, one, one, one]);
        Assert.Equal((one.High - one.Low) / 2, four.High - four.Low, 1e-9);
    }
}

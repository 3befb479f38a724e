using Mlds.Analysis.Data;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Validation;

public sealed class PermutationTestTests
{
    static FeatureMatrix Normal(int rows, int columns, ulong seed, Func<int, double> shift)
    {
        var random = new SeededRandom(seed);
        return new FeatureMatrix(
            [.. Enumerable.Range(0, rows * columns).Select(i => random.NextNormal() + shift(i / columns))],
            rows, [.. Enumerable.Range(0, columns).Select(j => $"x{j}")]);
    }

    static bool[] Halves(int rows) => [.. Enumerable.Range(0, rows).Select(i => i >= rows / 2)];

    [Fact]
    public void Energy_distance_in_one_dimension_is_scipys()
    {
        var matrix = Normal(50, 1, 4, i => i >= 20 ? 0.7 : 0);
        bool[] second = [.. Enumerable.Range(0, 50).Select(i => i >= 20)];
        var expected = Python.Run(
            "from scipy.stats import energy_distance\nx = np.array(data['x'])\nout(d=float(energy_distance(x[:20], x[20:])))",
            ("x", Samples.Doubles(matrix.Values)));
        Assert.Equal(expected.Double("d") * expected.Double("d"), EnergyDistance.Test(matrix, second).Statistic, 1e-9);
    }

    [Fact]
    public void Maximum_mean_discrepancy_is_the_sum_of_its_definition()
    {
        var matrix = Normal(24, 3, 9, i => i >= 10 ? 1 : 0);
        bool[] second = [.. Enumerable.Range(0, 24).Select(i => i >= 10)];
        var expected = Python.Run(
            """
            from scipy.spatial.distance import cdist, pdist
            x = rows('x', 3)
            k = np.exp(-cdist(x, x) ** 2 / (2 * np.median(pdist(x)) ** 2))
            out(m=float(k[:10, :10].mean() + k[10:, 10:].mean() - 2 * k[:10, 10:].mean()))
            """, ("x", Samples.Doubles(matrix.Values)));
        Assert.Equal(expected.Double("m"), MaximumMeanDiscrepancy.Test(matrix, second).Statistic, 1e-9);
    }

    [Fact]
    public void Equal_distributions_are_rejected_as_often_as_the_level_says()
    {
        var p = Enumerable.Range(0, 300).Select(trial => EnergyDistance.Test(
            Normal(20, 2, 1000 + (ulong)trial, _ => 0), Halves(20), new PermutationOptions(99, (ulong)trial)).PValue).ToArray();

        // 300 trials at level 0.1: 30 ± 3 × 5.2.
        Assert.InRange(p.Count(value => value <= 0.1), 14, 46);
        Assert.InRange(p.Average(), 0.45, 0.57);
    }

    [Fact]
    public void A_shift_and_a_mere_change_of_spread_are_both_found()
    {
        Assert.Equal(
            0.005, EnergyDistance.Test(Normal(60, 4, 3, i => i >= 30 ? 1 : 0), Halves(60), new PermutationOptions(199)).PValue, 1e-12);
        var spread = Normal(120, 2, 5, _ => 0);
        for (var i = 120; i < 240; i++) spread.Values[i] *= 4;
        Assert.Equal(0.005, MaximumMeanDiscrepancy.Test(spread, Halves(120), new PermutationOptions(199)).PValue, 1e-12);
    }

    /// <summary>Pairs share a large offset of their own; only within pairs does the small shift show.</summary>
    [Fact]
    public void Twins_exchanged_within_their_seed_show_a_shift_that_free_relabelling_misses()
    {
        var random = new SeededRandom(12);
        var offsets = Enumerable.Range(0, 20).Select(_ => 10 * random.NextNormal()).ToArray();
        var matrix = Normal(40, 1, 8, i => offsets[i % 20] + (i >= 20 ? 4 : 0));
        int[] seeds = [.. Enumerable.Range(0, 40).Select(i => i % 20)];
        var free = EnergyDistance.Test(matrix, Halves(40), new PermutationOptions(199)).PValue;
        var paired = EnergyDistance.Test(matrix, Halves(40), new PermutationOptions(199, Blocks: seeds)).PValue;
        Assert.True(paired < 0.02 && free > 0.2, $"Paired {paired}, free {free}.");
    }

    [Fact]
    public void The_same_seed_gives_the_same_p_and_one_sample_none()
    {
        var matrix = Normal(30, 2, 2, _ => 0);
        Assert.Equal(EnergyDistance.Test(matrix, Halves(30)), EnergyDistance.Test(matrix, Halves(30)));
        Assert.Contains(
            "all of one",
            Assert.Throws<ArgumentException>(() => EnergyDistance.Test(matrix, new bool[30])).Message, StringComparison.Ordinal);
    }
}

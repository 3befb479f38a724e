using Mlds.Analysis.Data;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Validation;

public sealed class MantelTestTests
{
    /// <summary>Distances between points of the plane; a second matrix of the same points, moved by noise.</summary>
    static (double[] A, double[] B) Distances(int n, ulong seed, double noise)
    {
        var random = new SeededRandom(seed);
        var points = Enumerable.Range(0, n).Select(_ => (X: random.NextNormal(), Y: random.NextNormal())).ToArray();
        var moved = Array.ConvertAll(
            points, point => (X: point.X + (noise * random.NextNormal()), Y: point.Y + (noise * random.NextNormal())));
        double[] Of((double X, double Y)[] all) =>
            [.. all.SelectMany(a => all.Select(b => Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)))))];
        return (Of(points), Of(moved));
    }

    [Fact]
    public void The_correlation_is_numpys_and_the_p_value_near_that_of_all_permutations()
    {
        var (a, b) = Distances(7, 5, 1.2);
        var expected = Python.Run(
            """
            from itertools import permutations
            a, b = rows('a', 7), rows('b', 7)
            pairs = np.triu_indices(7, 1)
            r = np.corrcoef(a[pairs], b[pairs])[0, 1]
            all = [np.corrcoef(a[pairs], b[np.ix_(p, p)][pairs])[0, 1] for p in map(list, permutations(range(7)))]
            out(r=float(r), p=float(np.mean(np.array(all) >= r - 1e-12)))
            """,
            ("a", a), ("b", b));
        var test = MantelTest.Of(a, b, 7);
        Assert.Equal(expected.Double("r"), test.Correlation, 1e-12);

        // 9,999 draws: within 5 standard deviations of the exact value.
        var p = expected.Double("p");
        Assert.InRange(test.PValue, p - (5 * Math.Sqrt(p * (1 - p) / 9999)), p + (5 * Math.Sqrt(p * (1 - p) / 9999)) + 2e-4);
    }

    [Fact]
    public void Distances_of_the_same_points_are_found_and_those_of_others_are_not()
    {
        var (a, b) = Distances(25, 3, 0.3);
        var test = MantelTest.Of(a, b, 25, 999);
        Assert.InRange(test.Correlation, 0.7, 1);
        Assert.Equal(0.001, test.PValue, 1e-12);
        Assert.InRange(test.Permuted.Value, -0.05, 0.05);
        Assert.True(test.Permuted.High < test.Correlation);

        var p = Enumerable.Range(0, 200).Select(trial => MantelTest.Of(
            Distances(12, (ulong)(2 * trial), 0).A, Distances(12, (ulong)((2 * trial) + 1), 0).A, 12, 99, (ulong)trial).PValue).ToArray();

        // 200 trials at level 0.1: 20 ± 3 × 4.2.
        Assert.InRange(p.Count(value => value <= 0.1), 7, 33);
    }

    [Fact]
    public void Equal_matrices_correlate_perfectly_and_a_constant_one_not_at_all()
    {
        var (a, _) = Distances(8, 2, 0);
        Assert.Equal(1, MantelTest.Of(a, a, 8).Correlation, 1e-12);
        Assert.Equal(MantelTest.Of(a, a, 8), MantelTest.Of(a, a, 8));
        var constant = MantelTest.Of(a, [.. Enumerable.Repeat(1.0, 64)], 8, 99);
        Assert.Equal((0, 1), (constant.Correlation, constant.PValue));
        Assert.Throws<ArgumentException>(() => MantelTest.Of(a, a, 7));
        Assert.Throws<ArgumentException>(() => MantelTest.Of([0, 1, 1, 0], [0, 1, 1, 0], 2));
    }

    [Fact]
    public void A_bootstrap_over_objects_leaves_out_pairs_of_an_object_with_itself()
    {
        var (a, b) = Distances(9, 4, 0.5);
        Assert.Equal(MantelTest.Of(a, b, 9, 9).Correlation, MantelTest.Among(a, b, 9, [.. Enumerable.Range(0, 9)]), 1e-12);
        Assert.Equal(MantelTest.Among(a, b, 9, [0, 1, 2, 3]), MantelTest.Among(a, b, 9, [3, 1, 0, 2]), 1e-12);
        Assert.True(double.IsNaN(MantelTest.Among(a, b, 9, [5, 5, 5, 5])));
    }
}

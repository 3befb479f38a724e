using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;

namespace Mlds.Analysis.Tests.Classification;

public sealed class RidgeTests
{
    [Theory]
    [InlineData(40, 120, 3, 0.01)]
    [InlineData(90, 8, 2, 0.1)]
    public void Scores_are_scikit_learns(int rows, int columns, int classes, double penalty)
    {
        var matrix = Samples.Blobs(rows, columns, classes, 21, spread: 2);
        var labels = Samples.Labels(rows, classes);
        var test = Samples.Blobs(25, columns, classes, 22, spread: 2);
        var scores = Ridge.Fit(matrix, labels, classes, new RidgeOptions([penalty])).Scores(test);
        var expected = Python.Run(
            $"""
            from sklearn.linear_model import Ridge
            x, t, y = rows('x', {columns}), rows('t', {columns}), ints('y')
            m, s = x.mean(0), x.std(0)
            x, t = (x - m) / s, (t - m) / s
            targets = np.where(y[:, None] == np.arange({classes}), 1.0, -1.0)
            out(scores=Ridge(alpha={Text(penalty)} * (x ** 2).sum() / len(x)).fit(x, targets).predict(t))
            """,
            ("x", Samples.Doubles(matrix.Values)), ("t", Samples.Doubles(test.Values)), ("y", Samples.Doubles(labels)));
        Near.All(expected.Doubles("scores"), scores, 1e-6);
    }

    [Fact]
    public void The_penalty_is_the_one_with_the_least_leave_one_out_error_by_brute_force()
    {
        // One informative scale of noise: neither the smallest nor the largest penalty is best.
        var matrix = Samples.Blobs(30, 12, 2, 33, spread: 4);
        var labels = Samples.Labels(30, 2);
        double[] penalties = [1e-4, 1e-2, 1, 100];
        var scaled = Standardizer.Fit(matrix).Transform(matrix);
        var errors = penalties.Select(penalty => Enumerable.Range(0, 30).Sum(held =>
        {
            int[] rest = [.. Enumerable.Range(0, 30).Where(i => i != held)];
            var error = BruteForce(scaled, labels, rest, held, penalty);
            return error * error;
        })).ToArray();
        var best = penalties[Array.IndexOf(errors, errors.Min())];
        Assert.NotEqual(penalties[0], best);
        var test = Samples.Blobs(10, 12, 2, 34);
        Assert.Equal(
            Ridge.Fit(matrix, labels, 2, new RidgeOptions([best])).Scores(test),
            Ridge.Fit(matrix, labels, 2, new RidgeOptions(penalties)).Scores(test));
    }

    /// <summary>
    /// Primal normal equations with an intercept, solved by elimination, on rows scaled by all thirty: what the shortcut claims to equal.
    /// </summary>
    static double BruteForce(FeatureMatrix scaled, int[] labels, int[] rest, int held, double penalty)
    {
        // The penalty's unit is the mean squared length of all rows, which standardised columns make the number of columns.
        var d = scaled.Columns + 1;
        var a = new double[d, d + 1];
        foreach (var i in rest)
        {
            double[] x = [.. scaled.Row(i), 1];
            for (var p = 0; p < d; p++)
            {
                for (var q = 0; q < d; q++) a[p, q] += x[p] * x[q];
                a[p, d] += x[p] * (labels[i] == 1 ? 1 : -1);
            }
        }

        for (var p = 0; p < d - 1; p++) a[p, p] += penalty * scaled.Columns;
        for (var p = 0; p < d; p++)
        {
            for (var r = 0; r < d; r++)
            {
                if (r == p) continue;
                var factor = a[r, p] / a[p, p];
                for (var q = p; q <= d; q++) a[r, q] -= factor * a[p, q];
            }
        }

        double[] test = [.. scaled.Row(held), 1];
        return (labels[held] == 1 ? 1 : -1) - test.Select((x, p) => x * a[p, d] / a[p, p]).Sum();
    }

    [Fact]
    public void Labelings_scored_together_score_as_if_each_were_alone()
    {
        var matrix = Samples.Blobs(40, 10, 2, 5);
        var labels = Samples.Labels(40, 2);
        int[] other = [.. labels.Reverse()];
        var test = Samples.Blobs(15, 10, 2, 6);
        var both = new Ridge(RidgeOptions.Default).Score(matrix, [labels, other], 2, test);
        Near.All(Ridge.Fit(matrix, labels, 2, RidgeOptions.Default).Scores(test), both[0], 1e-10);
        Near.All(Ridge.Fit(matrix, other, 2, RidgeOptions.Default).Scores(test), both[1], 1e-10);
    }

    static string Text(double value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

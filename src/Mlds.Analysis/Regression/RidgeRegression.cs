using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Regression;

/// <summary>
/// Ridge regression onto a number, with standardised columns and an unpenalised intercept (Hoerl and Kennard 1970), in its dual form. The penalty is that of the least exact
/// leave-one-out error on the training rows (Allen's PRESS, 1974).
/// </summary>
/// <seealso href="https://scikit-learn.org/stable/modules/generated/sklearn.linear_model.RidgeCV.html"/>
public static class RidgeRegression
{
    static readonly double[] s_penalties = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10];

    /// <summary>
    /// Predictions for the <paramref name="test"/> rows by a model of the <paramref name="training"/> rows, once for each of <paramref name="targets"/>, which share the matrix' factors and each choose their
    /// own penalty.
    /// </summary>
    public static double[][] Predict(FeatureMatrix training, IReadOnlyList<double[]> targets, FeatureMatrix test)
    {
        foreach (var target in targets)
            if (target.Length != training.Rows) throw new ArgumentException($"{training.Rows} rows need as many numbers in a target, not {target.Length}.", nameof(targets));
        var scaler = Standardizer.Fit(training);
        var rows = scaler.Transform(training);
        var n = rows.Rows;
        var means = targets.Select(target => target.Average()).ToArray();
        var duals = Solve(Products.Gram(rows.Values, n, rows.Columns), n, [.. targets.Select((target, set) => Array.ConvertAll(target, y => y - means[set]))]);
        var products = Products.TimesTransposed(scaler.Transform(test).Values, test.Rows, rows.Values, n, rows.Columns);
        return [.. duals.Select((dual, set) => Enumerable.Range(0, test.Rows).Select(i => means[set] + Products.Dot(products.AsSpan(i * n, n), dual)).ToArray())];
    }

    static double[][] Solve(double[] gram, int n, double[][] centred)
    {
        var scale = Math.Max(Enumerable.Range(0, n).Sum(i => gram[((long)i * n) + i]) / n, double.Epsilon);
        var best = new (double Error, double[] Dual)[centred.Length];
        Array.Fill(best, (double.PositiveInfinity, []));
        foreach (var penalty in s_penalties)
        {
            var ridge = penalty * scale;
            var factor = Cholesky.Factor(gram, n, ridge);
            var diagonal = factor.InverseDiagonal();
            for (var set = 0; set < centred.Length; set++)
            {
                // The intercept takes up the constant vector, an eigenvector of the centred Gram matrix with eigenvalue 0.
                var dual = factor.Solve(centred[set]);
                var error = Enumerable.Range(0, n).Sum(i => Math.Pow(dual[i] / (diagonal[i] - (1 / (n * ridge))), 2));
                if (error < best[set].Error) best[set] = (error, dual);
            }
        }

        return Array.ConvertAll(best, set => set.Dual);
    }
}

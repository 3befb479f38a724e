using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Classification;

/// <param name="Penalties">Candidates for the penalty α, as multiples of the mean squared length of a standardised row. The one with the
/// least squared leave-one-out error on the training networks is taken; a single one is taken as it is.</param>
public sealed record RidgeOptions(IReadOnlyList<double> Penalties)
{
    public static RidgeOptions Default { get; } = new([1e-4, 1e-3, 1e-2, 1e-1, 1]);
}

/// <summary>
/// Ridge regression onto class indicators (+1, −1), with standardised columns and an unpenalised intercept (Hoerl and Kennard 1970), solved in its
/// dual form (Saunders, Gammerman, Vovk 1998): networks are fewer than columns. Leave-one-out errors are exact and cost no refit (Allen's PRESS, 1974).
/// </summary>
/// <seealso href="https://scikit-learn.org/stable/modules/generated/sklearn.linear_model.RidgeClassifier.html"/>
public sealed class Ridge(RidgeOptions options) : IClassifier
{
    public string Name => "ridge";

    public double[][] Score(FeatureMatrix training, IReadOnlyList<int[]> labelings, int classes, FeatureMatrix test)
    {
        var scaler = Standardizer.Fit(training);
        var rows = scaler.Transform(training);
        var targets = labelings.Select(labels => new Targets(labels, classes)).ToArray();
        var duals = Solve(rows, targets);

        // For many labelings products with the training rows are cheaper, taken once, than weights over thousands of columns for each.
        var (n, m) = (rows.Rows, test.Rows);
        var products = Products.TimesTransposed(scaler.Transform(test).Values, m, rows.Values, n, rows.Columns);
        var scores = labelings.Select(_ => new double[m * classes]).ToArray();
        Parallel.For(0, m, i =>
        {
            var row = products.AsSpan(i * n, n);
            for (var set = 0; set < duals.Length; set++)
                for (var k = 0; k < classes; k++)
                    scores[set][(i * classes) + k] = targets[set].Mean[k] + Products.Dot(row, duals[set].AsSpan(k * n, n));
        });
        return scores;
    }

    /// <summary>A model of one labelling.</summary>
    public static IClassModel Fit(FeatureMatrix matrix, int[] labels, int classes, RidgeOptions options)
    {
        var scaler = Standardizer.Fit(matrix);
        var rows = scaler.Transform(matrix);
        var target = new Targets(labels, classes);
        return new RidgeModel(scaler, rows, new Ridge(options).Solve(rows, [target])[0], target.Mean);
    }

    /// <summary>The dual coefficients of each target, N numbers a class, under the penalty that suits it best.</summary>
    double[][] Solve(FeatureMatrix rows, Targets[] targets)
    {
        var n = rows.Rows;
        var gram = Products.Gram(rows.Values, n, rows.Columns);
        var scale = Math.Max(Enumerable.Range(0, n).Sum(i => gram[((long)i * n) + i]) / n, double.Epsilon);

        // Every labelling chooses its own penalty: a control that borrowed the true labels' choice would be no control.
        var best = new (double Error, double[] Dual)[targets.Length];
        Array.Fill(best, (double.PositiveInfinity, []));
        foreach (var penalty in options.Penalties)
        {
            var ridge = penalty * scale;
            var factor = Cholesky.Factor(gram, n, ridge);
            var diagonal = options.Penalties.Count > 1 ? factor.InverseDiagonal() : null;
            Parallel.For(0, targets.Length, set =>
            {
                var dual = factor.Solve(targets[set].Centred);
                var error = diagonal is null ? 0 : LeaveOneOutError(dual, diagonal, n, ridge);
                if (error < best[set].Error) best[set] = (error, dual);
            });
        }

        return Array.ConvertAll(best, set => set.Dual);
    }

    /// <summary>
    /// Σ (a_i / M_ii)², with M the inverse of K + αI less its part along the constant vector, which the intercept takes up: centred rows make
    /// that vector an eigenvector of K with eigenvalue 0.
    /// </summary>
    static double LeaveOneOutError(double[] dual, double[] inverseDiagonal, int n, double ridge)
    {
        var sum = 0.0;
        for (var i = 0; i < dual.Length; i++)
        {
            var residual = dual[i] / (inverseDiagonal[i % n] - (1 / (n * ridge)));
            sum += residual * residual;
        }

        return sum;
    }

    /// <summary>Indicators +1 and −1, centred; one column of N numbers after the other.</summary>
    sealed class Targets
    {
        internal Targets(int[] labels, int classes)
        {
            var n = labels.Length;
            Centred = new double[n * classes];
            Mean = new double[classes];
            for (var k = 0; k < classes; k++)
            {
                Mean[k] = ((2.0 * labels.Count(label => label == k)) / n) - 1;
                for (var i = 0; i < n; i++) Centred[(k * n) + i] = (labels[i] == k ? 1 : -1) - Mean[k];
            }
        }

        internal double[] Centred { get; }

        internal double[] Mean { get; }
    }
}

/// <summary>A fitted ridge classifier: weights over the columns, one set a class.</summary>
sealed class RidgeModel : IClassModel
{
    readonly Standardizer _scaler;
    readonly double[][] _weights;
    readonly double[] _intercepts;

    internal RidgeModel(Standardizer scaler, FeatureMatrix rows, double[] dual, double[] intercepts)
    {
        (_scaler, _intercepts) = (scaler, intercepts);
        _weights = new double[intercepts.Length][];
        for (var k = 0; k < _weights.Length; k++)
        {
            _weights[k] = new double[rows.Columns];
            for (var i = 0; i < rows.Rows; i++) Products.AddScaled(_weights[k], dual[(k * rows.Rows) + i], rows.Row(i));
        }
    }

    public double[] Scores(FeatureMatrix matrix)
    {
        var rows = _scaler.Transform(matrix);
        var classes = _weights.Length;
        var scores = new double[matrix.Rows * classes];
        for (var i = 0; i < matrix.Rows; i++)
            for (var k = 0; k < classes; k++) scores[(i * classes) + k] = _intercepts[k] + Products.Dot(_weights[k], rows.Row(i));
        return scores;
    }
}

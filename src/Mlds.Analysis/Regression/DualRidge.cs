using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Regression;

/// <summary>
/// Ridge regression in its dual form (Saunders, Gammerman, Vovk 1998), by products of rows with rows: for fewer networks than columns. Each
/// target takes the penalty of its own least squared leave-one-out error, which is exact and costs no refit (Allen's PRESS, 1974).
/// </summary>
sealed class DualRidge : RidgeFit
{
    readonly Standardizer _scaler;
    readonly FeatureMatrix _rows;
    readonly double[][] _means;
    readonly double[][] _duals;

    DualRidge(Standardizer scaler, FeatureMatrix rows, double[][] means, double[][] duals) =>
        (_scaler, _rows, _means, _duals) = (scaler, rows, means, duals);

    /// <inheritdoc cref="RidgeFit.Of"/>
    internal static DualRidge Fit(FeatureMatrix training, IReadOnlyList<double[]> targets, IReadOnlyList<double> penalties)
    {
        var scaler = Standardizer.Fit(training);
        var rows = scaler.Transform(training);
        var means = targets.Select(target => target.Chunk(rows.Rows).Select(column => column.Average()).ToArray()).ToArray();
        var centred = targets.Select((target, set) => target.Select((y, i) => y - means[set][i / rows.Rows]).ToArray()).ToArray();
        return new DualRidge(scaler, rows, means, Solve(rows, centred, penalties));
    }

    internal override double[][] Predict(FeatureMatrix test)
    {
        // With many targets, products with the training rows, taken once, are cheaper than weights over thousands of columns for each
        // target.
        var (n, m) = (_rows.Rows, test.Rows);
        var products = Products.TimesTransposed(_scaler.Transform(test).Values, m, _rows.Values, n, _rows.Columns);
        var predicted = Array.ConvertAll(_means, means => new double[m * means.Length]);
        Parallel.For(0, m, Parallelism.Options, i =>
        {
            var row = products.AsSpan(i * n, n);
            for (var set = 0; set < _duals.Length; set++)
            {
                var columns = _means[set].Length;
                for (var k = 0; k < columns; k++)
                    predicted[set][(i * columns) + k] = _means[set][k] + Products.Dot(row, _duals[set].AsSpan(k * n, n));
            }
        });
        return predicted;
    }

    internal override (Standardizer Scaler, double[][] Weights, double[] Intercepts) Primal(int target)
    {
        var weights = new double[_means[target].Length][];
        for (var k = 0; k < weights.Length; k++)
        {
            weights[k] = new double[_rows.Columns];
            for (var i = 0; i < _rows.Rows; i++) Products.AddScaled(weights[k], _duals[target][(k * _rows.Rows) + i], _rows.Row(i));
        }

        return (_scaler, weights, _means[target]);
    }

    /// <summary>The dual coefficients of each target, N numbers per column, under the penalty that suits it best.</summary>
    static double[][] Solve(FeatureMatrix rows, double[][] centred, IReadOnlyList<double> penalties)
    {
        var n = rows.Rows;
        var gram = Products.Gram(rows.Values, n, rows.Columns);
        var trace = Enumerable.Range(0, n).Sum(i => gram[((long)i * n) + i]);

        // Where no column varies all is 0, and any penalty gives the constant answer.
        var scale = trace > 0 ? trace / n : 1;

        // Every target chooses its own penalty: a shuffled control that borrowed the true labels' choice would be no control.
        var best = new (double Error, double[] Dual)[centred.Length];
        Array.Fill(best, (double.PositiveInfinity, []));
        foreach (var penalty in penalties)
        {
            MemoryBudget.Tidy();
            var ridge = penalty * scale;
            var factor = Cholesky.Factor(gram, n, ridge);
            var diagonal = penalties.Count > 1 ? factor.InverseDiagonal() : null;
            Parallel.For(0, centred.Length, Parallelism.Options, set =>
            {
                var dual = factor.Solve(centred[set]);
                var error = diagonal is null ? 0 : LeaveOneOutError(dual, diagonal, n, ridge);
                if (error < best[set].Error) best[set] = (error, dual);
            });
        }

        return Array.ConvertAll(best, set => set.Dual);
    }

    /// <summary>
    /// Σ (a_i / M_ii)², with M the inverse of K + αI less its part along the constant vector, which the intercept takes up: centred rows
    /// make that vector an eigenvector of K with eigenvalue 0.
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
}

using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Decomposition;

/// <param name="Components">Axes wanted; fewer if there are fewer networks or columns.</param>
/// <param name="Standardize">Bring all columns to one scale first.</param>
public sealed record PcaOptions(int Components = 2, bool Standardize = false);

/// <summary>
/// Principal component analysis (Pearson 1901; Jolliffe 2002). Of up to 300 rows by the Gram matrix of the centred rows, else from
/// products of all rows with a few vectors at a time (<see cref="BlockKrylov"/>), until residuals are below 1e-6 of the largest eigenvalue;
/// where eigenvalues lie so close that this takes too long, by the Gram matrix or the covariance after all. Signs are fixed: of each
/// component the entry largest in absolute value is positive.
/// </summary>
/// <seealso href="https://scikit-learn.org/stable/modules/generated/sklearn.decomposition.PCA.html">scikit-learn's PCA, which the tests
/// compare with.</seealso>
public sealed class Pca
{
    /// <summary>Up to this many rows, products of all with all take no longer than those with a few vectors, again and again.</summary>
    const int GramRows = 300;

    readonly Standardizer _scaler;
    readonly bool _standardize;
    readonly double[][] _components;

    Pca(Standardizer scaler, bool standardize, double[][] components, double[] explained) =>
        (_scaler, _standardize, _components, ExplainedVarianceRatio) = (scaler, standardize, components, explained);

    /// <summary>Share of the total variance along each component, 0 … 1, falling.</summary>
    public IReadOnlyList<double> ExplainedVarianceRatio { get; }

    /// <summary>Components, each a unit vector over the columns.</summary>
    public IReadOnlyList<double[]> Components => _components;

    /// <exception cref="ArgumentException">Fewer than two networks.</exception>
    public static Pca Fit(FeatureMatrix matrix, PcaOptions options)
    {
        if (matrix.Rows < 2) throw new ArgumentException($"PCA needs at least 2 networks, not {matrix.Rows}.", nameof(matrix));
        var scaler = Standardizer.Fit(matrix);
        var rows = new CentredRows(matrix, scaler, options.Standardize);
        var total = (options.Standardize ? scaler.Scale.Count(scale => scale > 0) : scaler.Variance.Sum()) * matrix.Rows;
        var wanted = Math.Min(options.Components, Math.Min(matrix.Rows - 1, matrix.Columns));
        var (values, components) = Largest(matrix, rows, wanted);

        // Products carry seven digits.
        var kept = values.TakeWhile(value => value > 1e-7 * total).Count();
        return new Pca(
            scaler, options.Standardize, [.. components.Take(kept).Select(Signed)], [.. values.Take(kept).Select(value => value / total)]);
    }

    /// <summary>N rows of one coordinate per component.</summary>
    public double[][] Transform(FeatureMatrix matrix)
    {
        var rows = new CentredRows(matrix, _scaler, _standardize);
        var coordinates = new double[matrix.Rows][];
        Parallel.For(0, matrix.Rows, Parallelism.Options, () => new double[matrix.Columns], (i, _, row) =>
        {
            rows.Copy(i, row);
            coordinates[i] = Array.ConvertAll(_components, component => Products.Dot(component, row));
            return row;
        }, _ => { });
        return coordinates;
    }

    static (double[] Values, double[][] Components) Largest(FeatureMatrix matrix, CentredRows rows, int wanted)
    {
        var (n, d) = (matrix.Rows, matrix.Columns);
        if (n <= GramRows || (long)n * n * d < Products.Small) return ByGram(rows, n, d, wanted);

        // By then, products of all with all would have been as quick.
        var steps = Math.Min(n, d) / (8 * (wanted + 3));
        if (BlockKrylov.Largest(rows, d, wanted, steps) is { } found) return found;
        return n <= d ? ByGram(rows, n, d, wanted) : ByCovariance(rows, n, d, wanted);
    }

    static (double[] Values, double[][] Components) ByGram(CentredRows rows, int n, int d, int wanted)
    {
        var centred = Centred(rows, n, d);
        var tolerance = (long)n * n * d < Products.Small ? 1e-10 : 1e-8;
        var (values, vectors) = Lanczos.Largest(Products.Gram(centred, n, d), n, wanted, tolerance);
        return (values, [.. vectors.Select(vector => Component(centred, vector, n, d))]);
    }

    static (double[] Values, double[][] Components) ByCovariance(CentredRows rows, int n, int d, int wanted)
    {
        var sum = CovarianceSum.Of(d, shift: new float[d]);
        var row = new double[d];
        for (var i = 0; i < n; i++)
        {
            rows.Copy(i, row);
            var place = sum.Next();
            for (var j = 0; j < d; j++) place[j] = (float)row[j];
        }

        return Lanczos.Largest(sum.Finish().Scatter, d, wanted, tolerance: 1e-8);
    }

    static float[] Centred(CentredRows rows, int n, int d)
    {
        var centred = new float[(long)n * d];
        Parallel.For(0, n, Parallelism.Options, () => new double[d], (i, _, row) =>
        {
            rows.Copy(i, row);
            for (var j = 0; j < d; j++) centred[(i * d) + j] = (float)row[j];
            return row;
        }, _ => { });
        return centred;
    }

    static double[] Signed(double[] vector) => vector.MaxBy(Math.Abs) < 0 ? Array.ConvertAll(vector, x => -x) : vector;

    /// <summary>Xᵀu / ‖Xᵀu‖ for an eigenvector u of X Xᵀ.</summary>
    static double[] Component(float[] centred, double[] vector, int n, int d)
    {
        var component = new double[d];
        for (var i = 0; i < n; i++) Products.AddScaled(component, vector[i], centred.AsSpan(i * d, d));
        var norm = Math.Sqrt(Products.Dot(component, component));
        for (var j = 0; j < d && norm > 0; j++) component[j] /= norm;
        return component;
    }
}

using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Decomposition;

/// <param name="Components">Axes wanted; fewer if there are fewer networks or columns.</param>
/// <param name="Standardize">Bring all columns to one scale first.</param>
public sealed record PcaOptions(int Components = 2, bool Standardize = false);

/// <summary>
/// Principal component analysis (Pearson 1901; Jolliffe 2002), exact, by the N × N Gram matrix of the centred rows: there are fewer
/// networks than weights. Signs are fixed: of each component the entry largest in absolute value is positive.
/// </summary>
/// <seealso href="https://scikit-learn.org/stable/modules/generated/sklearn.decomposition.PCA.html">scikit-learn's PCA, which the tests
/// compare with.</seealso>
public sealed class Pca
{
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
        var centred = Centre(scaler, options.Standardize, matrix);
        int n = matrix.Rows, d = matrix.Columns;
        var gram = Products.Gram(centred, n, d);
        var total = Enumerable.Range(0, n).Sum(i => gram[((long)i * n) + i]);
        var (values, vectors) = Lanczos.Largest(gram, n, Math.Min(options.Components, Math.Min(n - 1, d)));

        // Products carry seven digits.
        var components = new List<double[]>();
        for (var k = 0; k < values.Length && values[k] > 1e-7 * total; k++) components.Add(Component(centred, vectors[k], n, d));
        var explained = components.Select((_, k) => values[k] / total).ToArray();
        return new Pca(scaler, options.Standardize, [.. components], explained);
    }

    /// <summary>N rows of one coordinate per component.</summary>
    public double[][] Transform(FeatureMatrix matrix)
    {
        var centred = Centre(_scaler, _standardize, matrix);
        var d = matrix.Columns;
        return [.. Enumerable.Range(0, matrix.Rows).Select(i =>
            _components.Select(component => Products.Dot(component, centred.AsSpan(i * d, d))).ToArray())];
    }

    static float[] Centre(Standardizer scaler, bool standardize, FeatureMatrix matrix)
    {
        if (standardize) return scaler.Transform(matrix).Values;
        var d = matrix.Columns;
        var values = new float[matrix.Values.Length];
        for (var i = 0; i < matrix.Rows; i++)
            for (var j = 0; j < d; j++) values[(i * d) + j] = (float)(matrix.Values[(i * d) + j] - scaler.Mean[j]);
        return values;
    }

    /// <summary>Xᵀu / ‖Xᵀu‖ for an eigenvector u of X Xᵀ, with its sign fixed.</summary>
    static double[] Component(float[] centred, double[] vector, int n, int d)
    {
        var component = new double[d];
        for (var i = 0; i < n; i++) Products.AddScaled(component, vector[i], centred.AsSpan(i * d, d));
        var norm = Math.Sqrt(Products.Dot(component, component));
        var largest = component.MaxBy(Math.Abs);
        var scale = (largest < 0 ? -1 : 1) / norm;
        for (var j = 0; j < d; j++) component[j] *= scale;
        return component;
    }
}

using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Decomposition;

/// <summary>
/// Principal components of more networks than fit in memory: one pass over the rows gathers their covariance (D² numbers), of which the
/// largest eigenvectors are taken (<see cref="Lanczos"/>). The same components as <see cref="Pca"/>'s to about 1e-5, since products are
/// float32; another pass, if wanted, transforms.
/// </summary>
public sealed class StreamedPca
{
    readonly double[] _mean;
    readonly double[][] _components;

    StreamedPca(long rows, double[] mean, double[][] components, double[] explained) =>
        (Rows, _mean, _components, ExplainedVarianceRatio) = (rows, mean, components, explained);

    /// <summary>Networks seen, N.</summary>
    public long Rows { get; }

    /// <summary>Share of the total variance along each component, 0 … 1, falling.</summary>
    public IReadOnlyList<double> ExplainedVarianceRatio { get; }

    /// <summary>Unit vectors over the columns; of each the entry largest in absolute value is positive.</summary>
    public IReadOnlyList<double[]> Components => _components;

    /// <param name="rows">The networks' weights, each P numbers; read once, one at a time.</param>
    /// <param name="columns">P.</param>
    /// <param name="components">Axes wanted.</param>
    /// <exception cref="ArgumentException">Fewer than two rows, or rows of different lengths.</exception>
    public static StreamedPca Fit(IEnumerable<float[]> rows, int columns, int components = 2, CancellationToken cancellation = default)
    {
        var sum = CovarianceSum.Of(columns);
        foreach (var row in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            sum.Add(row);
        }

        if (sum.Rows < 2) throw new ArgumentException($"PCA needs at least 2 networks, not {sum.Rows}.", nameof(rows));
        var (mean, scatter) = sum.Finish();
        var total = Enumerable.Range(0, columns).Sum(i => scatter[((long)i * columns) + i]);
        var wanted = (int)Math.Min(components, Math.Min(sum.Rows - 1, columns));

        // Products carry seven digits; eigenvectors need no more.
        var (values, vectors) = Lanczos.Largest(scatter, columns, wanted, tolerance: 1e-8);
        var kept = values.TakeWhile(value => value > 1e-7 * total).Count();
        return new StreamedPca(
            sum.Rows, mean, [.. vectors.Take(kept).Select(Signed)], [.. values.Take(kept).Select(value => value / total)]);
    }

    /// <summary>One coordinate per component, of one network's P weights.</summary>
    public double[] Transform(ReadOnlySpan<float> weights)
    {
        if (weights.Length != _mean.Length)
            throw new ArgumentException($"These components are of {_mean.Length} columns, not {weights.Length}.", nameof(weights));
        var centred = new double[_mean.Length];
        for (var i = 0; i < centred.Length; i++) centred[i] = weights[i] - _mean[i];
        return Array.ConvertAll(_components, component => Products.Dot(component, centred));
    }

    static double[] Signed(double[] vector) => vector.MaxBy(Math.Abs) < 0 ? Array.ConvertAll(vector, x => -x) : vector;
}

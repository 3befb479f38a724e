using System.Numerics;

namespace Mlds.Analysis.Data;

/// <summary>Brings each column to mean 0 and standard deviation 1 over the rows it was fitted on; a constant column becomes 0.</summary>
public sealed class Standardizer
{
    readonly double[] _mean;
    readonly double[] _scale;

    Standardizer(double[] mean, double[] scale, double[] variance) => (_mean, _scale, Variance) = (mean, scale, variance);

    /// <summary>Means of the columns.</summary>
    public IReadOnlyList<double> Mean => _mean;

    public static Standardizer Fit(FeatureMatrix matrix)
    {
        int n = matrix.Rows, d = matrix.Columns;
        double[] mean = new double[d], scale = new double[d];
        const int Block = 256;
        Parallel.For(0, (d + Block - 1) / Block, Parallelism.Options, block =>
        {
            var (first, length) = (block * Block, Math.Min(Block, d - (block * Block)));
            Span<double> sums = mean.AsSpan(first, length), squares = scale.AsSpan(first, length);
            for (var i = 0; i < n; i++) Add(matrix.Row(i).Slice(first, length), sums);
            foreach (ref var sum in sums) sum /= n;
            for (var i = 0; i < n; i++) AddSquares(matrix.Row(i).Slice(first, length), sums, squares);
        });
        for (var j = 0; j < d; j++) scale[j] /= n;
        return Of(mean, scale);
    }

    static void Add(ReadOnlySpan<float> row, Span<double> sums)
    {
        var (j, half) = (0, Vector<double>.Count);
        for (; j <= row.Length - (2 * half); j += 2 * half)
        {
            Vector.Widen(new Vector<float>(row[j..]), out var low, out var high);
            (new Vector<double>(sums[j..]) + low).CopyTo(sums[j..]);
            (new Vector<double>(sums[(j + half)..]) + high).CopyTo(sums[(j + half)..]);
        }

        for (; j < row.Length; j++) sums[j] += row[j];
    }

    static void AddSquares(ReadOnlySpan<float> row, ReadOnlySpan<double> mean, Span<double> squares)
    {
        var (j, half) = (0, Vector<double>.Count);
        for (; j <= row.Length - (2 * half); j += 2 * half)
        {
            Vector.Widen(new Vector<float>(row[j..]), out var low, out var high);
            low -= new Vector<double>(mean[j..]);
            high -= new Vector<double>(mean[(j + half)..]);
            (new Vector<double>(squares[j..]) + (low * low)).CopyTo(squares[j..]);
            (new Vector<double>(squares[(j + half)..]) + (high * high)).CopyTo(squares[(j + half)..]);
        }

        for (; j < row.Length; j++) squares[j] += (row[j] - mean[j]) * (row[j] - mean[j]);
    }

    /// <summary>From the means and variances of columns that are known already.</summary>
    internal static Standardizer Of(double[] mean, double[] variance)
    {
        var scale = new double[mean.Length];
        for (var j = 0; j < mean.Length; j++)
        {
            var deviation = Math.Sqrt(Math.Max(0, variance[j]));

            // What rounding to float32 leaves of a constant column is no information.
            scale[j] = deviation <= 1e-7 * Math.Abs(mean[j]) || deviation == 0 ? 0 : 1 / deviation;
        }

        return new Standardizer(mean, scale, variance);
    }

    /// <summary>Mean squared differences of the columns from their means.</summary>
    internal IReadOnlyList<double> Variance { get; }

    /// <summary>By what a column is multiplied once its mean is subtracted: 1 / deviation, or 0 where it is constant.</summary>
    internal IReadOnlyList<double> Scale => _scale;

    /// <summary>One row, in double precision.</summary>
    internal void Transform(ReadOnlySpan<float> row, Span<double> result)
    {
        for (var j = 0; j < row.Length; j++) result[j] = (row[j] - _mean[j]) * _scale[j];
    }

    public FeatureMatrix Transform(FeatureMatrix matrix)
    {
        var d = matrix.Columns;
        if (d != _mean.Length) throw new ArgumentException($"The scaler was fitted on {_mean.Length} columns, not {d}.", nameof(matrix));
        var values = new float[matrix.Values.Length];
        for (var i = 0; i < matrix.Rows; i++)
        {
            var row = matrix.Row(i);
            var result = values.AsSpan(i * d, d);
            for (var j = 0; j < d; j++) result[j] = (float)((row[j] - _mean[j]) * _scale[j]);
        }

        return new FeatureMatrix(values, matrix.Rows, matrix.ColumnNames);
    }
}

namespace Mlds.Analysis.Data;

/// <summary>Brings each column to mean 0 and standard deviation 1 over the rows it was fitted on; a constant column becomes 0.</summary>
public sealed class Standardizer
{
    readonly double[] _mean;
    readonly double[] _scale;

    Standardizer(double[] mean, double[] scale) => (_mean, _scale) = (mean, scale);

    /// <summary>Means of the columns.</summary>
    public IReadOnlyList<double> Mean => _mean;

    public static Standardizer Fit(FeatureMatrix matrix)
    {
        int n = matrix.Rows, d = matrix.Columns;
        double[] mean = new double[d], scale = new double[d];
        for (var i = 0; i < n; i++)
        {
            var row = matrix.Row(i);
            for (var j = 0; j < d; j++) mean[j] += row[j];
        }

        for (var j = 0; j < d; j++) mean[j] /= n;
        for (var i = 0; i < n; i++)
        {
            var row = matrix.Row(i);
            for (var j = 0; j < d; j++) scale[j] += (row[j] - mean[j]) * (row[j] - mean[j]);
        }

        for (var j = 0; j < d; j++) scale[j] /= n;
        return Of(mean, scale);
    }

    /// <summary>From the means and variances of columns that are known already.</summary>
    internal static Standardizer Of(double[] mean, ReadOnlySpan<double> variance)
    {
        var scale = new double[mean.Length];
        for (var j = 0; j < mean.Length; j++)
        {
            var deviation = Math.Sqrt(Math.Max(0, variance[j]));

            // What rounding to float32 leaves of a constant column is no information.
            scale[j] = deviation <= 1e-7 * Math.Abs(mean[j]) || deviation == 0 ? 0 : 1 / deviation;
        }

        return new Standardizer(mean, scale);
    }

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

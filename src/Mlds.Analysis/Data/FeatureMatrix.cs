namespace Mlds.Analysis.Data;

/// <summary>
/// N networks × D numbers each, with a name for every column. Numbers are float32, as weights are: a view of 50,000 networks of 4,364
/// weights takes 0.87 GB. Sums over them are taken in double precision.
/// </summary>
public sealed class FeatureMatrix
{
    /// <param name="values">N × D, row-major; kept, not copied.</param>
    /// <param name="columns">D names.</param>
    public FeatureMatrix(float[] values, int rows, IReadOnlyList<string> columns)
    {
        if (values.Length != (long)rows * columns.Count)
        {
            throw new ArgumentException(
                $"{rows} rows × {columns.Count} columns need {(long)rows * columns.Count} values, not {values.Length}.", nameof(values));
        }

        (Values, Rows, ColumnNames) = (values, rows, columns);
    }

    /// <param name="values">N × D, row-major; rounded to float32.</param>
    /// <param name="columns">D names.</param>
    public FeatureMatrix(double[] values, int rows, IReadOnlyList<string> columns)
        : this(Array.ConvertAll(values, value => (float)value), rows, columns)
    {
    }

    /// <summary>N × D, row-major. They may be the very weights of the networks: not to be written to.</summary>
    public float[] Values { get; }

    /// <summary>Networks N.</summary>
    public int Rows { get; }

    public IReadOnlyList<string> ColumnNames { get; }

    /// <summary>Numbers per network, D.</summary>
    public int Columns => ColumnNames.Count;

    /// <summary>The D numbers of network <paramref name="row"/>.</summary>
    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Columns, Columns);

    /// <summary>The given rows, in the given order.</summary>
    public FeatureMatrix Select(ReadOnlySpan<int> rows)
    {
        if (rows.Length == Rows && IsInOrder(rows)) return this;
        var values = new float[(long)rows.Length * Columns];
        for (var i = 0; i < rows.Length; i++) Row(rows[i]).CopyTo(values.AsSpan(i * Columns));
        return new FeatureMatrix(values, rows.Length, ColumnNames);
    }

    static bool IsInOrder(ReadOnlySpan<int> rows)
    {
        for (var i = 0; i < rows.Length; i++)
            if (rows[i] != i) return false;
        return true;
    }
}

namespace Mlds.Analysis.Data;

/// <summary>N networks × D numbers each, with a name for every column.</summary>
public sealed class FeatureMatrix
{
    /// <param name="values">N × D, row-major.</param>
    /// <param name="columns">D names.</param>
    public FeatureMatrix(double[] values, int rows, IReadOnlyList<string> columns)
    {
        if (values.Length != (long)rows * columns.Count)
        {
            throw new ArgumentException(
                $"{rows} rows × {columns.Count} columns need {(long)rows * columns.Count} values, not {values.Length}.", nameof(values));
        }

        (Values, Rows, ColumnNames) = (values, rows, columns);
    }

    /// <summary>N × D, row-major.</summary>
    public double[] Values { get; }

    /// <summary>Networks N.</summary>
    public int Rows { get; }

    public IReadOnlyList<string> ColumnNames { get; }

    /// <summary>Numbers per network, D.</summary>
    public int Columns => ColumnNames.Count;

    /// <summary>The D numbers of network <paramref name="row"/>.</summary>
    public ReadOnlySpan<double> Row(int row) => Values.AsSpan(row * Columns, Columns);

    /// <summary>The given rows, in the given order.</summary>
    public FeatureMatrix Select(ReadOnlySpan<int> rows)
    {
        var values = new double[rows.Length * Columns];
        for (var i = 0; i < rows.Length; i++) Row(rows[i]).CopyTo(values.AsSpan(i * Columns));
        return new FeatureMatrix(values, rows.Length, ColumnNames);
    }
}

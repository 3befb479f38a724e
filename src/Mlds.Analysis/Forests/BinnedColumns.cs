using Mlds.Analysis.Data;

namespace Mlds.Analysis.Forests;

/// <summary>
/// Every column cut into at most B bins at its own quantiles, so that a tree finds a column's best split in one pass over counts instead of
/// a sort. If a column has no more distinct values than bins, nothing is lost.
/// </summary>
sealed class BinnedColumns
{
    readonly byte[] _bins;
    readonly double[][] _thresholds;

    internal BinnedColumns(FeatureMatrix matrix, int most)
    {
        (Rows, Columns) = (matrix.Rows, matrix.Columns);
        _bins = new byte[(long)Rows * Columns];
        _thresholds = new double[Columns][];
        var blocks = (Columns + 15) / 16;
        Parallel.For(0, blocks, Parallelism.Options, () => (Values: new float[Rows], Sorted: new FloatSort(Rows)), (block, _, scratch) =>
        {
            for (var column = block * 16; column < Math.Min(Columns, (block + 1) * 16); column++)
            {
                for (var i = 0; i < Rows; i++) scratch.Values[i] = matrix.Values[((long)i * Columns) + column];
                var thresholds = _thresholds[column] = Thresholds(scratch.Sorted.Of(scratch.Values), most);
                var bins = _bins.AsSpan(column * Rows, Rows);
                for (var i = 0; i < Rows; i++) bins[i] = (byte)Bin(thresholds, scratch.Values[i]);
            }

            return scratch;
        }, _ => { });
    }

    internal int Rows { get; }

    internal int Columns { get; }

    /// <summary>The bin of every row in <paramref name="column"/>.</summary>
    internal ReadOnlySpan<byte> Column(int column) => _bins.AsSpan(column * Rows, Rows);

    /// <summary>Bins of <paramref name="column"/>, at least 1.</summary>
    internal int Bins(int column) => _thresholds[column].Length + 1;

    /// <summary>The value up to which bin <paramref name="bin"/> reaches.</summary>
    internal double Threshold(int column, int bin) => _thresholds[column][bin];

    /// <summary>Brings the rows whose bin in <paramref name="column"/> is at most <paramref name="bin"/> to the front.</summary>
    /// <returns>How many they are.</returns>
    internal int Partition(Span<int> rows, int column, int bin)
    {
        var values = Column(column);
        var size = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (values[rows[i]] > bin) continue;
            (rows[size], rows[i]) = (rows[i], rows[size]);
            size++;
        }

        return size;
    }

    /// <summary>
    /// Midpoints between neighbouring distinct values, at most <paramref name="most"/> − 1 of them, evenly over the rows.
    /// </summary>
    static double[] Thresholds(ReadOnlySpan<float> sorted, int most)
    {
        var cuts = new List<double>(most);
        var distinct = 1;
        for (var i = 1; i < sorted.Length; i++)
            if (sorted[i] > sorted[i - 1]) distinct++;
        for (var i = 1; i < sorted.Length && cuts.Count < most - 1; i++)
        {
            var earliest = distinct <= most ? i : (int)((cuts.Count + 1L) * sorted.Length / most);
            if (i >= earliest && sorted[i] > sorted[i - 1]) cuts.Add(((double)sorted[i - 1] + sorted[i]) / 2);
        }

        return [.. cuts];
    }

    static int Bin(double[] thresholds, double value)
    {
        int low = 0, high = thresholds.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (value <= thresholds[middle]) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}

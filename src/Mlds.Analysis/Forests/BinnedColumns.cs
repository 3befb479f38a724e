using System.Numerics;
using Mlds.Analysis.Data;

namespace Mlds.Analysis.Forests;

/// <summary>
/// Every column cut into at most B bins at its own quantiles, so that a tree finds a column's best split in one pass over counts instead of
/// a sort. If a column has no more distinct values than bins, nothing is lost.
/// </summary>
sealed class BinnedColumns
{
    /// <summary>Up to so many rows are read row by row.</summary>
    const int FewRows = 256;

    readonly byte[] _bins;

    /// <summary>Row by row: the rows of a small node stay in the cache for all nodes below it, whatever columns they try.</summary>
    readonly byte[] _byRow;
    readonly double[][] _thresholds;

    internal BinnedColumns(FeatureMatrix matrix, int most)
    {
        (Rows, Columns) = (matrix.Rows, matrix.Columns);
        _bins = new byte[(long)Rows * Columns];
        _byRow = new byte[(long)Rows * Columns];
        _thresholds = new double[Columns][];
        var blocks = (Columns + 15) / 16;
        (float[] Values, FloatSort Sorted, double[] Cuts) Scratch() => (new float[Rows], new FloatSort(Rows), new double[255]);
        Parallel.For(0, blocks, Parallelism.Options, Scratch, (block, _, scratch) =>
        {
            for (var column = block * 16; column < Math.Min(Columns, (block + 1) * 16); column++)
            {
                for (var i = 0; i < Rows; i++) scratch.Values[i] = matrix.Values[((long)i * Columns) + column];
                var thresholds = _thresholds[column] = Thresholds(scratch.Sorted.Of(scratch.Values), most);
                var bins = _bins.AsSpan(column * Rows, Rows);
                var padded = scratch.Cuts.AsSpan(0, (int)BitOperations.RoundUpToPowerOf2((uint)thresholds.Length + 1) - 1);
                padded.Fill(double.PositiveInfinity);
                thresholds.CopyTo(padded);
                for (var i = 0; i < Rows; i++) bins[i] = (byte)Bin(padded, scratch.Values[i]);
            }

            var (first, count) = (block * 16, Math.Min(16, Columns - (block * 16)));
            for (var i = 0; i < Rows; i++)
                for (var j = first; j < first + count; j++) _byRow[((long)i * Columns) + j] = _bins[((long)j * Rows) + i];
            return scratch;
        }, _ => { });
    }

    internal int Rows { get; }

    internal int Columns { get; }

    /// <summary>The bin of every row in <paramref name="column"/>.</summary>
    internal ReadOnlySpan<byte> Column(int column) => _bins.AsSpan(column * Rows, Rows);

    /// <summary>The bin of each of <paramref name="rows"/> in <paramref name="column"/>.</summary>
    /// <param name="into">As long as the rows.</param>
    internal void Gather(int column, ReadOnlySpan<int> rows, Span<byte> into)
    {
        if (rows.Length <= FewRows)
        {
            for (var i = 0; i < rows.Length; i++) into[i] = _byRow[((long)rows[i] * Columns) + column];
            return;
        }

        var values = Column(column);
        for (var i = 0; i < rows.Length; i++) into[i] = values[rows[i]];
    }

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

    /// <summary>Thresholds that are less than <paramref name="value"/>: halving without branches, which no processor could predict.
    /// </summary>
    /// <param name="padded">The thresholds and then infinities, 2^k − 1 in all.</param>
    static int Bin(ReadOnlySpan<double> padded, double value)
    {
        var low = 0;
        for (var half = (padded.Length + 1) / 2; half > 0; half /= 2)
            low += half & -Convert.ToInt32(value > padded[low + half - 1]);
        return low;
    }
}

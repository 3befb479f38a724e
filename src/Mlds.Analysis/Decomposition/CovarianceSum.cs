using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mlds.Analysis.Decomposition;

/// <summary>
/// The covariance of rows that come one by one: D × D numbers, however many rows. Products are taken in float32 over blocks of 256 rows and
/// added up in double precision; a first guess of the mean is subtracted before, so that nothing cancels.
/// </summary>
sealed class CovarianceSum
{
    /// <summary>Rows of a block: short enough that float32 sums keep six digits, long enough to hide the adding up.</summary>
    const int Block = 256;

    /// <summary>Rows of a register tile; it is three vectors wide.</summary>
    const int TileRows = 4;

    /// <summary>
    /// Columns of a panel. A block is kept panel by panel, each with its columns side by side, so that a tile reads memory in order.
    /// </summary>
    static readonly int Panel = 3 * Vector<float>.Count;

    readonly int _columns;
    readonly int _panels;
    readonly float[] _block;
    readonly double[] _products;
    readonly double[] _sums;
    float[]? _shift;
    int _filled;

    internal CovarianceSum(int columns)
    {
        _columns = columns;
        _panels = (columns + Panel - 1) / Panel;
        _block = new float[_panels * Panel * Block];
        _products = new double[(long)columns * columns];
        _sums = new double[columns];
    }

    /// <summary>Rows taken so far.</summary>
    internal long Rows { get; private set; }

    internal void Add(ReadOnlySpan<float> row)
    {
        if (row.Length != _columns) throw new ArgumentException($"A row has {_columns} columns, not {row.Length}.", nameof(row));
        _shift ??= row.ToArray();
        for (var panel = 0; panel < _panels; panel++)
        {
            var first = panel * Panel;
            var target = _block.AsSpan(((panel * Block) + _filled) * Panel, Math.Min(Panel, _columns - first));
            for (var j = 0; j < target.Length; j++)
            {
                target[j] = row[first + j] - _shift[first + j];
                _sums[first + j] += target[j];
            }
        }

        Rows++;
        if (++_filled == Block) Flush();
    }

    /// <summary>The mean of every column, and N times their covariance as a full D × D matrix, which from now on is the caller's.</summary>
    internal (double[] Mean, double[] Scatter) Finish()
    {
        Flush();
        var mean = new double[_columns];
        for (var i = 0; i < _columns; i++)
        {
            var products = _products.AsSpan(i * _columns, _columns);
            for (var j = i; j < _columns; j++) products[j] -= _sums[i] * _sums[j] / Rows;
            mean[i] = _shift![i] + (_sums[i] / Rows);
        }

        for (var i = 0; i < _columns; i++)
            for (var j = 0; j < i; j++) _products[(i * _columns) + j] = _products[(j * _columns) + i];
        return (mean, _products);
    }

    /// <summary>Adds XᵀX of the block to the upper triangle.</summary>
    void Flush()
    {
        if (_filled == 0) return;
        Parallel.For(0, _panels, upper =>
        {
            for (var right = upper; right < _panels; right++)
                for (var row = 0; row < Panel; row += TileRows) Tile(upper, row, right);
        });
        _filled = 0;
    }

    void Tile(int upper, int row, int right)
    {
        ref var a = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_block), (upper * Block * Panel) + row);
        ref var b = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_block), right * Block * Panel);
        var width = Vector<float>.Count;
        Vector<float> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector<float> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        for (var k = 0; k < _filled; k++)
        {
            var b0 = Vector.LoadUnsafe(ref b);
            var b1 = Vector.LoadUnsafe(ref b, (nuint)width);
            var b2 = Vector.LoadUnsafe(ref b, (nuint)(2 * width));
            var x = new Vector<float>(a);
            s00 = Vector.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector.FusedMultiplyAdd(x, b1, s01);
            s02 = Vector.FusedMultiplyAdd(x, b2, s02);
            x = new Vector<float>(Unsafe.Add(ref a, 1));
            s10 = Vector.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector.FusedMultiplyAdd(x, b1, s11);
            s12 = Vector.FusedMultiplyAdd(x, b2, s12);
            x = new Vector<float>(Unsafe.Add(ref a, 2));
            s20 = Vector.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector.FusedMultiplyAdd(x, b1, s21);
            s22 = Vector.FusedMultiplyAdd(x, b2, s22);
            x = new Vector<float>(Unsafe.Add(ref a, 3));
            s30 = Vector.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector.FusedMultiplyAdd(x, b1, s31);
            s32 = Vector.FusedMultiplyAdd(x, b2, s32);
            a = ref Unsafe.Add(ref a, Panel);
            b = ref Unsafe.Add(ref b, Panel);
        }

        var first = (upper * Panel) + row;
        AddTo(first, right * Panel, s00, s01, s02);
        AddTo(first + 1, right * Panel, s10, s11, s12);
        AddTo(first + 2, right * Panel, s20, s21, s22);
        AddTo(first + 3, right * Panel, s30, s31, s32);
    }

    void AddTo(int row, int column, Vector<float> s0, Vector<float> s1, Vector<float> s2)
    {
        if (row >= _columns) return;
        Span<float> sums = stackalloc float[3 * Vector<float>.Count];
        s0.CopyTo(sums);
        s1.CopyTo(sums[Vector<float>.Count..]);
        s2.CopyTo(sums[(2 * Vector<float>.Count)..]);
        var target = _products.AsSpan((row * _columns) + column, Math.Min(sums.Length, _columns - column));
        for (var j = 0; j < target.Length; j++) target[j] += sums[j];
    }
}

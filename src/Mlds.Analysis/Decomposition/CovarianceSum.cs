using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Decomposition;

/// <summary>
/// The covariance of rows that come one by one: D × D numbers, however many rows. Products are taken over blocks of rows and added up in
/// double precision; a first guess of the mean is subtracted before, so that nothing cancels.
/// </summary>
abstract class CovarianceSum
{
    /// <summary>Rows of a block: short enough that float32 sums keep six digits, long enough to hide the adding up.</summary>
    protected const int Block = 256;

    readonly float[] _staged;
    int _filled;

    protected CovarianceSum(int columns, float[]? shift)
    {
        Columns = columns;
        Shift = shift;
        _staged = new float[Block * columns];
        Sums = new double[columns];
        Crossed = new double[(long)columns * columns];
    }

    internal int Columns { get; }

    /// <summary>What rounding may leave of the variance of a constant column, as a share of its sum of squares.</summary>
    protected abstract double Rounding { get; }

    /// <summary>Rows taken so far.</summary>
    internal long Rows { get; private set; }

    /// <summary>What is subtracted from every row: the mean of the first block, once there is one.</summary>
    internal float[]? Shift { get; private set; }

    /// <summary>Sums of the columns, less the shift.</summary>
    protected double[] Sums { get; }

    /// <summary>Sums of products of columns, less the shift: D × D, the upper triangle and some entries below it.</summary>
    protected double[] Crossed { get; }

    /// <param name="columns">D.</param>
    /// <param name="precise">Take products in double precision too, at half the speed.</param>
    /// <param name="shift">A guess of the mean; sums of one shift can be subtracted from each other.</param>
    internal static CovarianceSum Of(int columns, bool precise = false, float[]? shift = null) =>
        precise ? new Blocked<double>(columns, shift) : new Blocked<float>(columns, shift);

    internal void Add(ReadOnlySpan<float> row)
    {
        if (row.Length != Columns) throw new ArgumentException($"A row has {Columns} columns, not {row.Length}.", nameof(row));
        row.CopyTo(Next());
    }

    /// <summary>The place for one row more, to be filled at once.</summary>
    internal Span<float> Next()
    {
        if (_filled == Block) Flush();
        Rows++;
        return _staged.AsSpan(_filled++ * Columns, Columns);
    }

    /// <summary>The mean of every column, and N times their covariance as a full D × D matrix, which from now on is the caller's.</summary>
    internal (double[] Mean, double[] Scatter) Finish()
    {
        Flush();
        return Centred(Crossed, Sums, Rows);
    }

    /// <summary>The same of all rows but those of <paramref name="part"/>, which has this one's shift.</summary>
    internal (double[] Mean, double[] Scatter) Without(CovarianceSum part)
    {
        Flush();
        part.Flush();
        var products = new double[Crossed.Length];
        Parallel.For(0, Columns, Parallelism.Options, i =>
        {
            for (var at = (i * Columns) + i; at < (i + 1) * Columns; at++) products[at] = Crossed[at] - part.Crossed[at];
        });
        return Centred(products, [.. Sums.Zip(part.Sums, (all, some) => all - some)], Rows - part.Rows);
    }

    (double[] Mean, double[] Scatter) Centred(double[] products, double[] sums, long rows)
    {
        var mean = new double[Columns];
        double[] squares = [.. Enumerable.Range(0, Columns).Select(i => Crossed[(i * Columns) + i])];
        Parallel.For(0, Columns, Parallelism.Options, i =>
        {
            var row = products.AsSpan(i * Columns, Columns);
            for (var j = i; j < Columns; j++) row[j] -= sums[i] * sums[j] / rows;
            if (row[i] <= Rounding * squares[i]) row[i] = 0;
            mean[i] = Shift![i] + (sums[i] / rows);
        });
        Parallel.For(0, Columns, Parallelism.Options, i =>
        {
            for (var j = 0; j < i; j++) products[(i * Columns) + j] = products[(j * Columns) + i];
        });
        return (mean, products);
    }

    /// <summary>Adds what is staged.</summary>
    internal void Flush()
    {
        if (_filled == 0) return;
        Shift ??= Mean();
        Add(_staged, _filled);
        _filled = 0;
    }

    float[] Mean()
    {
        var sum = new double[Columns];
        for (var row = 0; row < _filled; row++)
            for (var j = 0; j < Columns; j++) sum[j] += _staged[(row * Columns) + j];
        return Array.ConvertAll(sum, value => (float)(value / _filled));
    }

    /// <summary>Adds the sums and products of <paramref name="rows"/> rows.</summary>
    protected abstract void Add(float[] staged, int rows);

    /// <typeparam name="T">In which the products of a block are taken: float or double.</typeparam>
    sealed class Blocked<T>(int columns, float[]? shift) : CovarianceSum(columns, shift)
        where T : unmanaged, INumber<T>
    {
        /// <summary>Rows of a register tile; it is three vectors wide.</summary>
        const int TileRows = 4;

        /// <summary>
        /// Columns of a panel. A block is kept panel by panel, each with its columns side by side, so that a tile reads memory in order.
        /// </summary>
        static readonly int s_panel = 3 * Math.Max(TileRows, Vector<T>.Count);

        readonly T[] _block = new T[(columns + s_panel - 1) / s_panel * s_panel * Block];

        protected override double Rounding => typeof(T) == typeof(float) ? 1e-6 : 1e-13;

        protected override void Add(float[] staged, int rows)
        {
            var panels = (Columns + s_panel - 1) / s_panel;
            Parallel.For(0, panels, Parallelism.Options, panel => Pack(staged, rows, panel));
            Parallel.For(0, panels, Parallelism.Options, upper =>
            {
                for (var right = upper; right < panels; right++)
                {
                    for (var column = 0; column < s_panel; column += 3 * Vector<T>.Count)
                        for (var row = 0; row < s_panel; row += TileRows) Tile(upper, row, right, column, rows);
                }
            });
        }

        void Pack(float[] staged, int rows, int panel)
        {
            var first = panel * s_panel;
            var width = Math.Min(s_panel, Columns - first);
            var shift = Shift.AsSpan(first, width);
            var sums = Sums.AsSpan(first, width);
            for (var k = 0; k < rows; k++)
            {
                var from = staged.AsSpan((k * Columns) + first, width);
                var target = _block.AsSpan(((panel * Block) + k) * s_panel, width);
                for (var j = 0; j < target.Length; j++)
                {
                    target[j] = T.CreateTruncating(from[j]) - T.CreateTruncating(shift[j]);
                    sums[j] += double.CreateTruncating(target[j]);
                }
            }
        }

        void Tile(int upper, int row, int right, int column, int rows)
        {
            ref var a = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_block), (upper * Block * s_panel) + row);
            ref var b = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_block), (right * Block * s_panel) + column);
            var width = Vector<T>.Count;
            var panel = s_panel;
            Vector<T> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
            Vector<T> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
            for (var k = 0; k < rows; k++)
            {
                var b0 = Vector.LoadUnsafe(ref b);
                var b1 = Vector.LoadUnsafe(ref b, (nuint)width);
                var b2 = Vector.LoadUnsafe(ref b, (nuint)(2 * width));
                var x = new Vector<T>(a);
                s00 = Products.MultiplyAdd(x, b0, s00);
                s01 = Products.MultiplyAdd(x, b1, s01);
                s02 = Products.MultiplyAdd(x, b2, s02);
                x = new Vector<T>(Unsafe.Add(ref a, 1));
                s10 = Products.MultiplyAdd(x, b0, s10);
                s11 = Products.MultiplyAdd(x, b1, s11);
                s12 = Products.MultiplyAdd(x, b2, s12);
                x = new Vector<T>(Unsafe.Add(ref a, 2));
                s20 = Products.MultiplyAdd(x, b0, s20);
                s21 = Products.MultiplyAdd(x, b1, s21);
                s22 = Products.MultiplyAdd(x, b2, s22);
                x = new Vector<T>(Unsafe.Add(ref a, 3));
                s30 = Products.MultiplyAdd(x, b0, s30);
                s31 = Products.MultiplyAdd(x, b1, s31);
                s32 = Products.MultiplyAdd(x, b2, s32);
                a = ref Unsafe.Add(ref a, panel);
                b = ref Unsafe.Add(ref b, panel);
            }

            var first = (upper * s_panel) + row;
            AddTo(first, (right * s_panel) + column, s00, s01, s02);
            AddTo(first + 1, (right * s_panel) + column, s10, s11, s12);
            AddTo(first + 2, (right * s_panel) + column, s20, s21, s22);
            AddTo(first + 3, (right * s_panel) + column, s30, s31, s32);
        }

        void AddTo(int row, int column, Vector<T> s0, Vector<T> s1, Vector<T> s2)
        {
            if (row >= Columns || column >= Columns) return;
            Span<T> sums = stackalloc T[3 * Vector<T>.Count];
            s0.CopyTo(sums);
            s1.CopyTo(sums[Vector<T>.Count..]);
            s2.CopyTo(sums[(2 * Vector<T>.Count)..]);
            var target = Crossed.AsSpan((row * Columns) + column, Math.Min(sums.Length, Columns - column));
            for (var j = 0; j < target.Length; j++) target[j] += double.CreateTruncating(sums[j]);
        }
    }
}

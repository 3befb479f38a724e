using System.Numerics;
using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Decomposition;

/// <summary>
/// The covariance of rows that come one by one: D × D numbers, however many rows. Products are taken over blocks of rows and added up in
/// double precision; a first guess of the mean is subtracted before, so that nothing cancels.
/// </summary>
abstract class CovarianceSum
{
    const int Block = Panels<float>.Depth;

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
    /// <param name="products">Where the matrix is to be put, D × D.</param>
    internal (double[] Mean, double[] Scatter) Without(CovarianceSum part, double[] products)
    {
        Flush();
        part.Flush();
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
        Products.MirrorUpper(products, Columns);
        return (mean, products);
    }

    /// <summary>Forgets all rows, but keeps the shift.</summary>
    internal void Clear()
    {
        Array.Clear(Sums);
        Array.Clear(Crossed);
        (Rows, _filled) = (0, 0);
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
        readonly Panels<T> _block = new(columns);

        protected override double Rounding => typeof(T) == typeof(float) ? 1e-6 : 1e-13;

        protected override void Add(float[] staged, int rows)
        {
            _block.FillFromColumns(staged, rows, Shift!, Sums);
            _block.AddProducts(Crossed);
        }
    }
}

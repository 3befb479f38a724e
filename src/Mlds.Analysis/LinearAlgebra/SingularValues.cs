using System.Numerics;

namespace Mlds.Analysis.LinearAlgebra;

/// <summary>
/// Singular values of many small matrices of one shape by one-sided Jacobi rotations (Hestenes 1958; Demmel and Veselić 1992 for its
/// accuracy), as many at once as a vector has lanes: each has a lane of its own, so nothing is ever added across lanes, and a matrix's
/// values don't depend on the others.
/// </summary>
static class SingularValues
{
    const int MostSweeps = 40;

    static readonly int s_lanes = Vector<double>.Count;

    /// <summary>
    /// Singular values of <paramref name="matrix"/> (rows × columns, row-major), largest first, as many as the smaller side.
    /// </summary>
    internal static double[] Of(double[] matrix, int rows, int columns) => Of([matrix], rows, columns)[0];

    /// <summary>The same of each of <paramref name="matrices"/>, all of them rows × columns.</summary>
    internal static double[][] Of(ReadOnlySpan<double[]> matrices, int rows, int columns)
    {
        // Rows are made orthogonal, so take the shorter side as rows.
        var (n, d) = rows <= columns ? (rows, columns) : (columns, rows);
        var values = new double[matrices.Length][];
        var pairs = Pairs(n);
        var squares = new Vector<double>[n];
        for (var first = 0; first < matrices.Length; first += s_lanes)
        {
            var group = matrices.Slice(first, Math.Min(s_lanes, matrices.Length - first));
            var work = Triangle(Lanes(group, rows, columns), n, d);
            for (var sweep = 0; sweep < MostSweeps && Sweep(work, squares, pairs, n); sweep++)
            {
            }

            for (var lane = 0; lane < group.Length; lane++) values[first + lane] = Lengths(work, n, lane);
        }

        return values;
    }

    /// <summary>
    /// Every pair of 0 … n − 1 once, neighbours in the list sharing no member where that can be (rounds of a tournament): their rotations
    /// overlap in the processor.
    /// </summary>
    static (int P, int Q)[] Pairs(int n)
    {
        var players = n + (n % 2);
        var pairs = new List<(int, int)>(n * (n - 1) / 2);
        for (var round = 0; round < players - 1; round++)
        {
            for (var i = 0; i < players / 2; i++)
            {
                var a = i == 0 ? players - 1 : (round + i) % (players - 1);
                var b = (round + players - 1 - i) % (players - 1);
                if (a < n && b < n) pairs.Add((Math.Min(a, b), Math.Max(a, b)));
            }
        }

        return [.. pairs];
    }

    /// <summary>Entry (i, j) of all matrices side by side, the shorter side as rows; lanes without a matrix are zero.</summary>
    static Vector<double>[] Lanes(ReadOnlySpan<double[]> matrices, int rows, int columns)
    {
        var lanes = new Vector<double>[rows * columns];
        Span<double> entries = stackalloc double[s_lanes];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                for (var lane = 0; lane < matrices.Length; lane++) entries[lane] = matrices[lane][(i * columns) + j];
                lanes[rows <= columns ? (i * columns) + j : (j * rows) + i] = new Vector<double>(entries);
            }
        }

        return lanes;
    }

    /// <summary>
    /// Lᵀ of A = L Q (Gram and Schmidt, modified): n × n whatever the longer side was, and its rows are nearer to orthogonal, so that
    /// Jacobi needs fewer sweeps (Drmač and Veselić, SIAM J. Matrix Anal. Appl. 29, 2008). Destroys <paramref name="work"/>.
    /// </summary>
    static Vector<double>[] Triangle(Vector<double>[] work, int n, int d)
    {
        var triangle = new Vector<double>[n * n];
        for (var k = 0; k < n; k++)
        {
            var row = work.AsSpan(k * d, d);
            var square = Dot(row, row);
            var length = Vector.SquareRoot(square);
            triangle[(k * n) + k] = length;
            var none = Vector.Equals(square, Vector<double>.Zero);
            for (var i = k + 1; i < n; i++)
            {
                var other = work.AsSpan(i * d, d);
                var product = Dot(row, other);
                triangle[(k * n) + i] = Vector.ConditionalSelect(none, Vector<double>.Zero, product / length);
                var factor = Vector.ConditionalSelect(none, Vector<double>.Zero, -product / square);
                for (var j = 0; j < d; j++) other[j] = Vector.FusedMultiplyAdd(factor, row[j], other[j]);
            }
        }

        return triangle;
    }

    /// <summary>Rotates every pair of rows to orthogonality; false when all pairs in all lanes were orthogonal already.</summary>
    static bool Sweep(Vector<double>[] work, Vector<double>[] squares, (int P, int Q)[] pairs, int n)
    {
        for (var i = 0; i < n; i++) squares[i] = Dot(work.AsSpan(i * n, n), work.AsSpan(i * n, n));
        var rotated = false;
        foreach (var (p, q) in pairs)
        {
            var a = work.AsSpan(p * n, n);
            var b = work.AsSpan(q * n, n);
            var product = Dot(a, b);

            // A remaining angle of 1e-9 changes a length by 1e-18 of itself.
            var done = Vector.LessThanOrEqual(product * product, new Vector<double>(1e-18) * squares[p] * squares[q]);
            if (Vector.EqualsAll(done, Vector<long>.AllBitsSet)) continue;
            rotated = true;
            var twice = product + product;
            var difference = squares[q] - squares[p];
            var sign = Vector.CopySign(Vector<double>.One, difference);
            var t =
                sign * twice / (Vector.Abs(difference) + Vector.SquareRoot(Vector.FusedMultiplyAdd(difference, difference, twice * twice)));
            t = Vector.ConditionalSelect(done, Vector<double>.Zero, t);
            var c = Vector<double>.One / Vector.SquareRoot(Vector.FusedMultiplyAdd(t, t, Vector<double>.One));
            Rotate(a, b, c, c * t);
            squares[p] -= t * product;
            squares[q] += t * product;
        }

        return rotated;
    }

    static Vector<double> Dot(ReadOnlySpan<Vector<double>> a, ReadOnlySpan<Vector<double>> b)
    {
        Vector<double> even = default, odd = default;
        var i = 0;
        for (; i < a.Length - 1; i += 2)
        {
            even = Vector.FusedMultiplyAdd(a[i], b[i], even);
            odd = Vector.FusedMultiplyAdd(a[i + 1], b[i + 1], odd);
        }

        return i < a.Length ? Vector.FusedMultiplyAdd(a[i], b[i], even + odd) : even + odd;
    }

    static void Rotate(Span<Vector<double>> a, Span<Vector<double>> b, Vector<double> c, Vector<double> s)
    {
        for (var i = 0; i < a.Length; i++) (a[i], b[i]) = ((c * a[i]) - (s * b[i]), (s * a[i]) + (c * b[i]));
    }

    static double[] Lengths(Vector<double>[] work, int n, int lane)
    {
        var lengths = new double[n];
        for (var i = 0; i < n; i++) lengths[i] = Math.Sqrt(Dot(work.AsSpan(i * n, n), work.AsSpan(i * n, n)).GetElement(lane));
        lengths.AsSpan().Sort((x, y) => y.CompareTo(x));
        return lengths;
    }
}

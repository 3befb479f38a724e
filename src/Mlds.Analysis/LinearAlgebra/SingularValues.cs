using System.Numerics;
using System.Runtime.InteropServices;

namespace Mlds.Analysis.LinearAlgebra;

/// <summary>Singular values of small matrices by one-sided Jacobi rotations (Hestenes 1958; Demmel and Veselić 1992 for its accuracy).</summary>
static class SingularValues
{
    const int MostSweeps = 40;

    /// <summary>Singular values of <paramref name="matrix"/> (rows × columns, row-major), largest first, as many as the smaller side.</summary>
    internal static double[] Of(ReadOnlySpan<double> matrix, int rows, int columns)
    {
        // Rows are made orthogonal, so take the shorter side as rows.
        var (n, d) = rows <= columns ? (rows, columns) : (columns, rows);
        var work = new double[n * d];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < d; j++) work[(i * d) + j] = rows <= columns ? matrix[(i * columns) + j] : matrix[(j * columns) + i];

        var squares = new double[n];
        (work, d) = (Triangle(work, squares, n, d), n);
        for (var sweep = 0; sweep < MostSweeps && Sweep(work, squares, n, d); sweep++)
        {
        }

        var values = new double[n];
        for (var i = 0; i < n; i++) values[i] = Math.Sqrt(Products.Dot(work.AsSpan(i * d, d), work.AsSpan(i * d, d)));
        values.AsSpan().Sort((a, b) => b.CompareTo(a));
        return values;
    }

    /// <summary>
    /// Lᵀ of A = L Q with the rows of A in falling order (Gram and Schmidt, pivoted): its rows are nearly orthogonal already, so that Jacobi's rotations need half as
    /// many sweeps (Drmač and Veselić, SIAM J. Matrix Anal. Appl. 29, 2008). Destroys <paramref name="work"/>.
    /// </summary>
    static double[] Triangle(double[] work, double[] squares, int n, int d)
    {
        var triangle = new double[n * n];
        Span<int> order = stackalloc int[n];
        for (var i = 0; i < n; i++) (order[i], squares[i]) = (i, Products.Dot(work.AsSpan(i * d, d), work.AsSpan(i * d, d)));
        for (var k = 0; k < n; k++)
        {
            var largest = k;
            for (var i = k + 1; i < n; i++)
                if (squares[order[i]] > squares[order[largest]]) largest = i;
            (order[k], order[largest]) = (order[largest], order[k]);
            var row = work.AsSpan(order[k] * d, d);
            var square = Products.Dot(row, row);
            if (square == 0) break;
            var length = Math.Sqrt(square);
            triangle[(k * n) + order[k]] = length;
            for (var i = k + 1; i < n; i++)
            {
                var other = work.AsSpan(order[i] * d, d);
                var product = Products.Dot(row, other);
                triangle[(k * n) + order[i]] = product / length;
                Products.AddScaled(other, -product / square, row);
                squares[order[i]] = Products.Dot(other, other);
            }
        }

        return triangle;
    }

    /// <summary>Rotates every pair of rows to orthogonality; false when all of them were already.</summary>
    static bool Sweep(double[] work, double[] squares, int n, int d)
    {
        for (var i = 0; i < n; i++) squares[i] = Products.Dot(work.AsSpan(i * d, d), work.AsSpan(i * d, d));
        var rotated = false;
        for (var p = 0; p < n - 1; p++)
        {
            for (var q = p + 1; q < n; q++)
            {
                var a = work.AsSpan(p * d, d);
                var b = work.AsSpan(q * d, d);
                var product = Products.Dot(a, b);

                // An angle of 1e-9 that is left changes a length by 1e-18 of itself.
                if (product * product <= 1e-18 * squares[p] * squares[q]) continue;
                rotated = true;
                var zeta = (squares[q] - squares[p]) / (2 * product);
                var t = Math.CopySign(1, zeta) / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta)));
                var c = 1 / Math.Sqrt(1 + (t * t));
                Rotate(a, b, c, c * t);
                squares[p] -= t * product;
                squares[q] += t * product;
            }
        }

        return rotated;
    }

    static void Rotate(Span<double> a, Span<double> b, double c, double s)
    {
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b);
        var (cosine, sine) = (new Vector<double>(c), new Vector<double>(s));
        var i = 0;
        for (; i <= a.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var (x, y) = (Vector.LoadUnsafe(ref pa, (nuint)i), Vector.LoadUnsafe(ref pb, (nuint)i));
            ((cosine * x) - (sine * y)).StoreUnsafe(ref pa, (nuint)i);
            ((sine * x) + (cosine * y)).StoreUnsafe(ref pb, (nuint)i);
        }

        for (; i < a.Length; i++) (a[i], b[i]) = ((c * a[i]) - (s * b[i]), (s * a[i]) + (c * b[i]));
    }
}

using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mlds.Analysis.Data;

namespace Mlds.Analysis.LinearAlgebra;

/// <summary>
/// The few matrix products that the analysis lives on. Matrices are row-major. Sums are in double precision; but in large products of
/// float32 matrices, sums of up to 256 columns are taken in float32 and only then added up, so that an entry is right to about 1e-7 of the
/// product of its rows' lengths.
/// </summary>
static class Products
{
    /// <summary>Columns taken at a time: four rows of this length stay in the first-level cache.</summary>
    const int Chunk = 512;

    /// <summary>Rows of B taken at a time: 64 × 512 doubles stay in the second-level cache.</summary>
    const int Block = 64;

    /// <summary>Products of float32 matrices of fewer multiplications than this take no time: they are taken in double precision.</summary>
    internal const long Small = 1L << 28;

    /// <summary>Σ a_i b_i.</summary>
    internal static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Debug.Assert(a.Length == b.Length);
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b);
        Vector<double> s0 = default, s1 = default;
        var width = Vector<double>.Count;
        var i = 0;
        for (; i <= a.Length - (2 * width); i += 2 * width)
        {
            s0 = Vector.FusedMultiplyAdd(Load(ref pa, i), Load(ref pb, i), s0);
            s1 = Vector.FusedMultiplyAdd(Load(ref pa, i + width), Load(ref pb, i + width), s1);
        }

        var sum = Vector.Sum(s0 + s1);
        for (; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Σ a_i b_i, summed in double precision.</summary>
    internal static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Debug.Assert(a.Length == b.Length);
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b);
        Vector<double> s0 = default, s1 = default;
        var i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(Load(ref pa, i), out var a0, out var a1);
            Vector.Widen(Load(ref pb, i), out var b0, out var b1);
            s0 = Vector.FusedMultiplyAdd(a0, b0, s0);
            s1 = Vector.FusedMultiplyAdd(a1, b1, s1);
        }

        var sum = Vector.Sum(s0 + s1);
        for (; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }

    /// <summary>Σ a_i b_i, summed in double precision.</summary>
    internal static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<float> b)
    {
        Debug.Assert(a.Length == b.Length);
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b);
        var half = Vector<double>.Count;
        Vector<double> s0 = default, s1 = default;
        var i = 0;
        for (; i <= a.Length - (2 * half); i += 2 * half)
        {
            Vector.Widen(Load(ref pb, i), out var b0, out var b1);
            s0 = Vector.FusedMultiplyAdd(Load(ref pa, i), b0, s0);
            s1 = Vector.FusedMultiplyAdd(Load(ref pa, i + half), b1, s1);
        }

        var sum = Vector.Sum(s0 + s1);
        for (; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>y += factor · x.</summary>
    internal static void AddScaled(Span<double> y, double factor, ReadOnlySpan<double> x)
    {
        Debug.Assert(x.Length == y.Length);
        ref var px = ref MemoryMarshal.GetReference(x);
        ref var py = ref MemoryMarshal.GetReference(y);
        var f = new Vector<double>(factor);
        var i = 0;
        for (; i <= y.Length - Vector<double>.Count; i += Vector<double>.Count)
            Vector.FusedMultiplyAdd(f, Load(ref px, i), Load(ref py, i)).StoreUnsafe(ref py, (nuint)i);
        for (; i < y.Length; i++) y[i] += factor * x[i];
    }

    /// <summary>y += factor · x.</summary>
    internal static void AddScaled(Span<double> y, double factor, ReadOnlySpan<float> x)
    {
        Debug.Assert(x.Length == y.Length);
        ref var px = ref MemoryMarshal.GetReference(x);
        ref var py = ref MemoryMarshal.GetReference(y);
        var half = Vector<double>.Count;
        var f = new Vector<double>(factor);
        var i = 0;
        for (; i <= y.Length - (2 * half); i += 2 * half)
        {
            Vector.Widen(Load(ref px, i), out var x0, out var x1);
            Vector.FusedMultiplyAdd(f, x0, Load(ref py, i)).StoreUnsafe(ref py, (nuint)i);
            Vector.FusedMultiplyAdd(f, x1, Load(ref py, i + half)).StoreUnsafe(ref py, (nuint)(i + half));
        }

        for (; i < y.Length; i++) y[i] += factor * x[i];
    }

    /// <summary>Squared Euclidean distance of two vectors.</summary>
    internal static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b);
        Vector<double> s0 = default, s1 = default;
        var i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(Load(ref pa, i), out var a0, out var a1);
            Vector.Widen(Load(ref pb, i), out var b0, out var b1);
            var (d0, d1) = (a0 - b0, a1 - b1);
            s0 = Vector.FusedMultiplyAdd(d0, d0, s0);
            s1 = Vector.FusedMultiplyAdd(d1, d1, s1);
        }

        var sum = Vector.Sum(s0 + s1);
        for (; i < a.Length; i++) sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        return sum;
    }

    /// <summary>Squared Euclidean distance of two vectors.</summary>
    internal static double SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }

    /// <summary>A Bᵀ: <paramref name="a"/> is n × d, <paramref name="b"/> m × d, the result n × m.</summary>
    internal static double[] TimesTransposed(double[] a, int n, double[] b, int m, int d)
    {
        var product = new double[(long)n * m];
        Parallel.For(
            0, (n + 3) / 4, Parallelism.Options, tile => Rows(a, tile * 4, Math.Min(4, n - (tile * 4)), b, 0, m, d, product, m));
        return product;
    }

    /// <summary>
    /// A Bᵀ: <paramref name="a"/> is n × d, <paramref name="b"/> m × d, the result n × m. Sums are over columns in turn, so that an entry
    /// doesn't depend on the other rows.
    /// </summary>
    internal static double[] TimesTransposed(ReadOnlyMemory<float> a, int n, ReadOnlyMemory<float> b, int m, int d)
    {
        if ((long)n * m * d < Small) return TimesTransposed(Widened(a), n, Widened(b), m, d);
        var product = new double[(long)n * m];
        var (left, right) = (new Panels<float>(n, ProductSides.Left), new Panels<float>(m, ProductSides.Right));
        for (var from = 0; from < d; from += Panels<float>.Depth)
        {
            var count = Math.Min(Panels<float>.Depth, d - from);
            left.FillFromRows(a, d, from, count);
            right.FillFromRows(b, d, from, count);
            Panels<float>.AddProducts(left, right, product);
        }

        return product;
    }

    /// <summary>The Gram matrix A Aᵀ: <paramref name="a"/> is n × d, the result n × n.</summary>
    internal static double[] Gram(double[] a, int n, int d)
    {
        var gram = new double[(long)n * n];

        // Rows of the lower triangle, longest first, so that no thread is left with the long ones at the end.
        Parallel.For(0, (n + 3) / 4, Parallelism.Options, turn =>
        {
            var first = (((n + 3) / 4) - 1 - turn) * 4;
            var rows = Math.Min(4, n - first);
            Rows(a, first, rows, a, 0, first + rows, d, gram, n);
        });
        for (var i = 0; i < n; i++)
            for (var j = 0; j < i; j++) gram[((long)j * n) + i] = gram[((long)i * n) + j];
        return gram;
    }

    /// <summary>The Gram matrix A Aᵀ: <paramref name="a"/> is n × d, the result n × n.</summary>
    internal static double[] Gram(ReadOnlyMemory<float> a, int n, int d)
    {
        if ((long)n * n * d < Small) return Gram(Widened(a), n, d);
        var gram = new double[(long)n * n];
        var panels = new Panels<float>(n);
        for (var from = 0; from < d; from += Panels<float>.Depth)
        {
            panels.FillFromRows(a, d, from, Math.Min(Panels<float>.Depth, d - from));
            panels.AddProducts(gram);
        }

        MirrorUpper(gram, n);
        return gram;
    }

    /// <summary>Makes a matrix symmetric whose upper triangle is given.</summary>
    internal static void MirrorUpper(double[] matrix, int n)
    {
        // By tiles: a column's entries are far apart.
        const int Tile = 64;
        Parallel.For(0, (n + Tile - 1) / Tile, Parallelism.Options, block =>
        {
            for (var left = 0; left <= block * Tile; left += Tile)
            {
                for (var i = block * Tile; i < Math.Min(n, (block + 1) * Tile); i++)
                    for (var j = left; j < Math.Min(i, left + Tile); j++) matrix[(i * n) + j] = matrix[(j * n) + i];
            }
        });
    }

    static double[] Widened(ReadOnlyMemory<float> values)
    {
        var wide = new double[values.Length];
        var span = values.Span;
        for (var i = 0; i < wide.Length; i++) wide[i] = span[i];
        return wide;
    }

    /// <summary>
    /// Part of A Bᵀ: rows <paramref name="rowA"/> … of A against rows <paramref name="rowB"/> … of B, over the columns
    /// <paramref name="from"/> … <paramref name="to"/> − 1 alone. Both have rows of <paramref name="stride"/> numbers; the result, countA ×
    /// countB, is overwritten.
    /// </summary>
    internal static void Part(
        double[] a, int rowA, int countA, double[] b, int rowB, int countB, int stride, int from, int to, Span<double> result)
    {
        result[..(countA * countB)].Clear();
        for (var chunk = from; chunk < to; chunk += Chunk)
        {
            for (var i = 0; i < countA; i += 4)
            {
                Strip(
                    a, rowA + i, Math.Min(4, countA - i), b, rowB, rowB + countB, stride, chunk,
                    Math.Min(Chunk, to - chunk), result[(i * countB)..], countB);
            }
        }
    }

    /// <summary>Up to four rows of the product, against B's rows from <paramref name="from"/> to <paramref name="to"/>.</summary>
    static void Rows(double[] a, int first, int rows, double[] b, int from, int to, int d, double[] product, int stride)
    {
        for (var block = from; block < to; block += Block)
        {
            var end = Math.Min(block + Block, to);
            for (var chunk = 0; chunk < d; chunk += Chunk)
            {
                Strip(
                    a, first, rows, b, block, end, d, chunk, Math.Min(Chunk, d - chunk), product.AsSpan((first * stride) + block), stride);
            }
        }
    }

    /// <summary>
    /// Adds to the result, row by row, the products of up to four rows of A with B's rows from <paramref name="from"/> to
    /// <paramref name="to"/>, over some columns alone.
    /// </summary>
    static void Strip(
        double[] a, int first, int rows, double[] b, int from, int to, int d, int chunk, int length, Span<double> result, int stride)
    {
        var j = from;
        for (; rows == 4 && j + 3 <= to; j += 3) TwelveDots(a, first, b, j, d, chunk, length, result[(j - from)..], stride);
        for (; j < to; j++)
        {
            var column = b.AsSpan((j * d) + chunk, length);
            for (var i = 0; i < rows; i++)
                result[(i * stride) + j - from] += Dot(a.AsSpan(((first + i) * d) + chunk, length), column);
        }
    }

    /// <summary>Four rows of A against three of B: twelve sums in registers, so that seven loads feed twelve multiplications.</summary>
    static void TwelveDots(double[] a, int first, double[] b, int column, int d, int chunk, int length, Span<double> result, int stride)
    {
        ref var p0 = ref a[(first * d) + chunk];
        ref var p1 = ref Unsafe.Add(ref p0, d);
        ref var p2 = ref Unsafe.Add(ref p1, d);
        ref var p3 = ref Unsafe.Add(ref p2, d);
        ref var q0 = ref b[(column * d) + chunk];
        ref var q1 = ref Unsafe.Add(ref q0, d);
        ref var q2 = ref Unsafe.Add(ref q1, d);
        Vector<double> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector<double> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        var i = 0;
        for (; i <= length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var (y0, y1, y2) = (Load(ref q0, i), Load(ref q1, i), Load(ref q2, i));
            var x = Load(ref p0, i);
            s00 = Vector.FusedMultiplyAdd(x, y0, s00);
            s01 = Vector.FusedMultiplyAdd(x, y1, s01);
            s02 = Vector.FusedMultiplyAdd(x, y2, s02);
            x = Load(ref p1, i);
            s10 = Vector.FusedMultiplyAdd(x, y0, s10);
            s11 = Vector.FusedMultiplyAdd(x, y1, s11);
            s12 = Vector.FusedMultiplyAdd(x, y2, s12);
            x = Load(ref p2, i);
            s20 = Vector.FusedMultiplyAdd(x, y0, s20);
            s21 = Vector.FusedMultiplyAdd(x, y1, s21);
            s22 = Vector.FusedMultiplyAdd(x, y2, s22);
            x = Load(ref p3, i);
            s30 = Vector.FusedMultiplyAdd(x, y0, s30);
            s31 = Vector.FusedMultiplyAdd(x, y1, s31);
            s32 = Vector.FusedMultiplyAdd(x, y2, s32);
        }

        AddSums(s00, s01, s02, ref p0, ref q0, ref q1, ref q2, i, length, result);
        AddSums(s10, s11, s12, ref p1, ref q0, ref q1, ref q2, i, length, result[stride..]);
        AddSums(s20, s21, s22, ref p2, ref q0, ref q1, ref q2, i, length, result[(2 * stride)..]);
        AddSums(s30, s31, s32, ref p3, ref q0, ref q1, ref q2, i, length, result[(3 * stride)..]);
    }

    static void AddSums(
        Vector<double> s0, Vector<double> s1, Vector<double> s2, ref double p, ref double q0, ref double q1,
        ref double q2, int from, int length, Span<double> result)
    {
        double r0 = Vector.Sum(s0), r1 = Vector.Sum(s1), r2 = Vector.Sum(s2);
        for (var i = from; i < length; i++)
        {
            var x = Unsafe.Add(ref p, i);
            r0 += x * Unsafe.Add(ref q0, i);
            r1 += x * Unsafe.Add(ref q1, i);
            r2 += x * Unsafe.Add(ref q2, i);
        }

        result[0] += r0;
        result[1] += r1;
        result[2] += r2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<T> Load<T>(ref T start, int index)
        where T : unmanaged => Vector.LoadUnsafe(ref start, (nuint)index);
}

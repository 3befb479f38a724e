using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mlds.Analysis.Data;

namespace Mlds.Analysis.LinearAlgebra;

/// <summary>
/// A block of many vectors, up to <see cref="Depth"/> numbers of each, packed so that products of all with all read memory in order (Goto
/// and van de Geijn, ACM TOMS 34, 2008): four vectors side by side for one side of a product, three registers' width for the other.
/// Products are summed in <typeparamref name="T"/> over the block and then added in double precision.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="most">Vectors, at most.</param>
/// <param name="sides">For which side of products.</param>
sealed class Panels<T>(int most, ProductSides sides = ProductSides.Both)
    where T : unmanaged, INumber<T>
{
    /// <summary>
    /// Numbers of a vector at a time: few enough that float32 sums keep six digits and that a panel stays in the first-level cache, enough
    /// to hide the adding up.
    /// </summary>
    internal const int Depth = 256;

    /// <summary>Vectors of the left side that one piece of work takes.</summary>
    const int RowsOfJob = 768;

    /// <summary>Vectors of a tile on one side; on the other it is three registers wide.</summary>
    const int Tall = 4;

    static readonly int s_wide = 3 * Math.Max(Tall, Vector<T>.Count);

    // [panel][number][vector of the panel]; what is beyond the last vector is in no product.
    readonly T[] _tall = sides.HasFlag(ProductSides.Left) ? new T[(most + s_wide - 1) / s_wide * s_wide * Depth] : [];
    readonly T[] _wide = sides.HasFlag(ProductSides.Right) ? new T[(most + s_wide - 1) / s_wide * s_wide * Depth] : [];
    readonly int _most = most;
    int _depth;

    /// <summary>Vectors.</summary>
    int Lines { get; set; } = most;

    int Count => (Lines + s_wide - 1) / s_wide;

    /// <summary>Takes the numbers <paramref name="from"/> … of vectors that are rows of <paramref name="values"/>.</summary>
    /// <param name="stride">Numbers of a row.</param>
    /// <param name="firstRow">Rows before this one are left out, so that there are fewer vectors.</param>
    internal void FillFromRows(ReadOnlyMemory<T> values, int stride, int from, int count, int firstRow = 0)
    {
        _depth = count;
        Lines = _most - firstRow;
        Parallel.For(0, Count, Parallelism.Options, panel =>
        {
            var (first, end) = (panel * s_wide, Math.Min(Lines, (panel + 1) * s_wide));
            var source = values.Span[(((firstRow + first) * stride) + from)..];
            if (_wide.Length > 0) Interleave(source, stride, end - first, count, _wide.AsSpan(first * Depth), s_wide);
            for (var line = first; line < end && _tall.Length > 0; line += Tall)
            {
                Interleave(
                    source[((line - first) * stride)..], stride, Math.Min(Tall, end - line), count, _tall.AsSpan(line * Depth), Tall);
            }
        });
    }

    /// <summary>Number by number, those of some rows side by side.</summary>
    static void Interleave(ReadOnlySpan<T> source, int stride, int rows, int count, Span<T> target, int width)
    {
        for (var row = 0; row < rows; row++)
        {
            var from = source.Slice(row * stride, count);
            for (int k = 0, at = row; k < from.Length; k++, at += width) target[at] = from[k];
        }
    }

    /// <summary>
    /// Takes vectors, for both sides, that are columns of <paramref name="rows"/>, less the shift, and adds their numbers to the sums.
    /// </summary>
    internal void FillFromColumns(float[] rows, int count, float[] shift, double[] sums)
    {
        _depth = count;
        Parallel.For(0, Count, Parallelism.Options, panel =>
        {
            var (first, end) = (panel * s_wide, Math.Min(Lines, (panel + 1) * s_wide));
            for (var k = 0; k < count; k++)
            {
                for (var line = first; line < end; line++)
                {
                    var value = T.CreateTruncating(rows[(k * Lines) + line]) - T.CreateTruncating(shift[line]);
                    Set(line, k, value);
                    sums[line] += double.CreateTruncating(value);
                }
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Set(int line, int k, T value)
    {
        _tall[(((line / Tall * Depth) + k) * Tall) + (line % Tall)] = value;
        _wide[(((line / s_wide * Depth) + k) * s_wide) + (line % s_wide)] = value;
    }

    /// <summary>
    /// Adds the products of all vectors of <paramref name="a"/> (rows) with all of <paramref name="b"/> (columns).
    /// </summary>
    /// <param name="sums">Row-major.</param>
    internal static void AddProducts(Panels<T> a, Panels<T> b, double[] sums) =>
        AddProducts(a, b, Part.Whole, new Target(sums, 0, b.Lines, IsAdded: true));

    /// <summary>Adds the products of all vectors with all; below the diagonal only some.</summary>
    internal void AddProducts(double[] sums) => AddProducts(this, this, Part.Upper, new Target(sums, 0, Lines, IsAdded: true));

    /// <summary>
    /// Subtracts the products of all vectors with all from a part of a matrix that begins at row and column <paramref name="first"/>; above
    /// the diagonal only some.
    /// </summary>
    /// <param name="matrix">Row-major, rows of <paramref name="stride"/> numbers.</param>
    internal void SubtractProducts(double[] matrix, int stride, int first) =>
        AddProducts(this, this, Part.Lower, new Target(matrix, (first * stride) + first, stride, IsAdded: false));

    enum Part
    {
        Whole,
        Upper,
        Lower,
    }

    /// <summary>Where products go.</summary>
    readonly record struct Target(double[] Sums, int First, int Stride, bool IsAdded);

    static void AddProducts(Panels<T> a, Panels<T> b, Part part, Target target)
    {
        var parts = (a.Lines + RowsOfJob - 1) / RowsOfJob;
        Parallel.For(0, b.Count * parts, Parallelism.Options, job =>
        {
            var (panel, from) = (job / parts, job % parts * RowsOfJob);
            var end = Math.Min(from + RowsOfJob, part == Part.Upper ? Math.Min(a.Lines, (panel + 1) * s_wide) : a.Lines);
            if (part == Part.Lower) from = Math.Max(from, panel * s_wide);
            for (var column = 0; column < s_wide; column += 3 * Vector<T>.Count)
                for (var row = from; row < end; row += Tall) Tile(a, row, b, panel, column, target);
        });
    }

    static void Tile(Panels<T> left, int row, Panels<T> right, int panel, int column, Target target)
    {
        ref var a = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(left._tall), row * Depth);
        ref var b = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(right._wide), (panel * Depth * s_wide) + column);
        var (width, step) = (Vector<T>.Count, s_wide);
        Vector<T> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector<T> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        for (var k = 0; k < left._depth; k++)
        {
            var b0 = Vector.LoadUnsafe(ref b);
            var b1 = Vector.LoadUnsafe(ref b, (nuint)width);
            var b2 = Vector.LoadUnsafe(ref b, (nuint)(2 * width));
            var x = new Vector<T>(a);
            s00 = MultiplyAdd(x, b0, s00);
            s01 = MultiplyAdd(x, b1, s01);
            s02 = MultiplyAdd(x, b2, s02);
            x = new Vector<T>(Unsafe.Add(ref a, 1));
            s10 = MultiplyAdd(x, b0, s10);
            s11 = MultiplyAdd(x, b1, s11);
            s12 = MultiplyAdd(x, b2, s12);
            x = new Vector<T>(Unsafe.Add(ref a, 2));
            s20 = MultiplyAdd(x, b0, s20);
            s21 = MultiplyAdd(x, b1, s21);
            s22 = MultiplyAdd(x, b2, s22);
            x = new Vector<T>(Unsafe.Add(ref a, 3));
            s30 = MultiplyAdd(x, b0, s30);
            s31 = MultiplyAdd(x, b1, s31);
            s32 = MultiplyAdd(x, b2, s32);
            a = ref Unsafe.Add(ref a, Tall);
            b = ref Unsafe.Add(ref b, step);
        }

        var first = (panel * step) + column;
        var columns = right.Lines;
        if (first >= columns) return;
        if (!target.IsAdded)
        {
            (s00, s01, s02, s10, s11, s12) = (-s00, -s01, -s02, -s10, -s11, -s12);
            (s20, s21, s22, s30, s31, s32) = (-s20, -s21, -s22, -s30, -s31, -s32);
        }

        Add(s00, s01, s02, target, row, first, columns);
        if (row + 1 < left.Lines) Add(s10, s11, s12, target, row + 1, first, columns);
        if (row + 2 < left.Lines) Add(s20, s21, s22, target, row + 2, first, columns);
        if (row + 3 < left.Lines) Add(s30, s31, s32, target, row + 3, first, columns);
    }

    static void Add(Vector<T> s0, Vector<T> s1, Vector<T> s2, Target target, int row, int column, int columns)
    {
        var width = Vector<T>.Count;
        var sums = target.Sums.AsSpan(target.First + (row * target.Stride) + column, Math.Min(3 * width, columns - column));
        if (sums.Length == 3 * width)
        {
            ref var start = ref MemoryMarshal.GetReference(sums);
            Add(s0, ref start);
            Add(s1, ref Unsafe.Add(ref start, width));
            Add(s2, ref Unsafe.Add(ref start, 2 * width));
            return;
        }

        for (var j = 0; j < sums.Length; j++)
            sums[j] += double.CreateTruncating((j < width ? s0 : j < 2 * width ? s1 : s2).GetElement(j % width));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(Vector<T> sums, ref double target)
    {
        if (typeof(T) == typeof(float))
        {
            Vector.Widen(sums.As<T, float>(), out var low, out var high);
            (Vector.LoadUnsafe(ref target) + low).StoreUnsafe(ref target);
            var rest = (nuint)Vector<double>.Count;
            (Vector.LoadUnsafe(ref target, rest) + high).StoreUnsafe(ref target, rest);
        }
        else
        {
            (Vector.LoadUnsafe(ref target) + sums.As<T, double>()).StoreUnsafe(ref target);
        }
    }

    /// <summary>x y + sum, rounded once; the type is known when this is compiled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<T> MultiplyAdd(Vector<T> x, Vector<T> y, Vector<T> sum) => typeof(T) == typeof(float)
        ? Vector.FusedMultiplyAdd(x.As<T, float>(), y.As<T, float>(), sum.As<T, float>()).As<float, T>()
        : Vector.FusedMultiplyAdd(x.As<T, double>(), y.As<T, double>(), sum.As<T, double>()).As<double, T>();
}

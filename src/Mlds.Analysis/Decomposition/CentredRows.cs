using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mlds.Analysis.Data;

namespace Mlds.Analysis.Decomposition;

/// <summary>
/// Rows less their mean, and standardised if wanted, as an operator: Z and ZᵀZ are applied to vectors without a copy of the rows. Products
/// are in float32 over up to 512 numbers at a time, and added up in double precision.
/// </summary>
sealed class CentredRows(FeatureMatrix matrix, Standardizer scaler, bool standardize)
{
    /// <summary>Columns taken at a time, so that all sums over them stay in the first-level cache.</summary>
    const int Columns = 256;

    /// <summary>Rows taken at a time.</summary>
    const int Rows = 256;

    /// <summary>Numbers of a row taken at a time.</summary>
    const int Chunk = 512;

    readonly double[] _mean = [.. scaler.Mean];
    readonly double[] _scale = [.. standardize ? scaler.Scale : Enumerable.Repeat(1.0, matrix.Columns)];

    /// <summary>Row <paramref name="row"/>, centred, in double precision.</summary>
    internal void Copy(int row, Span<double> target)
    {
        var values = matrix.Row(row);
        var (mean, scale) = (_mean, _scale);
        for (var j = 0; j < values.Length; j++) target[j] = (values[j] - mean[j]) * scale[j];
    }

    /// <summary>ZᵀZ v of each of <paramref name="vectors"/>, D numbers each.</summary>
    internal double[][] Apply(double[][] vectors)
    {
        var (n, d, count) = (matrix.Rows, matrix.Columns, (vectors.Length + 2) / 3 * 3);
        var right = new float[count * d];
        var offsets = new double[count];
        for (var k = 0; k < vectors.Length; k++)
        {
            for (var j = 0; j < d; j++)
            {
                var weight = right[(k * d) + j] = (float)(vectors[k][j] * _scale[j]);
                offsets[k] += weight * _mean[j];
            }
        }

        // Row by row the coordinates t = Z v, row-major.
        var coordinates = new float[n * count];
        Parallel.For(0, (n + Rows - 1) / Rows, Parallelism.Options, block =>
        {
            Span<double> sums = stackalloc double[12];
            for (var row = block * Rows; row < Math.Min(n, (block + 1) * Rows); row += 4)
            {
                for (var k = 0; k < count; k += 3)
                {
                    var rows = Math.Min(4, n - row);
                    sums.Clear();
                    for (var from = 0; from < d; from += Chunk)
                        AddDots(matrix.Values, row, rows, right, k, d, from, Math.Min(Chunk, d - from), sums);
                    for (var i = 0; i < 3 * rows; i++)
                        coordinates[((row + (i / 3)) * count) + k + (i % 3)] = (float)(sums[i] - offsets[k + (i % 3)]);
                }
            }
        });
        var totals = new double[count];
        for (var at = 0; at < coordinates.Length; at++) totals[at % count] += coordinates[at];

        var results = Array.ConvertAll(vectors, _ => new double[d]);
        Parallel.For(0, (d + Columns - 1) / Columns, Parallelism.Options, block =>
        {
            var (first, length) = (block * Columns, Math.Min(Columns, d - (block * Columns)));
            var sums = new float[count * Columns];
            for (var row = 0; row < n; row += Rows)
            {
                Array.Clear(sums);
                for (var i = row; i < Math.Min(n, row + Rows); i += 4)
                    AddCombinations(matrix.Values, i, Math.Min(4, n - i), d, first, length, coordinates, count, sums);
                for (var k = 0; k < results.Length; k++)
                    for (var j = 0; j < length; j++) results[k][first + j] += sums[(k * Columns) + j];
            }

            for (var k = 0; k < results.Length; k++)
            {
                for (var j = first; j < first + length; j++)
                    results[k][j] = (results[k][j] - (totals[k] * _mean[j])) * _scale[j];
            }
        });
        return results;
    }

    /// <summary>Adds the products of up to four rows with three vectors, over some columns.</summary>
    static void AddDots(float[] values, int row, int rows, float[] right, int k, int d, int from, int length, Span<double> sums)
    {
        ref var q0 = ref right[(k * d) + from];
        ref var q1 = ref Unsafe.Add(ref q0, d);
        ref var q2 = ref Unsafe.Add(ref q1, d);
        var i = 0;
        if (rows == 4)
        {
            ref var p0 = ref values[(row * d) + from];
            ref var p1 = ref Unsafe.Add(ref p0, d);
            ref var p2 = ref Unsafe.Add(ref p1, d);
            ref var p3 = ref Unsafe.Add(ref p2, d);
            Vector<float> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
            Vector<float> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
            for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
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

            (sums[0], sums[1], sums[2]) = (sums[0] + Vector.Sum(s00), sums[1] + Vector.Sum(s01), sums[2] + Vector.Sum(s02));
            (sums[3], sums[4], sums[5]) = (sums[3] + Vector.Sum(s10), sums[4] + Vector.Sum(s11), sums[5] + Vector.Sum(s12));
            (sums[6], sums[7], sums[8]) = (sums[6] + Vector.Sum(s20), sums[7] + Vector.Sum(s21), sums[8] + Vector.Sum(s22));
            (sums[9], sums[10], sums[11]) = (sums[9] + Vector.Sum(s30), sums[10] + Vector.Sum(s31), sums[11] + Vector.Sum(s32));
        }

        for (var r = 0; r < rows; r++)
        {
            for (var j = i; j < length; j++)
            {
                double x = values[((row + r) * d) + from + j];
                sums[3 * r] += x * Unsafe.Add(ref q0, j);
                sums[(3 * r) + 1] += x * Unsafe.Add(ref q1, j);
                sums[(3 * r) + 2] += x * Unsafe.Add(ref q2, j);
            }
        }
    }

    /// <summary>Adds up to four rows, each times its coordinate, to the sums of every vector, over some columns.</summary>
    static void AddCombinations(
        float[] values, int row, int rows, int d, int first, int length, float[] coordinates, int count, float[] sums)
    {
        var i = 0;
        if (rows == 4)
        {
            ref var p0 = ref values[(row * d) + first];
            ref var p1 = ref Unsafe.Add(ref p0, d);
            ref var p2 = ref Unsafe.Add(ref p1, d);
            ref var p3 = ref Unsafe.Add(ref p2, d);
            ref var t0 = ref coordinates[row * count];
            ref var target = ref MemoryMarshal.GetArrayDataReference(sums);
            for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
            {
                var (x0, x1, x2, x3) = (Load(ref p0, i), Load(ref p1, i), Load(ref p2, i), Load(ref p3, i));
                for (var k = 0; k < count; k++)
                {
                    ref var t = ref Unsafe.Add(ref t0, k);
                    var at = (k * Columns) + i;
                    var sum = Vector.FusedMultiplyAdd(x0, new Vector<float>(t), Load(ref target, at));
                    sum = Vector.FusedMultiplyAdd(x1, new Vector<float>(Unsafe.Add(ref t, count)), sum);
                    sum = Vector.FusedMultiplyAdd(x2, new Vector<float>(Unsafe.Add(ref t, 2 * count)), sum);
                    sum = Vector.FusedMultiplyAdd(x3, new Vector<float>(Unsafe.Add(ref t, 3 * count)), sum);
                    sum.StoreUnsafe(ref target, (nuint)at);
                }
            }
        }

        for (var r = 0; r < rows; r++)
        {
            for (var k = 0; k < count; k++)
            {
                var t = coordinates[((row + r) * count) + k];
                for (var j = i; j < length; j++) sums[(k * Columns) + j] += t * values[((row + r) * d) + first + j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<float> Load(ref float start, int index) => Vector.LoadUnsafe(ref start, (nuint)index);
}

using System.Runtime.Intrinsics;

namespace Mlds.Kernels.Linear;

/// <summary>
/// Products of matrices of a few dozen elements, once per step; row-major; every term one fused multiply-add, the inner index ascending.
/// </summary>
static unsafe class SmallMatrix
{
    /// <summary>C[i, j] += Σ_k A[i, k]·B[k, j].</summary>
    public static void AddProduct(float* a, float* b, int rows, int inner, int columns, float* c)
    {
        for (var i = 0; i < rows; i++) AddRow(a + (i * inner), 1, b, inner, columns, c + (i * columns));
    }

    /// <summary>C[i, j] += Σ_k A[k, i]·B[k, j].</summary>
    public static void AddTransposedProduct(float* a, float* b, int rows, int inner, int columns, float* c)
    {
        for (var i = 0; i < rows; i++) AddRow(a + i, rows, b, inner, columns, c + (i * columns));
    }

    /// <summary>c[j] += Σ_k a[k·stride]·B[k, j].</summary>
    static void AddRow(float* a, int stride, float* b, int inner, int columns, float* c)
    {
        var j = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; j + 12 <= columns; j += 12)
            {
                var (x, y, z) = (Vector128.Load(c + j), Vector128.Load(c + j + 4), Vector128.Load(c + j + 8));
                for (var k = 0; k < inner; k++)
                {
                    var factor = Vector128.Create(a[k * stride]);
                    var from = b + (k * columns) + j;
                    x = Vector128.FusedMultiplyAdd(factor, Vector128.Load(from), x);
                    y = Vector128.FusedMultiplyAdd(factor, Vector128.Load(from + 4), y);
                    z = Vector128.FusedMultiplyAdd(factor, Vector128.Load(from + 8), z);
                }

                x.Store(c + j);
                y.Store(c + j + 4);
                z.Store(c + j + 8);
            }

            for (; j + 4 <= columns; j += 4)
            {
                var x = Vector128.Load(c + j);
                for (var k = 0; k < inner; k++)
                    x = Vector128.FusedMultiplyAdd(Vector128.Create(a[k * stride]), Vector128.Load(b + (k * columns) + j), x);
                x.Store(c + j);
            }
        }

        for (; j < columns; j++)
        {
            var x = c[j];
            for (var k = 0; k < inner; k++) x = MathF.FusedMultiplyAdd(a[k * stride], b[(k * columns) + j], x);
            c[j] = x;
        }
    }
}

using System.Runtime.Intrinsics;

namespace Mlds.Kernels.Linear;

/// <summary>Products of matrices of a few dozen elements, once a step; row-major; every term one fused multiply-add, the inner index ascending.</summary>
static unsafe class SmallMatrix
{
    /// <summary>C[i, j] += Σ_k A[i, k]·B[k, j].</summary>
    public static void AddProduct(float* a, float* b, int rows, int inner, int columns, float* c)
    {
        for (var i = 0; i < rows; i++)
        {
            for (var k = 0; k < inner; k++) AddScaled(a[(i * inner) + k], b + (k * columns), columns, c + (i * columns));
        }
    }

    /// <summary>C[i, j] += Σ_k A[k, i]·B[k, j].</summary>
    public static void AddTransposedProduct(float* a, float* b, int rows, int inner, int columns, float* c)
    {
        for (var k = 0; k < inner; k++)
        {
            for (var i = 0; i < rows; i++) AddScaled(a[(k * rows) + i], b + (k * columns), columns, c + (i * columns));
        }
    }

    static void AddScaled(float factor, float* x, int count, float* y)
    {
        var i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            var all = Vector128.Create(factor);
            for (; i + 4 <= count; i += 4) Vector128.FusedMultiplyAdd(all, Vector128.Load(x + i), Vector128.Load(y + i)).Store(y + i);
        }

        for (; i < count; i++) y[i] = MathF.FusedMultiplyAdd(factor, x[i], y[i]);
    }
}

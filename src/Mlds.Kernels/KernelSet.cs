namespace Mlds.Kernels;

/// <summary>Which implementation of the kernels runs; all of them give the same bits.</summary>
public static class KernelSet
{
    /// <summary>Name of the fastest kernels this processor can run: avx512, avx2, simd128 or scalar.</summary>
    public static string Best => throw new NotImplementedException();
}

using System.Runtime.InteropServices;

namespace Mlds.Kernels.Lanes;

/// <summary>One block of native memory, cut into cache-line-aligned arrays of floats. First reserve all, then take the pointers.</summary>
sealed unsafe class AlignedFloats : IDisposable
{
    const int LineBytes = 64;

    float* _memory;
    nint _length;

    ~AlignedFloats() => Free();

    /// <summary>Offset of a new array of <paramref name="count"/> floats.</summary>
    public nint Reserve(long count)
    {
        var offset = _length;
        _length += (nint)((count + LaneCount.Virtual - 1) / LaneCount.Virtual * LaneCount.Virtual);
        return offset;
    }

    /// <summary>Gets the memory, zeroed.</summary>
    public void Allocate()
    {
        _memory = (float*)NativeMemory.AlignedAlloc((nuint)_length * sizeof(float), LineBytes);
        NativeMemory.Clear(_memory, (nuint)_length * sizeof(float));
    }

    /// <summary>The array reserved at <paramref name="offset"/>.</summary>
    public float* At(nint offset) => _memory + offset;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}

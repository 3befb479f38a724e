using System.Runtime.InteropServices;

namespace Mlds.Training;

/// <summary>
/// How recorded numbers are compared: by their bits, so that +0 is not −0. All NaNs are alike, since processors differ in the ones they
/// make.
/// </summary>
public static class SameBits
{
    public static bool Are(float a, float b) =>
        BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) || (float.IsNaN(a) && float.IsNaN(b));

    /// <summary>Also compares the lengths.</summary>
    public static bool Are(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (MemoryMarshal.AsBytes(a).SequenceEqual(MemoryMarshal.AsBytes(b))) return true;
        if (a.Length != b.Length) return false;
        for (var i = 0; i < a.Length; i++)
        {
            if (!Are(a[i], b[i])) return false;
        }

        return true;
    }
}

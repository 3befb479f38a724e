using System.Runtime.InteropServices;

namespace Mlds.Training;

/// <summary>The SHA-256 by which weights are compared everywhere.</summary>
public static class WeightsHash
{
    /// <summary>Lower-case hex SHA-256 of <paramref name="weights"/> as float32 little-endian.</summary>
    public static string Of(ReadOnlySpan<float> weights) => Sha256Hash.HexOf(Bytes(weights));

    /// <summary>The weights as float32 little-endian bytes, 4 per weight.</summary>
    public static byte[] Bytes(ReadOnlySpan<float> weights)
    {
        var bytes = MemoryMarshal.AsBytes(weights).ToArray();
        if (!BitConverter.IsLittleEndian)
            for (var i = 0; i < bytes.Length; i += 4) bytes.AsSpan(i, 4).Reverse();
        return bytes;
    }
}

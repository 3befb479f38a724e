using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ZstdSharp;

namespace Mlds.Zoos;

/// <summary>
/// Weights, or other floats such as checkpoints', in fewer bytes, to the same bits (docs/formats/zoo.md). Of a float32 only the exponent
/// says something that others say too: the exponents of all lie together and are compressed, signs and fractions stay as they are.
/// </summary>
static class WeightPacking
{
    /// <summary>Where a blob is the float32 themselves.</summary>
    public const int Plain = 0;

    /// <summary>Where it is what <see cref="Pack"/> makes.</summary>
    public const int Packed = 1;

    const int HeadBytes = sizeof(int);

    /// <summary>Higher levels search longer for repetitions, of which there are none; what they gain is better coded.</summary>
    const int Level = 19;

    [ThreadStatic]
    static Compressor? s_compressor;

    [ThreadStatic]
    static Decompressor? s_decompressor;

    /// <summary>What a row says of its blob.</summary>
    /// <exception cref="ZooException">Neither of the two.</exception>
    public static bool IsPacked(StoredRow row, int column) => row.GetInt32(column, Plain, Packed) == Packed;

    /// <param name="weights">P float32 little-endian.</param>
    /// <returns>A blob, and how it is packed: <see cref="Plain"/> where packing wouldn't save a sixteenth.</returns>
    public static (int Packing, byte[] Blob) Pack(byte[] weights)
    {
        var count = weights.Length / sizeof(float);
        if (count == 0 || weights.Length % sizeof(float) != 0) return (Plain, weights);
        var values = MemoryMarshal.Cast<byte, uint>(weights);
        var (exponents, fractions) = (new byte[count], new byte[3 * count]);
        for (var i = 0; i < count; i++)
        {
            var value = values[i];
            exponents[i] = (byte)(value >> 23);
            var rest = ((value << 1) & 0xFFFFFE) | (value >> 31);
            (fractions[3 * i], fractions[(3 * i) + 1], fractions[(3 * i) + 2]) = ((byte)rest, (byte)(rest >> 8), (byte)(rest >> 16));
        }

        var frame = (s_compressor ??= new Compressor(Level)).Wrap(exponents);
        var packed = HeadBytes + fractions.Length + frame.Length;
        if (packed > weights.Length - (weights.Length / 16)) return (Plain, weights);
        var blob = new byte[packed];
        BinaryPrimitives.WriteInt32LittleEndian(blob, count);
        fractions.CopyTo(blob, HeadBytes);
        frame.CopyTo(blob.AsSpan(HeadBytes + fractions.Length));
        return (Packed, blob);
    }

    /// <summary>P, by the head of a packed blob alone.</summary>
    /// <exception cref="InvalidDataException">It can't be one.</exception>
    public static int Count(ReadOnlySpan<byte> packed)
    {
        var count = packed.Length < HeadBytes ? 0 : BinaryPrimitives.ReadInt32LittleEndian(packed);
        return count > 0 && packed.Length - HeadBytes > 3L * count
            ? count
            : throw new InvalidDataException($"A packed blob of {packed.Length} bytes doesn't hold {count} weights.");
    }

    /// <returns>P float32 little-endian.</returns>
    /// <exception cref="InvalidDataException">Not what <see cref="Pack"/> made.</exception>
    public static byte[] Unpack(byte[] packed)
    {
        var weights = new byte[sizeof(float) * Count(packed)];
        Unpack(packed, weights);
        return weights;
    }

    /// <param name="weights">4 × <see cref="Count"/> bytes, which get the float32.</param>
    /// <exception cref="InvalidDataException">Not what <see cref="Pack"/> made.</exception>
    public static void Unpack(ReadOnlySpan<byte> packed, Span<byte> weights)
    {
        var count = Count(packed);
        if (weights.Length != sizeof(float) * count)
            throw new InvalidDataException($"A packed blob holds {count} weights, not {weights.Length / sizeof(float)}.");
        var fractions = packed[HeadBytes..];
        var exponents = new byte[count];
        if (!TryUnwrap(packed[(HeadBytes + (3 * count))..], exponents))
            throw new InvalidDataException($"The exponents of a packed blob of {count} weights can't be read.");
        var values = MemoryMarshal.Cast<byte, uint>(weights);
        for (var i = 0; i < count; i++)
        {
            var rest = fractions[3 * i] | ((uint)fractions[(3 * i) + 1] << 8) | ((uint)fractions[(3 * i) + 2] << 16);
            values[i] = (rest << 31) | ((uint)exponents[i] << 23) | (rest >> 1);
        }
    }

    static bool TryUnwrap(ReadOnlySpan<byte> frame, byte[] exponents)
    {
        try
        {
            return (s_decompressor ??= new Decompressor()).Unwrap(frame, exponents) == exponents.Length;
        }
        catch (ZstdException)
        {
            return false;
        }
    }
}

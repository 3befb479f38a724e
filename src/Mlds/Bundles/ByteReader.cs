using System.Buffers.Binary;

namespace Mlds.Bundles;

/// <summary>
/// Reads a little-endian file that a stranger may have written: nothing beyond its end, nothing out of bounds, no byte left over.
/// </summary>
/// <param name="bytes">The whole file.</param>
/// <param name="what">What it is, for messages: "The bundle".</param>
ref struct ByteReader(ReadOnlySpan<byte> bytes, string what)
{
    readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _bytes.Length - Position)
        {
            throw new InvalidDataException(
                $"{what} is cut short: at byte {Position} it should have {count} more, but it has {_bytes.Length - Position}.");
        }

        var taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public float Single() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    /// <summary>A count from <paramref name="low"/> to <paramref name="high"/>.</summary>
    /// <param name="name">Of what, for messages: "networks".</param>
    public int Count(string name, int low, int high)
    {
        var at = Position;
        var count = Int32();
        return count >= low && count <= high
            ? count
            : throw new InvalidDataException($"{what} says {count} {name} at byte {at}; {low} to {high} are allowed.");
    }

    /// <summary>32 bytes as lower-case hex.</summary>
    public string Hash() => Convert.ToHexStringLower(Take(Sha256Hash.HashBytes));

    public float[] Singles(int count)
    {
        var taken = Take(checked(4 * count));
        var values = new float[count];
        for (var i = 0; i < count; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(taken[(4 * i)..]);
        return values;
    }

    public readonly void End()
    {
        if (Position != _bytes.Length)
            throw new InvalidDataException($"{what} has {_bytes.Length - Position} bytes too many after byte {Position}.");
    }
}

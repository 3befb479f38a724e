using System.Buffers.Binary;
using System.Numerics;

namespace Mlds;

/// <summary>
/// SHA-256 (FIPS 180-4). The base class library's own asks the system for OpenSSL, which a volunteer's machine may lack; recipes, data,
/// weights and checkpoints are hashed without it.
/// </summary>
public sealed class Sha256Hash
{
    public const int HashBytes = 32;

    const int BlockBytes = 64;

    /// <summary>The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4 §4.2.2).</summary>
    static ReadOnlySpan<uint> Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>The same of the square roots of the first 8 primes (§5.3.3), then the hash so far.</summary>
    readonly uint[] _hash = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    /// <summary>The begun block.</summary>
    readonly byte[] _block = new byte[BlockBytes];

    readonly uint[] _schedule = new uint[64];

    long _length;

    /// <summary>The 32 bytes of <paramref name="data"/>'s hash.</summary>
    public static byte[] Of(ReadOnlySpan<byte> data)
    {
        var hash = new Sha256Hash();
        hash.Append(data);
        return hash.Finish();
    }

    /// <summary>The same as 64 lower-case hex digits.</summary>
    public static string HexOf(ReadOnlySpan<byte> data) => Convert.ToHexStringLower(Of(data));

    /// <summary>That of all that is left of <paramref name="stream"/>.</summary>
    public static string HexOf(Stream stream)
    {
        var hash = new Sha256Hash();
        var buffer = new byte[1 << 16];
        for (int got; (got = stream.Read(buffer)) > 0;) hash.Append(buffer.AsSpan(0, got));
        return Convert.ToHexStringLower(hash.Finish());
    }

    public void Append(ReadOnlySpan<byte> data)
    {
        var begun = (int)(_length % BlockBytes);
        _length += data.Length;
        if (begun > 0)
        {
            var taken = Math.Min(BlockBytes - begun, data.Length);
            data[..taken].CopyTo(_block.AsSpan(begun));
            data = data[taken..];
            if (begun + taken < BlockBytes) return;
            Compress(_block);
        }

        for (; data.Length >= BlockBytes; data = data[BlockBytes..]) Compress(data[..BlockBytes]);
        data.CopyTo(_block);
    }

    /// <summary>The 32 bytes of the hash of all that was appended. Call once, last.</summary>
    public byte[] Finish()
    {
        var bits = 8 * (ulong)_length;
        Span<byte> padding = stackalloc byte[BlockBytes + sizeof(ulong)];
        padding.Clear();
        padding[0] = 0x80;
        // One 1 bit, then zeros until 8 bytes are left in a block for the length.
        var zeros = (int)((2 * BlockBytes - 1 - sizeof(ulong) - (_length % BlockBytes)) % BlockBytes);
        BinaryPrimitives.WriteUInt64BigEndian(padding[(1 + zeros)..], bits);
        Append(padding[..(1 + zeros + sizeof(ulong))]);
        var bytes = new byte[HashBytes];
        for (var i = 0; i < _hash.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 * i), _hash[i]);
        return bytes;
    }

    /// <summary>§6.2.2, in the standard's letters.</summary>
    void Compress(ReadOnlySpan<byte> block)
    {
        var w = _schedule;
        for (var t = 0; t < 16; t++) w[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * t)..]);
        for (var t = 16; t < 64; t++)
        {
            var s0 = BitOperations.RotateRight(w[t - 15], 7) ^ BitOperations.RotateRight(w[t - 15], 18) ^ (w[t - 15] >> 3);
            var s1 = BitOperations.RotateRight(w[t - 2], 17) ^ BitOperations.RotateRight(w[t - 2], 19) ^ (w[t - 2] >> 10);
            w[t] = s1 + w[t - 7] + s0 + w[t - 16];
        }

        var (a, b, c, d, e, f, g, h) = (_hash[0], _hash[1], _hash[2], _hash[3], _hash[4], _hash[5], _hash[6], _hash[7]);
        for (var t = 0; t < 64; t++)
        {
            var sum1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            var t1 = h + sum1 + ((e & f) ^ (~e & g)) + Constants[t] + w[t];
            var sum0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            var t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
        }

        (_hash[0], _hash[1], _hash[2], _hash[3]) = (_hash[0] + a, _hash[1] + b, _hash[2] + c, _hash[3] + d);
        (_hash[4], _hash[5], _hash[6], _hash[7]) = (_hash[4] + e, _hash[5] + f, _hash[6] + g, _hash[7] + h);
    }
}

namespace Mlds.Kernels.Random;

/// <summary>
/// The random numbers of one (seed, stream, sub-stream), in order: word i is word i mod 4 of the Philox block with key (seed, stream)
/// and counter (⌊i/4⌋ low, ⌊i/4⌋ high, sub-stream, 0). Allocation-free; a mutable struct, so pass it by reference.
/// </summary>
/// <remarks>The rules are arithmetic v1's (docs/decisions/0001, Random numbers): integer and single IEEE operations only.</remarks>
public struct PhiloxStream
{
    readonly uint _seed;
    readonly uint _stream;
    readonly uint _subStream;
    ulong _block;
    int _used;
    (uint W0, uint W1, uint W2, uint W3) _words;

    /// <param name="seed">The data seed or the network's seed, whichever the stream is keyed by.</param>
    /// <param name="stream">What the numbers are for.</param>
    /// <param name="subStream">Sequence or epoch number; 0 where a stream has but one.</param>
    public PhiloxStream(uint seed, RandomStream stream, uint subStream = 0)
    {
        _seed = seed;
        _stream = (uint)stream;
        _subStream = subStream;
        _used = 4;
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_used == 4)
        {
            _words = Philox.Block((uint)_block, (uint)(_block >> 32), _subStream, 0, _seed, _stream);
            _block++;
            _used = 0;
        }

        return _used++ switch { 0 => _words.W0, 1 => _words.W1, 2 => _words.W2, _ => _words.W3 };
    }

    /// <summary>
    /// A number 0 … <paramref name="count"/> − 1, each exactly as likely. With x the next word and m = x · count (64 bits): if the low
    /// half of m is below 2³² mod count, x is rejected and the next word is tried; else the result is the high half of m.
    /// </summary>
    /// <remarks>
    /// D. Lemire: Fast Random Integer Generation in an Interval. ACM TOMACS 29(1), 2019, doi:10.1145/3230636, algorithm 5.
    /// </remarks>
    /// <param name="count">At least 1.</param>
    public uint Below(uint count)
    {
        ArgumentOutOfRangeException.ThrowIfZero(count);
        var product = (ulong)NextUInt32() * count;
        if ((uint)product < count)
        {
            var threshold = unchecked(0u - count) % count; // 2³² mod count
            while ((uint)product < threshold) product = (ulong)NextUInt32() * count;
        }

        return (uint)(product >> 32);
    }

    /// <summary>
    /// A number strictly between −<paramref name="bound"/> and <paramref name="bound"/>. With k the upper 24 bits of the next word:
    /// the odd integer 2k + 1 − 2²⁴, times 2⁻²⁴ (both exact in float32), times the bound (one rounding). Symmetric about 0, never 0.
    /// </summary>
    /// <param name="bound">Positive and normal, so that the product doesn't underflow.</param>
    public float UniformFloat(float bound)
    {
        var odd = (int)((NextUInt32() >> 8) << 1) + 1 - (1 << 24);
        return odd * (1f / (1 << 24)) * bound;
    }

    /// <summary>Fisher–Yates: for i = n − 1 down to 1, swaps item i with item <see cref="Below"/>(i + 1).</summary>
    /// <remarks>D. E. Knuth: The Art of Computer Programming, volume 2, §3.4.2, algorithm P.</remarks>
    public void Shuffle(Span<int> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = (int)Below((uint)i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CsCheck;

namespace Mlds.Zoos.Tests;

public sealed class WeightPackingTests
{
    static byte[] Bytes(uint[] bits) => MemoryMarshal.AsBytes(bits.AsSpan()).ToArray();

    /// <summary>What networks have: few exponents, any sign and fraction.</summary>
    static readonly Gen<uint> s_weight = Gen.Select(Gen.Bool, Gen.Int[118, 125], Gen.UInt[0, (1 << 23) - 1])
        .Select((sign, exponent, fraction) => (sign ? 1u << 31 : 0) | ((uint)exponent << 23) | fraction);

    [Fact]
    public void Weights_come_back_to_the_bit_from_fewer_bytes() =>
        s_weight.Array[200, 5000].Sample(
            bits =>
            {
                var plain = Bytes(bits);
                var (packing, blob) = WeightPacking.Pack(plain);
                Assert.Equal(WeightPacking.Packed, packing);
                Assert.InRange(blob.Length, 1, plain.Length * 15 / 16);
                Assert.Equal(bits.Length, WeightPacking.Count(blob));
                Assert.Equal(plain, WeightPacking.Unpack(blob));
            },
            iter: 100);

    [Fact]
    public void Any_bits_at_all_come_back_packed_or_not() =>
        Gen.OneOf(Gen.UInt, Gen.Const(0u), Gen.Const(1u << 31), Gen.Const(0x7F800000u), Gen.Const(0xFFC00001u)).Array[0, 300].Sample(
            bits =>
            {
                var plain = Bytes(bits);
                var (packing, blob) = WeightPacking.Pack(plain);
                Assert.Equal(plain, packing == WeightPacking.Plain ? blob : WeightPacking.Unpack(blob));
                Assert.True(blob.Length <= plain.Length);
            },
            iter: 300);

    [Fact]
    public void What_packing_does_not_shorten_stays_as_it_is()
    {
        var random = new byte[4000];
        new Random(1).NextBytes(random);
        Assert.Equal((WeightPacking.Plain, random), WeightPacking.Pack(random));
        Assert.Equal((WeightPacking.Plain, []), WeightPacking.Pack([]));
    }

    [Fact]
    public void A_damaged_blob_is_refused_or_gives_other_weights_but_nothing_breaks()
    {
        var plain = Bytes([.. Enumerable.Range(0, 1000).Select(i => BitConverter.SingleToUInt32Bits(MathF.Sin(i)))]);
        var (_, whole) = WeightPacking.Pack(plain);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length]).Sample(
            (at, value, length) =>
            {
                var blob = whole[..Math.Max(at + 1, length)];
                if (blob[at] == value && blob.Length == whole.Length) return;
                blob[at] = value;
                try
                {
                    Assert.NotEqual(plain, WeightPacking.Unpack(blob));
                }
                catch (InvalidDataException refused)
                {
                    Assert.Contains("packed blob", refused.Message, StringComparison.Ordinal);
                }
            },
            iter: 2000);
    }

    [Fact]
    public void A_head_that_promises_more_than_there_is_takes_no_memory()
    {
        var blob = new byte[100];
        BinaryPrimitives.WriteInt32LittleEndian(blob, int.MaxValue);
        Assert.Throws<InvalidDataException>(() => WeightPacking.Unpack(blob));
        Assert.Throws<InvalidDataException>(() => WeightPacking.Unpack([1, 0]));
    }
}

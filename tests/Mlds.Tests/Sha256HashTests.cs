using System.Security.Cryptography;
using System.Text;
using CsCheck;

namespace Mlds.Tests;

public sealed class Sha256HashTests
{
    /// <summary>
    /// NIST's example values for FIPS 180-4 (Secure Hash Standard, "SHA256.pdf": one block and two blocks), and a million letters a.
    /// </summary>
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData(
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    [InlineData("a*1000000", "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")]
    public void The_standards_examples_come_out(string text, string hash) =>
        Assert.Equal(
            hash,
            Sha256Hash.HexOf(Encoding.ASCII.GetBytes(text.Replace("a*1000000", new string('a', 1_000_000), StringComparison.Ordinal))));

    [Fact]
    public void It_agrees_with_the_systems_own_at_every_length_of_the_first_blocks()
    {
        var data = new byte[300];
        for (var i = 0; i < data.Length; i++) data[i] = (byte)(i * 37);
        for (var length = 0; length <= data.Length; length++)
            Assert.Equal(SHA256.HashData(data.AsSpan(0, length)), Sha256Hash.Of(data.AsSpan(0, length)));
    }

    [Fact]
    public void It_does_not_matter_in_which_pieces_the_data_come() =>
        Gen.Byte.Array[0, 400].Array[0, 8].Sample(pieces =>
        {
            var hash = new Sha256Hash();
            foreach (var piece in pieces) hash.Append(piece);
            return hash.Finish().AsSpan().SequenceEqual(SHA256.HashData(pieces.SelectMany(piece => piece).ToArray()));
        });

    [Fact]
    public void A_stream_is_hashed_from_where_it_stands_to_its_end()
    {
        var data = new byte[200_000];
        for (var i = 0; i < data.Length; i++) data[i] = (byte)(i * 37);
        using var stream = new MemoryStream(data) { Position = 5 };
        Assert.Equal(Sha256Hash.HexOf(data.AsSpan(5)), Sha256Hash.HexOf(stream));
    }
}

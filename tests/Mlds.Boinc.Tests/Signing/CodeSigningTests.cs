using System.Numerics;
using CsCheck;
using Mlds.Boinc.Signing;

namespace Mlds.Boinc.Tests.Signing;

public sealed class CodeSigningTests
{
    static readonly PrivateKey s_a = PrivateKey.Parse(Vectors.PrivateA)!;
    static readonly PrivateKey s_b = PrivateKey.Parse(Vectors.PrivateB)!;

    [Fact]
    public void A_file_is_signed_byte_for_byte_as_by_BOINCs_own_tool() =>
        Assert.Equal(Vectors.SignatureA, s_a.Sign(Vectors.FileSignedWithA));

    [Fact]
    public void An_upload_certificate_is_byte_for_byte_BOINCs() =>
        Assert.Equal(Vectors.SignatureB, UploadCertificate.Create(s_b, "net_0_0_r1321492597_0", 65536));

    [Fact]
    public void Keys_are_written_as_they_were_read()
    {
        Assert.Equal(Vectors.PrivateA, s_a.Text);
        Assert.Equal(Vectors.PublicA, s_a.Public.Text);
        Assert.Equal(Vectors.PublicB, PublicKey.Parse(Vectors.PublicB)!.Text);
    }

    [Fact]
    public void BOINCs_signatures_are_accepted_and_no_others()
    {
        var (a, b) = (PublicKey.Parse(Vectors.PublicA)!, PublicKey.Parse(Vectors.PublicB)!);
        Assert.True(CodeSigning.Verify(a, Vectors.FileSignedWithA, Vectors.SignatureA));
        Assert.True(UploadCertificate.Verify(b, "net_0_0_r1321492597_0", 65536, Vectors.SignatureB));
        Assert.False(UploadCertificate.Verify(b, "net_0_0_r1321492597_0", 65537, Vectors.SignatureB));
        Assert.False(UploadCertificate.Verify(b, "net_0_0_r1321492597_1", 65536, Vectors.SignatureB));
        Assert.False(UploadCertificate.Verify(a, "net_0_0_r1321492597_0", 65536, Vectors.SignatureB));
        Assert.False(CodeSigning.Verify(b, Vectors.FileSignedWithA, Vectors.SignatureA));
        Assert.False(CodeSigning.Verify(a, "another file"u8, Vectors.SignatureA));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("zz")]
    [InlineData("1f73")]
    public void What_is_no_signature_is_no_signature(string text) => Assert.False(CodeSigning.Verify(s_a.Public, "x"u8, text));

    [Fact]
    public void A_changed_signature_is_refused() =>
        Gen.Int[0, 127].Sample(
            i =>
            {
                var digits = Vectors.SignatureA.ToCharArray();
                var at = i + i / 64;
                digits[at] = digits[at] == '0' ? '1' : '0';
                Assert.False(CodeSigning.Verify(s_a.Public, Vectors.FileSignedWithA, digits));
            },
            iter: 50);

    [Fact]
    public void A_new_key_signs_what_its_public_half_verifies()
    {
        var key = PrivateKey.Create();
        var again = PrivateKey.Parse(key.Text)!;
        for (var i = 0; i < 20; i++)
        {
            var content = BitConverter.GetBytes(i);
            Assert.True(CodeSigning.Verify(PublicKey.Parse(key.Public.Text)!, content, again.Sign(content)));
        }
    }

    /// <summary>The recorded roll-over that a real client accepted: key B signed by key A.</summary>
    [Fact]
    public void The_recorded_key_change_carries_a_signature_by_the_old_key()
    {
        var exchange = Exchange.Read("16-key-change-accepted.txt");
        var (request, reply) = (exchange.Body, exchange.Reply);
        var old = PublicKey.Parse(Between(request, "<code_sign_key>", "</code_sign_key>"))!;
        var next = PublicKey.Parse(Between(reply, "<code_sign_key>", "</code_sign_key>"))!;
        Assert.Equal(s_a.Public.Text, old.Text);
        Assert.Equal(Between(reply, "<code_sign_key_signature>", "</code_sign_key_signature>").Trim() + "\n", s_a.SignSuccessor(next));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1024\n.")]
    [InlineData("2048\n00\n.")]
    public void A_damaged_key_is_no_key(string text)
    {
        Assert.Null(PublicKey.Parse(text));
        Assert.Null(PrivateKey.Parse(text));
        Assert.Null(PrivateKey.Parse(Vectors.PrivateA.Replace("77c346d8", "77c346d", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_modular_power_is_the_base_librarys() =>
        Gen.Select(Gen.Byte.Array[1, 140], Gen.Byte.Array[1, 140], Gen.Byte.Array[1, 70]).Sample(
            (a, m, e) =>
            {
                m[0] |= 1;
                var (value, modulus, exponent) = (new BigInteger(a, true), new BigInteger(m, true), new BigInteger(e, true));
                if (modulus.IsOne) return;
                Assert.Equal(BigInteger.ModPow(value, exponent, modulus), new ModularPower(modulus).Of(value, exponent));
            },
            iter: 300);

    static string Between(string text, string open, string close)
    {
        var start = text.IndexOf(open, StringComparison.Ordinal) + open.Length;
        return text[start..text.IndexOf(close, start, StringComparison.Ordinal)];
    }
}

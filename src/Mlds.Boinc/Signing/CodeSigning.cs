using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Mlds.Boinc.Signing;

/// <summary>
/// BOINC's signatures: the RSA private operation on a PKCS #1 v1.5 block of type 1 around the 32 hex digits of the content's MD5, with no
/// DigestInfo. Every client knows keys of 1024 bits and MD5 only (lib/crypt.h); docs/operate.md says what follows from this for a project.
/// </summary>
public static class CodeSigning
{
    public const int KeyBits = 1024;
    internal const int KeyBytes = KeyBits / 8;

    /// <summary>Checks <paramref name="signature"/>, in BOINC's text form, of <paramref name="content"/>.</summary>
    public static bool Verify(PublicKey key, ReadOnlySpan<byte> content, ReadOnlySpan<char> signature) =>
        VerifyMd5(key, Md5Hex(content), signature);

    /// <summary>The same for a content of which the MD5 (32 lower-case hex digits) is known.</summary>
    public static bool VerifyMd5(PublicKey key, string md5, ReadOnlySpan<char> signature)
    {
        var bytes = KeyText.Parse(signature, KeyBytes);
        if (bytes is null) return false;
        var value = KeyText.Number(bytes);
        if (value >= key.Modulus) return false;
        return CryptographicOperations.FixedTimeEquals(KeyText.Padded(key.Power(value), KeyBytes), Block(md5));
    }

    /// <summary>The MD5 of <paramref name="content"/> as 32 lower-case hex digits.</summary>
    public static string Md5Hex(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(MD5.HashData(content));

    /// <summary>00 01 FF … FF 00 and the digits.</summary>
    internal static byte[] Block(string md5)
    {
        var block = new byte[KeyBytes];
        block.AsSpan().Fill(0xff);
        block[0] = 0;
        block[1] = 1;
        var start = KeyBytes - md5.Length;
        block[start - 1] = 0;
        Encoding.ASCII.GetBytes(md5, block.AsSpan(start));
        return block;
    }

    internal static BigInteger BlockNumber(string md5) => KeyText.Number(Block(md5));
}

using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Mlds.Boinc.Signing;

/// <summary>
/// A private key of 1024 bits, in the parts that BOINC's format has. Signs by the Chinese remainder theorem and checks each signature
/// before it gives it away.
/// </summary>
public sealed class PrivateKey
{
    static readonly int[] s_lengths = [128, 128, 128, 64, 64, 64, 64, 64];

    readonly BigInteger[] _parts; // modulus, e, d, p, q, dP, dQ, qInv
    readonly ModularPower _byP;
    readonly ModularPower _byQ;

    PrivateKey(BigInteger[] parts)
    {
        _parts = parts;
        (_byP, _byQ) = (new(parts[3]), new(parts[4]));
        Public = new(parts[0], parts[1]);
    }

    public PublicKey Public { get; }

    /// <summary>
    /// The key as BOINC's tools write it. It is the secret itself: write it to a file that only its owner can read, and nowhere else.
    /// </summary>
    public string Text => KeyText.Key([.. _parts.Zip(s_lengths, KeyText.Padded).SelectMany(bytes => bytes)]);

    public static PrivateKey Create()
    {
        using var rsa = RSA.Create(CodeSigning.KeyBits);
        var made = rsa.ExportParameters(includePrivateParameters: true);
        return new([.. new[] { made.Modulus, made.Exponent, made.D, made.P, made.Q, made.DP, made.DQ, made.InverseQ }
            .Select(bytes => KeyText.Number(bytes))]);
    }

    /// <summary>Reads a key's text; null when it isn't one.</summary>
    public static PrivateKey? Parse(string text)
    {
        var bytes = KeyText.ParseKey(text, s_lengths.Sum());
        if (bytes is null) return null;
        var parts = new BigInteger[s_lengths.Length];
        for (int i = 0, start = 0; i < parts.Length; start += s_lengths[i++]) parts[i] = KeyText.Number(bytes.AsSpan(start, s_lengths[i]));
        return parts[3] * parts[4] == parts[0] && !parts[0].IsEven ? new(parts) : null;
    }

    /// <summary>The signature of <paramref name="content"/>, in BOINC's text form.</summary>
    public string Sign(ReadOnlySpan<byte> content) => SignMd5(CodeSigning.Md5Hex(content));

    /// <summary>The signature of a text's UTF-8 bytes.</summary>
    public string Sign(string content) => Sign(Encoding.UTF8.GetBytes(content));

    /// <summary>The signature of a content of which the MD5 (32 lower-case hex digits) is known.</summary>
    public string SignMd5(string md5)
    {
        var block = CodeSigning.BlockNumber(md5);
        var (p, q) = (_parts[3], _parts[4]);
        var (byP, byQ) = (_byP.Of(block % p, _parts[5]), _byQ.Of(block % q, _parts[6]));
        var difference = (byP - byQ) % p;
        if (difference.Sign < 0) difference += p;
        var signature = byQ + q * (_parts[7] * difference % p);
        // An error of the processor in one half would give the factors away (Boneh, DeMillo, Lipton 1997).
        if (Public.Power(signature) != block) throw new CryptographicException("A signature came out wrong: is the key file damaged?");
        return KeyText.Hex(KeyText.Padded(signature, CodeSigning.KeyBytes));
    }

    /// <summary>
    /// The <c>&lt;code_sign_key_signature&gt;</c> by which clients take <paramref name="next"/> in this key's place: over its text with the
    /// white space around it stripped.
    /// </summary>
    public string SignSuccessor(PublicKey next) => Sign(next.Text.Trim());
}

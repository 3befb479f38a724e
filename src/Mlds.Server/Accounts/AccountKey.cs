using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Mlds.Server.Accounts;

/// <summary>
/// Account keys and passwords. The database has neither: a key is found by its SHA-256, and stored encrypted with the password ("sealed"),
/// so that a thief of the database can neither call as a volunteer nor read the key.
/// </summary>
/// <remarks>
/// A sealed key is its header (version 1, then PBKDF2's count in 4 bytes, big end first), salt, nonce, tag and the encrypted key. The
/// first version of
/// this program wrote it without a header, with a count of 100,000: 76 bytes. Those are read for ever.
/// </remarks>
static class AccountKey
{
    /// <summary>What OWASP's Password Storage Cheat Sheet says for PBKDF2 with HMAC-SHA256.</summary>
    public const int Iterations = 600_000;

    const int FirstIterations = 100_000;
    const int MostIterations = 10_000_000;
    const byte Version = 1;
    const int HeaderBytes = 5;
    const int SaltBytes = 16;
    const int NonceBytes = 12;
    const int TagBytes = 16;
    const int KeyLetters = 32;
    const int FirstBytes = SaltBytes + NonceBytes + TagBytes + KeyLetters;

    /// <summary>128 random bits as 32 hex digits.</summary>
    public static string Create() => RandomNumberGenerator.GetHexString(KeyLetters, lowercase: true);

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>The key, encrypted with the password.</summary>
    /// <param name="key">The account key.</param>
    /// <param name="passwordHash">What clients send for the password: md5(password + lower-case address). For us this is the
    /// password.</param>
    public static byte[] Seal(string key, string passwordHash) => Seal(key, passwordHash, Iterations);

    internal static byte[] Seal(string key, string passwordHash, int iterations)
    {
        var text = Encoding.ASCII.GetBytes(key);
        var sealedKey = new byte[HeaderBytes + SaltBytes + NonceBytes + TagBytes + text.Length];
        sealedKey[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(sealedKey.AsSpan(1), iterations);
        var header = sealedKey.AsSpan(0, HeaderBytes);
        var rest = sealedKey.AsSpan(HeaderBytes);
        RandomNumberGenerator.Fill(rest[..(SaltBytes + NonceBytes)]);
        using var cipher = Cipher(rest, passwordHash, iterations);
        cipher.Encrypt(Nonce(rest), text, Text(rest), Tag(rest), header);
        return sealedKey;
    }

    /// <summary>
    /// The account key, or null when the password is wrong. It takes equally long whatever is given, even for an old sealed key or an empty
    /// one, which no password opens: so a call for an account that doesn't exist takes as long as one with a wrong password.
    /// </summary>
    public static string? Open(byte[] sealedKey, string passwordHash)
    {
        var (header, rest, iterations) = Parts(sealedKey);
        if (rest.Length <= SaltBytes + NonceBytes + TagBytes)
        {
            Spend(passwordHash, Iterations);
            return null;
        }

        var text = new byte[rest.Length - SaltBytes - NonceBytes - TagBytes];
        using var cipher = Cipher(rest, passwordHash, iterations);
        Spend(passwordHash, Iterations - iterations);
        try
        {
            cipher.Decrypt(Nonce(rest), Text(rest), Tag(rest), text, header);
            return Encoding.ASCII.GetString(text);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Whether it was sealed with a lower count than keys are sealed with now.</summary>
    public static bool IsOld(byte[] sealedKey) => Parts(sealedKey) is { Rest.Length: > 0, Iterations: < Iterations };

    static Sealed Parts(byte[] sealedKey)
    {
        if (sealedKey.Length == FirstBytes) return new([], sealedKey, FirstIterations);
        if (sealedKey.Length <= HeaderBytes || sealedKey[0] != Version) return new([], [], Iterations);
        var iterations = BinaryPrimitives.ReadInt32BigEndian(sealedKey.AsSpan(1));
        return iterations is < 1 or > MostIterations
            ? new([], [], Iterations)
            : new(sealedKey[..HeaderBytes], sealedKey[HeaderBytes..], iterations);
    }

    static AesGcm Cipher(ReadOnlySpan<byte> rest, string passwordHash, int iterations) =>
        new(Rfc2898DeriveBytes.Pbkdf2(passwordHash, rest[..SaltBytes], iterations, HashAlgorithmName.SHA256, 32), TagBytes);

    /// <summary>Spends the time of that many iterations.</summary>
    static void Spend(string passwordHash, int iterations)
    {
        if (iterations > 0) Rfc2898DeriveBytes.Pbkdf2(passwordHash, new byte[SaltBytes], iterations, HashAlgorithmName.SHA256, 32);
    }

    static Span<byte> Nonce(Span<byte> rest) => rest.Slice(SaltBytes, NonceBytes);

    static Span<byte> Tag(Span<byte> rest) => rest.Slice(SaltBytes + NonceBytes, TagBytes);

    static Span<byte> Text(Span<byte> rest) => rest[(SaltBytes + NonceBytes + TagBytes)..];

    /// <param name="Rest">Salt, nonce, tag and encrypted key; empty when it is no sealed key.</param>
    readonly record struct Sealed(byte[] Header, byte[] Rest, int Iterations);
}

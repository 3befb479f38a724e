using System.Security.Cryptography;
using System.Text;

namespace Mlds.Server.Accounts;

/// <summary>
/// Account keys and passwords. The database has neither: a key is looked for by its SHA-256, and kept sealed with the password, so that
/// who steals the database can neither call as a volunteer nor read the key.
/// </summary>
static class AccountKey
{
    const int Iterations = 100_000;
    const int SaltBytes = 16;
    const int NonceBytes = 12;
    const int TagBytes = 16;

    /// <summary>128 random bits as 32 hex digits.</summary>
    public static string Create() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Salt, nonce, tag and the encrypted key.</summary>
    /// <param name="key">The account key.</param>
    /// <param name="passwordHash">What clients send for the password: md5(password + lower-case address). It is the password, as far as we are concerned.</param>
    public static byte[] Seal(string key, string passwordHash)
    {
        var text = Encoding.ASCII.GetBytes(key);
        var sealedKey = new byte[SaltBytes + NonceBytes + TagBytes + text.Length];
        RandomNumberGenerator.Fill(sealedKey.AsSpan(0, SaltBytes + NonceBytes));
        using var cipher = Cipher(sealedKey, passwordHash);
        cipher.Encrypt(Nonce(sealedKey), text, sealedKey.AsSpan(SaltBytes + NonceBytes + TagBytes), sealedKey.AsSpan(SaltBytes + NonceBytes, TagBytes));
        return sealedKey;
    }

    /// <summary>The account key, or null when the password is wrong.</summary>
    public static string? Open(byte[] sealedKey, string passwordHash)
    {
        var text = new byte[sealedKey.Length - SaltBytes - NonceBytes - TagBytes];
        using var cipher = Cipher(sealedKey, passwordHash);
        try
        {
            cipher.Decrypt(Nonce(sealedKey), sealedKey.AsSpan(SaltBytes + NonceBytes + TagBytes), sealedKey.AsSpan(SaltBytes + NonceBytes, TagBytes), text);
            return Encoding.ASCII.GetString(text);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    static AesGcm Cipher(byte[] sealedKey, string passwordHash) =>
        new(Rfc2898DeriveBytes.Pbkdf2(passwordHash, sealedKey.AsSpan(0, SaltBytes), Iterations, HashAlgorithmName.SHA256, 32), TagBytes);

    static ReadOnlySpan<byte> Nonce(byte[] sealedKey) => sealedKey.AsSpan(SaltBytes, NonceBytes);
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mlds.Server.Database;

namespace Mlds.Server.Accounts;

/// <summary>
/// BOINC's weak account keys, <c>NUMBER_HASH</c>: with one, a computer may compute for an account, but can't change or read it. Account
/// managers attach with them. The hash is the MD5 of the account key and a salt that is renewed with key and password; official servers use
/// what they store of the password instead of a salt. Of the weak key itself only the SHA-256 is stored.
/// </summary>
static class WeakKey
{
    /// <summary>Whether a client's key has the form of a weak one.</summary>
    public static bool Is(string key) => key.Contains('_', StringComparison.Ordinal);

    /// <summary>Gives the account a new weak key; the old one is void.</summary>
    /// <param name="key">The account's key.</param>
    public static void Renew(Session session, long account, string key)
    {
        var salt = RandomNumberGenerator.GetHexString(32, lowercase: true);
        session.Execute(
            "UPDATE account SET weak_salt = $2, weak_key_hash = $3 WHERE id = $1", account, salt, AccountKey.Hash(Of(account, key, salt)));
    }

    /// <summary>The account's weak key; an account from before there were any gets one now.</summary>
    /// <param name="key">The account's key.</param>
    public static string Known(Session session, long account, string key)
    {
        if (Read(session, account, key) is { } known) return known;
        Renew(session, account, key);
        return Read(session, account, key)!;
    }

    static string? Read(Session session, long account, string key) =>
        session.Text("SELECT weak_salt FROM account WHERE id = $1", account) is { Length: > 0 } salt ? Of(account, key, salt) : null;

    static string Of(long account, string key, string salt) => string.Create(
        CultureInfo.InvariantCulture, $"{account}_{Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(key + salt)))}");
}

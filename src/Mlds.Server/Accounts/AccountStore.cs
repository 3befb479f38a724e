using System.Security.Cryptography;
using System.Text;
using Mlds.Server.Database;

namespace Mlds.Server.Accounts;

/// <summary>Makes and finds accounts.</summary>
sealed class AccountStore(ProjectDatabase database, TimeProvider time)
{
    /// <summary>Makes an account; null when the address has one.</summary>
    public async Task<string?> Create(string email, string passwordHash, string name)
    {
        var key = AccountKey.Create();
        var sealedKey = AccountKey.Seal(key, passwordHash);
        var crossProjectId = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var made = await database.Write(session => session.Execute(
            "INSERT INTO account (created, email, name, key_hash, sealed_key, cross_project_id, email_hash, external_cpid) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (email) DO NOTHING",
            time.GetUtcNow().ToUnixTimeSeconds(), email, name, AccountKey.Hash(key), sealedKey, crossProjectId, Md5(email), Md5(crossProjectId + email)));
        return made == 1 ? key : null;
    }

    /// <summary>Whether there is such an account, and its key if the password is right.</summary>
    public (bool Exists, string? Key) Find(string email, string passwordHash)
    {
        var sealedKey = database.Read(session => session.Bytes("SELECT sealed_key FROM account WHERE email = $1", email));
        return sealedKey is null ? (false, null) : (true, AccountKey.Open(sealedKey, passwordHash));
    }

    /// <summary>Gives the account a new key: computers that have the old one are out.</summary>
    public async Task<string> ResetKey(string email, string passwordHash)
    {
        var key = AccountKey.Create();
        var sealedKey = AccountKey.Seal(key, passwordHash);
        await database.Write(session => session.Execute("UPDATE account SET key_hash = $2, sealed_key = $3 WHERE email = $1", email, AccountKey.Hash(key), sealedKey));
        return key;
    }

    /// <summary>Takes the person out of an account. Its credit and results stay, nobody's any more: the project's sums still hold.</summary>
    public Task Delete(string email) => database.Write(session =>
    {
        var id = session.Number("SELECT id FROM account WHERE email = $1", email);
        if (id is null) return;
        var nobody = $"deleted-{id}";
        session.Execute(
            "UPDATE account SET email = $2, name = 'deleted', key_hash = $2, sealed_key = $3, cross_project_id = '', email_hash = '', external_cpid = '', consent = 0, url = '', team_id = 0 WHERE id = $1",
            id, nobody, Array.Empty<byte>());
        session.Execute("UPDATE host SET name = '', cpid = '' WHERE account_id = $1", id);
    });

    /// <summary>Whether the account's credit may be published under its name.</summary>
    public Task Consent(string email, bool consent) => database.Write(session => session.Execute("UPDATE account SET consent = $2 WHERE email = $1", email, consent ? 1L : 0L));

    static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mlds.Server.Database;

namespace Mlds.Server.Accounts;

/// <summary>Makes and finds accounts.</summary>
public sealed class AccountStore(ProjectDatabase database, TimeProvider time)
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
        if (sealedKey is null) return (false, null);
        var key = AccountKey.Open(sealedKey, passwordHash);
        if (key is not null && AccountKey.IsOld(sealedKey)) SealAnew(email, sealedKey, key, passwordHash);
        return (true, key);
    }

    /// <summary>Seals a key as keys are sealed now. Nobody waits for it: if it fails, the next right password has it done.</summary>
    void SealAnew(string email, byte[] old, string key, string passwordHash)
    {
        var sealedKey = AccountKey.Seal(key, passwordHash);
        database.Write(session => session.Execute("UPDATE account SET sealed_key = $2 WHERE email = $1 AND sealed_key = $3", email, sealedKey, old))
            .ContinueWith(failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <summary>
    /// The account's key, if <paramref name="secret"/> is its password or that key: who forgot the password finds the key on any computer that is attached. Null when it is neither, or
    /// there is no such account.
    /// </summary>
    public string? Enter(string email, string secret)
    {
        var key = secret.Trim();
        var known = database.Read(session => session.Text("SELECT key_hash FROM account WHERE email = $1", email)) ?? "";
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(AccountKey.Hash(key)), Encoding.ASCII.GetBytes(known)) ? key : Find(email, AccountForm.HashPassword(secret, email)).Key;
    }

    /// <summary>The address of the account with that number or address; null: there is none.</summary>
    public string? Address(string who) => database.Read(session =>
        session.Text("SELECT email FROM account WHERE email = $1", who.Trim().ToLowerInvariant())
        ?? (long.TryParse(who, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? session.Text("SELECT email FROM account WHERE id = $1 AND email_hash <> ''", id) : null));

    /// <summary>Gives the account a new key: computers that have the old one are out.</summary>
    public async Task<string> ResetKey(string email, string password)
    {
        var key = AccountKey.Create();
        var sealedKey = AccountKey.Seal(key, AccountForm.HashPassword(password, email));
        await database.Write(session => session.Execute("UPDATE account SET key_hash = $2, sealed_key = $3 WHERE email = $1", email, AccountKey.Hash(key), sealedKey));
        return key;
    }

    /// <summary>
    /// Gives the account another password, another address or both: the key is sealed anew with them, and stays. False when another account has the new address.
    /// </summary>
    /// <param name="key">The account's key.</param>
    /// <param name="password">From now on.</param>
    public Task<bool> ChangeLogin(string email, string newEmail, string key, string password)
    {
        var sealedKey = AccountKey.Seal(key, AccountForm.HashPassword(password, newEmail));
        return database.Write(session =>
        {
            if (newEmail != email && session.Number("SELECT id FROM account WHERE email = $1", newEmail) is not null) return false;
            var crossProjectId = session.Text("SELECT cross_project_id FROM account WHERE email = $1", email);
            session.Execute(
                "UPDATE account SET email = $2, sealed_key = $3, email_hash = $4, external_cpid = $5 WHERE email = $1", email, newEmail, sealedKey, Md5(newEmail), Md5(crossProjectId + newEmail));
            return true;
        });
    }

    /// <summary>Gives the account another name.</summary>
    public Task Rename(string email, string name) => database.Write(session => session.Execute("UPDATE account SET name = $2 WHERE email = $1", email, name));

    /// <summary>Makes the account a member of the team of that name, which it founds when there is none; of none with an empty name.</summary>
    public Task Join(string email, string team) => database.Write(session =>
    {
        if (team.Length > 0)
        {
            session.Execute(
                "INSERT INTO team (name, account_id, created) SELECT $2, id, $3 FROM account WHERE email = $1 ON CONFLICT (name) DO NOTHING", email, team, time.GetUtcNow().ToUnixTimeSeconds());
        }

        session.Execute("UPDATE account SET team_id = COALESCE((SELECT id FROM team WHERE name = $2), 0) WHERE email = $1", email, team);
    });

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
        session.Execute("UPDATE credit_change SET reason = '' WHERE account_id = $1", id);
        session.Execute("UPDATE result SET stderr = '' WHERE account_id = $1", id); // paths on its owner's computer
    });

    /// <summary>Whether the account's credit may be published under its name.</summary>
    public Task Consent(string email, bool consent) => database.Write(session => session.Execute("UPDATE account SET consent = $2 WHERE email = $1", email, consent ? 1L : 0L));

    static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mlds.Server.Database;

namespace Mlds.Server.Accounts;

/// <summary>Makes and finds accounts.</summary>
public sealed class AccountStore(ProjectDatabase database, TimeProvider time)
{
    /// <summary>Makes an account; null when the e-mail address has one, or the network address has made too many today.</summary>
    /// <param name="addressKey">Of the network address it is made from (<see cref="AddressKeys"/>); empty: it isn't known or says nothing.</param>
    /// <param name="aDay">Accounts that may be made from one network address in a day.</param>
    public async Task<string?> Create(string email, string passwordHash, string name, string addressKey = "", int aDay = int.MaxValue)
    {
        var key = AccountKey.Create();
        var sealedKey = AccountKey.Seal(key, passwordHash);
        var crossProjectId = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var made = await database.Write(session =>
        {
            var address = addressKey.Length > 0 ? NewcomerAddress.Read(session, addressKey) : null;
            if (address?.AccountsMadeOn(now / 86400) >= aDay) return false;
            var id = session.Number(
                "INSERT INTO account (created, email, name, key_hash, sealed_key, cross_project_id, email_hash, external_cpid) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (email) DO NOTHING RETURNING id",
                now, email, name, AccountKey.Hash(key), sealedKey, crossProjectId, Md5(email), Md5(crossProjectId + email));
            if (id is not { } account) return false;
            if (address is null) return true;
            NewcomerAddress.Join(session, account, addressKey, now);
            address.AfterNewAccount(now / 86400).Write(session, now);
            return true;
        });
        return made ? key : null;
    }

    /// <summary>Whether there is such an account, and its key if the password is right.</summary>
    public (bool Exists, string? Key) Find(string email, string passwordHash)
    {
        var sealedKey = database.Read(session => session.Bytes("SELECT sealed_key FROM account WHERE email = $1", email));
        return sealedKey is null ? (false, null) : (true, AccountKey.Open(sealedKey, passwordHash));
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
        // One that nobody is in any more goes when its founder goes on: teams cost nothing to make up.
        session.Execute(
            "DELETE FROM team WHERE name <> $2 AND account_id = (SELECT id FROM account WHERE email = $1) AND NOT EXISTS "
            + "(SELECT 1 FROM account c WHERE c.team_id = team.id AND c.email <> $1)",
            email, team);
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
            "UPDATE account SET email = $2, name = 'deleted', key_hash = $2, sealed_key = $3, cross_project_id = '', email_hash = '', external_cpid = '', consent = 0, url = '', team_id = 0, address_key = '' WHERE id = $1",
            id, nobody, Array.Empty<byte>());
        session.Execute("UPDATE host SET name = '', cpid = '' WHERE account_id = $1", id);
        session.Execute("UPDATE credit_change SET reason = '' WHERE account_id = $1", id);
        session.Execute("UPDATE result SET stderr = '' WHERE account_id = $1", id); // paths on its owner's computer
    });

    /// <summary>Whether the account's credit may be published under its name.</summary>
    public Task Consent(string email, bool consent) => database.Write(session => session.Execute("UPDATE account SET consent = $2 WHERE email = $1", email, consent ? 1L : 0L));

    static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
}

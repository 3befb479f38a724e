using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Accounts;

/// <summary>
/// Makes and finds accounts. The time of a call doesn't reveal whether an address has an account: as much is computed for one that has
/// none. Deriving a key from a password is expensive on purpose, so at most half of the processors do it at a time; the others are left to
/// the scheduler.
/// </summary>
public sealed class AccountStore(ProjectDatabase database, TimeProvider time)
{
    /// <summary>The sealed key that is tried for addresses without an account.</summary>
    static readonly Lazy<byte[]> s_nobodys = new(() => AccountKey.Seal(AccountKey.Create(), AccountKey.Create()));

    readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    long _derivations;

    /// <summary>Number of keys derived from passwords so far: the cost of calls.</summary>
    internal long Derivations => Interlocked.Read(ref _derivations);

    /// <summary>Makes an account; null when the e-mail address has one, or the network address has made too many today.</summary>
    /// <param name="addressKey">Of the network address it is made from (<see cref="AddressKeys"/>); empty: it isn't known or says
    /// nothing.</param>
    /// <param name="aDay">Accounts that may be made per day from one network address.</param>
    public async Task<string?> Create(string email, string passwordHash, string name, string addressKey = "", int aDay = int.MaxValue)
    {
        var key = AccountKey.Create();
        var sealedKey = await Seal(key, passwordHash);
        var crossProjectId = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var now = time.UnixSeconds();
        var made = await database.Write(session =>
        {
            var address = addressKey.Length > 0 ? NewcomerAddress.Read(session, addressKey) : null;
            if (address?.AccountsMadeOn(UnixTime.Day(now)) >= aDay) return false;
            var id = session.Number(
                "INSERT INTO account (created, email, name, key_hash, sealed_key, cross_project_id, email_hash, external_cpid) "
                + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (email) DO NOTHING RETURNING id",
                now, email, name, AccountKey.Hash(key), sealedKey, crossProjectId, Md5(email), ExternalCpid(crossProjectId, email));
            if (id is not { } account) return false;
            WeakKey.Renew(session, account, key);
            if (address is null) return true;
            NewcomerAddress.Join(session, account, addressKey, now);
            address.AfterNewAccount(UnixTime.Day(now)).Write(session, now);
            return true;
        });
        return made ? key : null;
    }

    /// <summary>The address of the account that has that key; null: there is none. A weak key doesn't count.</summary>
    public string? AddressOf(string key) => key.Length == 0
        ? null
        : database.Read(session => session.Text("SELECT email FROM account WHERE key_hash = $1", AccountKey.Hash(key)));

    /// <summary>The account's weak key, with which computers may compute for it.</summary>
    /// <param name="key">The account's key.</param>
    public Task<string> WeakKeyOf(string email, string key) =>
        database.Write(session => WeakKey.Known(session, session.Number("SELECT id FROM account WHERE email = $1", email)!.Value, key));

    /// <summary>The id by which statistics sites know a person across projects.</summary>
    /// <param name="crossProjectId">What clients carry from project to project, known to the person alone.</param>
    public static string ExternalCpid(string crossProjectId, string email) => Md5(crossProjectId + email);

    /// <summary>Whether there is such an account, and its key if the password is right.</summary>
    public async Task<(bool Exists, string? Key)> Find(string email, string passwordHash)
    {
        var sealedKey = database.Read(session => session.Bytes("SELECT sealed_key FROM account WHERE email = $1", email));
        var key = await Derive(() => AccountKey.Open(sealedKey ?? s_nobodys.Value, passwordHash));
        if (sealedKey is null) return (false, null);
        if (key is not null && AccountKey.IsOld(sealedKey)) await SealAnew(email, sealedKey, key, passwordHash);
        return (true, key);
    }

    /// <summary>Seals a key as keys are sealed now. If it can't be stored, the next right password has it done.</summary>
    async Task SealAnew(string email, byte[] old, string key, string passwordHash)
    {
        var sealedKey = await Seal(key, passwordHash);
        _ = database.Write(
            session => session.Execute("UPDATE account SET sealed_key = $2 WHERE email = $1 AND sealed_key = $3", email, sealedKey, old))
            .ContinueWith(
                failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <summary>
    /// The account's key, if <paramref name="secret"/> is its password or that key: owners who forgot the password find the key on any
    /// computer that is attached. Null when it is neither, or there is no such account.
    /// </summary>
    public async Task<string?> Enter(string email, string secret)
    {
        var key = secret.Trim();
        var known = database.Read(session => session.Text("SELECT key_hash FROM account WHERE email = $1", email)) ?? "";
        var isKey = CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(AccountKey.Hash(key)), Encoding.ASCII.GetBytes(known));
        return isKey ? key : (await Find(email, AccountForm.HashPassword(secret, email))).Key;
    }

    Task<byte[]> Seal(string key, string passwordHash) => Derive(() => AccountKey.Seal(key, passwordHash));

    async Task<T> Derive<T>(Func<T> derive)
    {
        await _turns.WaitAsync();
        try
        {
            Interlocked.Increment(ref _derivations);
            return derive();
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>The address of the account with that number or address; null: there is none.</summary>
    public string? Address(string who) => database.Read(session =>
        session.Text("SELECT email FROM account WHERE email = $1", who.Trim().ToLowerInvariant())
        ?? (long.TryParse(who, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? session.Text(
            "SELECT email FROM account WHERE id = $1 AND email_hash <> ''", id) : null));

    /// <summary>Gives the account a new key: computers that have the old one can't use it any more.</summary>
    public async Task<string> ResetKey(string email, string password)
    {
        var key = AccountKey.Create();
        var sealedKey = await Seal(key, AccountForm.HashPassword(password, email));
        await database.Write(session =>
        {
            session.Execute("UPDATE account SET key_hash = $2, sealed_key = $3 WHERE email = $1", email, AccountKey.Hash(key), sealedKey);
            if (session.Number("SELECT id FROM account WHERE email = $1", email) is { } account) WeakKey.Renew(session, account, key);
        });
        return key;
    }

    /// <summary>
    /// Gives the account another password, another address or both: the key is sealed anew with them, and stays. False when another account
    /// has the new address, or this one has another key by now.
    /// </summary>
    /// <param name="key">The account's key.</param>
    /// <param name="password">The password from now on.</param>
    public async Task<bool> ChangeLogin(string email, string newEmail, string key, string password)
    {
        var sealedKey = await Seal(key, AccountForm.HashPassword(password, newEmail));
        return await database.Write(session =>
        {
            if (newEmail != email && session.Number("SELECT id FROM account WHERE email = $1", newEmail) is not null) return false;
            var crossProjectId = session.Text("SELECT cross_project_id FROM account WHERE email = $1", email);

            // The condition that it is still the account that was entered: its key, or the owner of the address, may have changed
            // meanwhile.
            var changed = session.Execute(
                "UPDATE account SET email = $2, sealed_key = $3, email_hash = $4, external_cpid = $5 WHERE email = $1 AND key_hash = $6",
                email, newEmail, sealedKey, Md5(newEmail), ExternalCpid(crossProjectId ?? "", newEmail), AccountKey.Hash(key)) == 1;
            if (changed && session.Number("SELECT id FROM account WHERE email = $1", newEmail) is { } account)
                WeakKey.Renew(session, account, key);
            return changed;
        });
    }

    /// <summary>Gives the account another name.</summary>
    public Task Rename(string email, string name) =>
        database.Write(session => session.Execute("UPDATE account SET name = $2 WHERE email = $1", email, name));

    /// <summary>
    /// Makes the account a member of the team of that name, and founds the team when there is none. With an empty name the account leaves
    /// its team.
    /// </summary>
    public Task Join(string email, string team) => database.Write(session =>
    {
        // A team without members is deleted when its founder moves on: making up teams costs nothing.
        session.Execute(
            "DELETE FROM team WHERE name <> $2 AND account_id = (SELECT id FROM account WHERE email = $1) AND NOT EXISTS "
            + "(SELECT 1 FROM account c WHERE c.team_id = team.id AND c.email <> $1)",
            email, team);
        if (team.Length > 0)
        {
            session.Execute(
                "INSERT INTO team (name, account_id, created) SELECT $2, id, $3 FROM account WHERE email = $1 "
                + "ON CONFLICT (name) DO NOTHING",
                email, team, time.UnixSeconds());
        }

        session.Execute("UPDATE account SET team_id = COALESCE((SELECT id FROM team WHERE name = $2), 0) WHERE email = $1", email, team);
    });

    /// <summary>
    /// Makes a new account a member of the team of that name if there is one. A client doesn't found teams: nobody has asked its owner.
    /// </summary>
    public Task JoinExisting(string email, string team) => database.Write(session =>
        session.Execute(
            "UPDATE account SET team_id = COALESCE((SELECT id FROM team WHERE name = $2), 0) WHERE email = $1 AND team_id = 0",
            email, team));

    /// <inheritdoc cref="AccountDeletion.Run"/>
    public Task Delete(string email, ProjectSettings settings) =>
        database.Write(session => AccountDeletion.Run(session, settings, email, time.UnixSeconds()));

    /// <summary>Whether the account's credit may be published under its name.</summary>
    public Task Consent(string email, bool consent) =>
        database.Write(session => session.Execute("UPDATE account SET consent = $2 WHERE email = $1", email, consent ? 1L : 0L));

    static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
}

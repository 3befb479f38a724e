using System.Collections.Concurrent;
using Mlds.Server.Database;

namespace Mlds.Server.Accounts;

/// <summary>
/// Tells wrong account keys before anything is done for them: they take no turn of the database's writer and no memory for a large
/// request. Keys that were right are remembered; whether one is right still is asked again within the call.
/// </summary>
sealed class KnownKeys(ProjectDatabase database)
{
    const int MostKept = 100_000;

    readonly ConcurrentDictionary<string, byte> _kept = [];

    /// <param name="key">What a client says: an account key, or a weak one.</param>
    public bool Contains(string key)
    {
        var keyHash = AccountKey.Hash(key);
        if (_kept.ContainsKey(keyHash)) return true;
        if (database.Read(session => AccountRow.ByKey(session, keyHash, WeakKey.Is(key))) is null) return false;
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[keyHash] = 0;
        return true;
    }
}

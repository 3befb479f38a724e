using System.Collections.Concurrent;
using Mlds.Server.Database;

namespace Mlds.Server.Accounts;

/// <summary>
/// Recognises wrong account keys before anything is done for them: they take neither a turn of the database's writer nor memory for a large
/// request. Keys that were right are remembered; the call itself checks again whether they still are.
/// </summary>
sealed class KnownKeys(ProjectDatabase database)
{
    const int MostKept = 100_000;

    readonly ConcurrentDictionary<string, byte> _kept = [];

    /// <param name="key">What a client gives: an account key, or a weak one.</param>
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

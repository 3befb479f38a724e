using System.Collections.Concurrent;
using Mlds.Server.Database;
using Mlds.Server.Scheduler;

namespace Mlds.Server.Accounts;

/// <summary>
/// Tells wrong account keys before anything is done for them: they take no turn of the database's writer and no memory for a large
/// request. Keys that were right are remembered; whether one is right still is asked again within the call.
/// </summary>
sealed class KnownKeys(ProjectDatabase database)
{
    const int MostKept = 100_000;

    readonly ConcurrentDictionary<string, byte> _kept = [];

    /// <param name="keyHash">As <see cref="AccountKey.Hash"/> gives it.</param>
    public bool Contains(string keyHash)
    {
        if (_kept.ContainsKey(keyHash)) return true;
        if (database.Read(session => AccountRow.ByKey(session, keyHash)) is null) return false;
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[keyHash] = 0;
        return true;
    }
}

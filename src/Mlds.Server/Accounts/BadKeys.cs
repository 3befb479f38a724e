using System.Collections.Concurrent;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Accounts;

/// <summary>Counts wrong account keys per address and minute, so that nobody can try keys by the million.</summary>
sealed class BadKeys(ProjectSettings settings, TimeProvider time)
{
    readonly ConcurrentDictionary<string, int> _counts = [];
    long _minute;

    public bool TooMany(string address) =>
        Minute() is var _ && _counts.TryGetValue(address, out var count) && count >= settings.BadKeysPerMinute;

    public void Note(string address)
    {
        Minute();
        _counts.AddOrUpdate(address, 1, (_, count) => count + 1);
    }

    /// <summary>Forgets all counts when a minute is over.</summary>
    long Minute()
    {
        var minute = time.UnixSeconds() / 60;
        if (Interlocked.Exchange(ref _minute, minute) != minute) _counts.Clear();
        return minute;
    }
}

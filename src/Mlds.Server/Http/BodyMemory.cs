namespace Mlds.Server.Http;

/// <summary>
/// The memory that large bodies take while they come in. All together and those from one address have so much and no more: callers that
/// begin large ones and never end them shut out the next large ones for a while, and nobody else. Thread-safe.
/// </summary>
sealed class BodyMemory(long most = BodyMemory.DefaultMost, long mostOfOne = BodyMemory.DefaultMostOfOne)
{
    /// <summary>Bytes for all.</summary>
    const long DefaultMost = 64 << 20;

    /// <summary>Bytes for one address: four of the largest.</summary>
    const long DefaultMostOfOne = 16 << 20;

    readonly Lock _lock = new();
    readonly Dictionary<string, long> _byAddress = [];

    /// <summary>Bytes in use.</summary>
    public long Taken { get; private set; }

    /// <summary>
    /// Takes <paramref name="bytes"/> more for a body from <paramref name="address"/>; false, and nothing taken, when there is no room.
    /// </summary>
    public bool TryTake(string address, long bytes)
    {
        lock (_lock)
        {
            var own = _byAddress.GetValueOrDefault(address) + bytes;
            if (Taken + bytes > most || own > mostOfOne) return false;
            Taken += bytes;
            _byAddress[address] = own;
            return true;
        }
    }

    public void GiveBack(string address, long bytes)
    {
        lock (_lock)
        {
            Taken -= bytes;
            if ((_byAddress[address] -= bytes) == 0) _byAddress.Remove(address);
        }
    }
}

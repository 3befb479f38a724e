namespace Mlds.Server.Http;

/// <summary>
/// The memory that large bodies take while they come in, limited in total and per address: callers that begin large bodies and never finish
/// them keep out other large ones for a while, and nobody else. Thread-safe.
/// </summary>
sealed class BodyMemory(long most = BodyMemory.DefaultMost, long mostOfOne = BodyMemory.DefaultMostOfOne)
{
    /// <summary>Bytes for all bodies together.</summary>
    const long DefaultMost = 64 << 20;

    /// <summary>Bytes for one address: room for four of the largest bodies.</summary>
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

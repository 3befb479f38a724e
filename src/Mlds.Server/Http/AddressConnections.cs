using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Mlds.Server.Http;

/// <summary>
/// Limits the connections of one address, so that one machine can't take all there are. A proxy's connections are everybody's: behind a
/// proxy, the proxy has to do this.
/// </summary>
sealed class AddressConnections(int most)
{
    readonly Lock _lock = new();
    readonly Dictionary<string, int> _counts = [];

    /// <summary>Serves a connection with <paramref name="next"/>, or closes it at once when its address has reached the limit.</summary>
    public ConnectionDelegate Limit(ConnectionDelegate next) => async connection =>
    {
        var address = CallerAddress.Of((connection.RemoteEndPoint as IPEndPoint)?.Address);
        if (!TryEnter(address))
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(address);
        }
    };

    bool TryEnter(string address)
    {
        lock (_lock)
        {
            var count = _counts.GetValueOrDefault(address);
            if (count >= most) return false;
            _counts[address] = count + 1;
            return true;
        }
    }

    void Leave(string address)
    {
        lock (_lock)
        {
            if (--_counts[address] == 0) _counts.Remove(address);
        }
    }
}

using System.Net;
using Microsoft.AspNetCore.Connections;
using Mlds.Server.Http;

namespace Mlds.Server.Tests.Http;

public sealed class AddressConnectionsTests
{
    readonly AddressConnections _connections = new(most: 3);

    [Fact]
    public async Task An_address_has_so_many_connections_and_no_more()
    {
        var end = new TaskCompletionSource();
        var served = Enumerable.Range(0, 3).Select(_ => Serve("192.0.2.7", end.Task)).ToList();

        Assert.False(await Serve("192.0.2.7", Task.CompletedTask), "a fourth is closed at once");
        Assert.True(await Serve("192.0.2.8", Task.CompletedTask), "other addresses have connections of their own");
        Assert.All(served, connection => Assert.False(connection.IsCompleted));

        end.SetResult();
        Assert.All(await Task.WhenAll(served), Assert.True);
        Assert.True(await Serve("192.0.2.7", Task.CompletedTask), "there is room again");
    }

    [Fact]
    public async Task A_connection_that_fails_makes_room_too()
    {
        for (var i = 0; i < 4; i++)
        {
            await Assert.ThrowsAsync<IOException>(() => Serve("2001:db8::1", Task.FromException(new IOException("reset"))));
        }
    }

    /// <summary>Whether the connection was served, once it has ended.</summary>
    async Task<bool> Serve(string address, Task end)
    {
        var served = false;
        await using var connection = new DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 31_416) };
        await _connections.Limit(async _ =>
        {
            served = true;
            await end;
        })(connection);
        Assert.True(served || connection.ConnectionClosed.WaitHandle.WaitOne(TimeSpan.FromMinutes(5)), "it is closed");
        return served;
    }
}

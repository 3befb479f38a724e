using System.Net.Sockets;
using System.Text;

namespace Mlds.Server.Tests;

/// <summary>
/// A connection of a caller that doesn't behave as clients do: it sends any part of a request, and breaks off at any moment.
/// </summary>
sealed class RawCall : IDisposable
{
    readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };

    public static async Task<RawCall> Open(TestProject project)
    {
        var call = new RawCall();
        await call._socket.ConnectAsync("127.0.0.1", project.Folder.Settings.Master.Port, TestContext.Current.CancellationToken);
        return call;
    }

    /// <summary>Begins a POST of <paramref name="length"/> bytes and sends the first of them.</summary>
    public static async Task<RawCall> Post(TestProject project, string path, long length, string begin)
    {
        var call = await Open(project);
        await call.Send(
            $"POST {project.Folder.Settings.Master.AbsolutePath}{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            + $"Content-Length: {length}\r\n\r\n{begin}");
        return call;
    }

    /// <summary>Sends all of it, or as much as the server takes before it closes the connection.</summary>
    public async Task Send(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text).AsMemory();
        try
        {
            while (bytes.Length > 0) bytes = bytes[await _socket.SendAsync(bytes, TestContext.Current.CancellationToken)..];
        }
        catch (SocketException)
        {
            // The server has closed the connection; its answer may still be there.
        }
    }

    /// <summary>What the server says until it closes the connection or has answered in XML.</summary>
    public async Task<string> Answer()
    {
        var (answer, buffer) = (new StringBuilder(), new byte[8192]);
        try
        {
            while (!answer.ToString().Contains("_reply>\n", StringComparison.Ordinal))
            {
                var read = await _socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
                if (read == 0) break;
                answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
                if (answer.ToString().Contains("</scheduler_reply>", StringComparison.Ordinal)) break;
            }
        }
        catch (SocketException)
        {
            // closed with a reset
        }

        return answer.ToString();
    }

    /// <summary>Hangs up without a good-bye.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose() => _socket.Dispose();
}

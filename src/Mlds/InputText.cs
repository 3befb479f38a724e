using System.Text;

namespace Mlds;

/// <summary>A text that a user names by its path: a file, or a stream such as /dev/stdin or a shell's <c>&lt;(…)</c>.</summary>
public static class InputText
{
    /// <summary>Over a thousand times as much as any text that is read this way.</summary>
    public const int MostBytes = 64 << 20;

    /// <summary>Reads it to its end. A stream may keep us waiting: then <paramref name="cancellation"/> ends the wait.</summary>
    /// <exception cref="FormatException">It is larger than <see cref="MostBytes"/>, as a device without an end is.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static string Read(string path, CancellationToken cancellation = default)
    {
        if (FileKinds.Of(path) is FileKind.File) return Decoded(path, cancellation);
        // Opening a FIFO waits for its other end, and no token ends that wait, so another thread does the waiting.
        var reading = Task.Run(() => Decoded(path, cancellation), CancellationToken.None);
        reading.ContinueWith(task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
        try
        {
            reading.Wait(cancellation);
        }
        catch (AggregateException)
        {
            // Thrown below, as itself.
        }

        return reading.GetAwaiter().GetResult();
    }

    static string Decoded(string path, CancellationToken cancellation)
    {
        using var stream = File.OpenRead(path);
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int got; (got = stream.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            bytes.Write(buffer, 0, got);
            if (bytes.Length > MostBytes)
                throw new FormatException($"'{path}' has more than {MostBytes >> 20} MB; such a file has a few kB. Give another.");
        }

        bytes.Position = 0;
        using var reader = new StreamReader(bytes, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

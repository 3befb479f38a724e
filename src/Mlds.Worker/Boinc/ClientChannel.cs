using System.IO.MemoryMappedFiles;
using System.Text;

namespace Mlds.Worker.Boinc;

/// <summary>
/// The memory that a BOINC client shares with its application: eight channels of 1,024 bytes, each a full flag (one byte) and a
/// zero-terminated text. The reader clears the flag; the writer waits until it is clear. On Unix it is a file of the slot, on Windows a
/// named mapping.
/// </summary>
sealed class ClientChannel : IDisposable
{
    const string FileName = "boinc_mmap_file";
    const int Channel = 1024;
    const int Channels = 8;
    const int ProcessControl = 0;
    const int Heartbeat = 4;
    const int Status = 5;

    readonly MemoryMappedFile _file;
    readonly MemoryMappedViewAccessor _memory;
    readonly byte[] _text = new byte[Channel - 1];

    ClientChannel(MemoryMappedFile file) => (_file, _memory) = (file, file.CreateViewAccessor(0, Channel * Channels));

    /// <summary>
    /// The client's memory for the task in <paramref name="folder"/>, or null where there is none: the task then runs without hearing from
    /// the client or being heard.
    /// </summary>
    public static ClientChannel? Open(string folder, string windowsName)
    {
        try
        {
            if (OperatingSystem.IsWindows()) return OpenWindows(windowsName);
            var path = Path.Combine(folder, FileName);
            if (!File.Exists(path) || new FileInfo(path).Length < Channel * Channels) return null;
            return new ClientChannel(MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.ReadWrite));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// What the client wants: <c>&lt;suspend/&gt;</c>, <c>&lt;resume/&gt;</c>, <c>&lt;quit/&gt;</c> or <c>&lt;abort/&gt;</c>; null for
    /// nothing.
    /// </summary>
    public string? Control() => Receive(ProcessControl);

    /// <summary>Whether the client has given a sign of life since the last call.</summary>
    public bool Beats() => Receive(Heartbeat) is not null;

    /// <summary>Tells the client how far the task is; drops the message when the client hasn't read the last one yet.</summary>
    public void Tell(string status)
    {
        var at = Status * Channel;
        if (_memory.ReadByte(at) != 0) return;
        var bytes = Encoding.ASCII.GetBytes(status);
        var length = Math.Min(bytes.Length, Channel - 2);
        _memory.WriteArray(at + 1, bytes, 0, length);
        _memory.Write(at + 1 + length, (byte)0);
        // The flag last: the client may look at any moment.
        Thread.MemoryBarrier();
        _memory.Write(at, (byte)1);
    }

    public void Dispose()
    {
        _memory.Dispose();
        _file.Dispose();
    }

    string? Receive(int channel)
    {
        var at = channel * Channel;
        if (_memory.ReadByte(at) == 0) return null;
        Thread.MemoryBarrier();
        _memory.ReadArray(at + 1, _text, 0, _text.Length);
        _memory.Write(at, (byte)0);
        var end = Array.IndexOf(_text, (byte)0);
        return Encoding.ASCII.GetString(_text, 0, end < 0 ? _text.Length : end).Trim();
    }

    [System.Runtime.Versioning.SupportedOSPlatform("windows")]
    static ClientChannel? OpenWindows(string name)
    {
        if (name.Length == 0) return null;
        // A client that runs as a service makes the memory for all sessions, any other for its own session.
        foreach (var full in (string[])["Global\\" + name, name])
        {
            try
            {
                return new ClientChannel(MemoryMappedFile.OpenExisting(full, MemoryMappedFileRights.ReadWrite));
            }
            catch (FileNotFoundException)
            {
            }
        }

        return null;
    }
}

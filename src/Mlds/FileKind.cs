using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Mlds;

/// <summary>
/// What a path leads to, links followed. Opening a FIFO waits for its other end and a device may never end, so whoever is given a folder
/// asks first and opens nothing but files.
/// </summary>
public enum FileKind
{
    /// <summary>There is nothing, or a link to nothing.</summary>
    Nothing,
    File,
    Folder,
    Fifo,
    Socket,
    Device,

    /// <summary>A link that leads in a circle.</summary>
    Circle,
}

/// <summary>Finds out the <see cref="FileKind"/> of a path without opening it.</summary>
public static class FileKinds
{
    // statx(2): the same layout on every processor, unlike stat's.
    const int Here = -100;
    const uint Type = 1;
    const int Size = 256;
    const int ModeAt = 28;
    const int TooManyLinks = 40;

    public static FileKind Of(string path)
    {
        try
        {
            if (OperatingSystem.IsLinux()) return OnLinux(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library: then as anywhere else.
        }

        return Directory.Exists(path) ? FileKind.Folder : File.Exists(path) ? FileKind.File : FileKind.Nothing;
    }

    /// <summary>A kind in words, to go after "it is".</summary>
    public static string InWords(FileKind kind) => kind switch
    {
        FileKind.Nothing => "a link to nothing",
        FileKind.File => "a file",
        FileKind.Folder => "a folder",
        FileKind.Fifo => "a FIFO",
        FileKind.Socket => "a socket",
        FileKind.Device => "a device",
        _ => "a link that leads in a circle",
    };

    /// <summary>Whether <paramref name="path"/> is a file. False where there is nothing.</summary>
    /// <exception cref="InvalidDataException">There is something else; the sentence says what.</exception>
    public static bool IsFile(string path) => Of(path) switch
    {
        FileKind.File => true,
        FileKind.Nothing => false,
        var kind => throw new InvalidDataException($"'{path}' is {InWords(kind)}, not a file; it wasn't opened."),
    };

    static FileKind OnLinux(string path)
    {
        var answer = new byte[Size];
        if (StatX(Here, path, 0, Type, answer) != 0)
        {
            return Marshal.GetLastPInvokeError() == TooManyLinks ? FileKind.Circle
                : FileKind.Nothing;
        }

        return (BinaryPrimitives.ReadUInt16LittleEndian(answer.AsSpan(ModeAt)) & 0xF000) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Folder,
            0x1000 => FileKind.Fifo,
            0xC000 => FileKind.Socket,
            _ => FileKind.Device,
        };
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int StatX(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] answer);
}

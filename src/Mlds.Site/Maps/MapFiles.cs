using System.Runtime.InteropServices;

namespace Mlds.Site.Maps;

/// <summary>
/// What was computed of networks, in a folder of the user's cache named by the digest of the networks, so that it is computed once: a
/// release never changes. What can't be written or read is computed again.
/// </summary>
/// <param name="digest">Of the networks, in their order; null to keep nothing.</param>
sealed class MapFiles(string? digest)
{
    const uint Magic = 0x4D4C4431; // "MLD1"

    /// <summary><c>$XDG_CACHE_HOME/mlds/browse</c>, or where the system keeps such things.</summary>
    static string Root => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "mlds", "browse");

    internal ViewPlane? ReadPlane(string view, string method) => Read($"{view}.{method}", reader => new ViewPlane(
        view, method, Numbers<int>(reader), Numbers<float>(reader), reader.ReadString()));

    internal void Write(ViewPlane plane) => Write($"{plane.View}.{plane.Method}", writer =>
    {
        Numbers(writer, plane.Rows);
        Numbers(writer, plane.Coordinates);
        writer.Write(plane.Protocol);
    });

    internal NeighbourTable? ReadNeighbours(string view) => Read($"{view}.neighbours", reader => new NeighbourTable(
        view, Numbers<int>(reader), reader.ReadInt32(), Numbers<int>(reader), Numbers<float>(reader)));

    internal void Write(NeighbourTable table) => Write($"{table.View}.neighbours", writer =>
    {
        Numbers(writer, table.Rows);
        writer.Write(table.PerNetwork);
        Numbers(writer, table.Nearest);
        Numbers(writer, table.Distances);
    });

    internal CopyTable? ReadCopies() => Read("copies", reader => new CopyTable(Numbers<int>(reader)));

    internal void Write(CopyTable table) => Write("copies", writer => Numbers(writer, table.Pairs));

    T? Read<T>(string name, Func<BinaryReader, T> read)
        where T : class
    {
        if (digest is null) return null;
        try
        {
            using var reader = new BinaryReader(new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16));
            return reader.ReadUInt32() == Magic ? read(reader) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    void Write(string name, Action<BinaryWriter> write)
    {
        if (digest is null) return;
        try
        {
            var path = PathOf(name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var writer = new BinaryWriter(File.Create(path + ".tmp")))
            {
                writer.Write(Magic);
                write(writer);
            }

            File.Move(path + ".tmp", path, overwrite: true);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            // It is only kept for the next time.
        }
    }

    string PathOf(string name) => Path.Combine(Root, digest!, name);

    static T[] Numbers<T>(BinaryReader reader)
        where T : unmanaged
    {
        var count = reader.ReadInt32();
        if (count < 0 || (long)count * Marshal.SizeOf<T>() > reader.BaseStream.Length) throw new InvalidDataException("No count.");
        var numbers = new T[count];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));
        return numbers;
    }

    static void Numbers<T>(BinaryWriter writer, T[] numbers)
        where T : unmanaged
    {
        writer.Write(numbers.Length);
        writer.Write(MemoryMarshal.AsBytes(numbers.AsSpan()));
    }
}

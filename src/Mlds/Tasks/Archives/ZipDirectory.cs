using System.Buffers.Binary;

namespace Mlds.Tasks.Archives;

/// <summary>
/// Looks at the end of a ZIP file before it is opened as one: whoever opens it reads the directory whole, so its size has a limit (APPNOTE
/// 6.3.10, 4.3.16).
/// </summary>
static class ZipDirectory
{
    /// <summary>Thousands of entries; an archive of sequences has six.</summary>
    const int MostBytes = 1 << 20;

    const int EndBytes = 22;
    const int LongestComment = ushort.MaxValue;

    /// <exception cref="InvalidDataException">No ZIP file, or one with a directory beyond the limit.</exception>
    internal static void Check(Stream file, string path)
    {
        var tail = new byte[Math.Min(file.Length, EndBytes + LongestComment)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        var end = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || tail.Length - end < EndBytes)
            throw new InvalidDataException($"'{path}' isn't an .npz file, or only the beginning of one; write it with numpy.savez.");
        var begins = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        var ends = file.Length - tail.Length + end;
        if (begins == uint.MaxValue || begins > ends || ends - begins > MostBytes)
            throw new InvalidDataException($"'{path}' has more files in it than an .npz file of sequences; write it with numpy.savez.");
    }
}

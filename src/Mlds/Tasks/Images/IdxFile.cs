using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;

namespace Mlds.Tasks.Images;

/// <summary>An array of bytes as an IDX file has it (yann.lecun.com/exdb/mnist, "the IDX file format").</summary>
/// <param name="Axes">Lengths of the axes, the slowest first.</param>
public sealed record IdxArray(IReadOnlyList<int> Axes, byte[] Values);

/// <summary>
/// Reads IDX files, packed by gzip or not: two zero bytes, the type of the values, the number of axes, their lengths as uint32 big-endian,
/// the values. All sizes are known and within limits before anything is allocated.
/// </summary>
public static class IdxFile
{
    /// <summary>Bytes of the values at most.</summary>
    internal const int MostBytes = 1 << 30;

    const int HeaderBytes = 4;
    const int MostAxes = 4;
    const byte UnsignedByte = 0x08;

    /// <summary>By path, length and time of writing: an image set's files are asked for by every task that reads them.</summary>
    static readonly ConcurrentDictionary<(string Path, long Length, DateTime Written), string> s_hashes = new();

    /// <summary>Images: 3 axes, number × height × width; or 4, number × channels × height × width.</summary>
    /// <exception cref="InvalidDataException">It has none; a sentence.</exception>
    public static IdxArray ReadImages(string path) => Read(path, areImages: true);

    /// <summary>Labels: 1 axis.</summary>
    /// <exception cref="InvalidDataException">It has none; a sentence.</exception>
    public static IdxArray ReadLabels(string path) => Read(path, areImages: false);

    /// <summary>Lower-case hex SHA-256 of what is in the file, unpacked.</summary>
    /// <exception cref="InvalidDataException">It can't be unpacked; a sentence.</exception>
    public static string HashOf(string path)
    {
        var file = new FileInfo(path);
        return s_hashes.GetOrAdd((file.FullName, file.Length, file.LastWriteTimeUtc), _ => Unpacked(path, Sha256Hash.HexOf));
    }

    /// <summary>The file unpacked.</summary>
    internal static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        try
        {
            Span<byte> magic = stackalloc byte[2];
            var isPacked = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
            file.Position = 0;
            return isPacked ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    static IdxArray Read(string path, bool areImages) => Unpacked(path, stream =>
    {
        var header = new byte[HeaderBytes];
        if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
            throw Wrong(path, $"is cut short: it has fewer than {HeaderBytes} bytes; get it again");
        if (header[0] != 0 || header[1] != 0 || header[3] is < 1 or > MostAxes)
        {
            throw Wrong(
                path, $"is no IDX file: it begins with {Convert.ToHexStringLower(header)}, and a file of "
                + $"{(areImages ? "images begins with 00000803" : "labels begins with 00000801")}");
        }

        if (header[2] != UnsignedByte)
        {
            throw Wrong(
                path, $"has values of IDX type 0x{header[2]:x2}; pixels and labels are unsigned bytes, type 0x08, so save it as these");
        }

        var isOfImages = header[3] >= 3;
        if (header[3] == 2 || isOfImages != areImages)
        {
            var there = header[3] switch { 1 => "labels", 2 => "rows of a table", _ => "images" };
            throw Wrong(
                path, $"holds {there} where {(areImages ? "images" : "labels")} belong ({header[3]} axes, not "
                + $"{(areImages ? "3 or 4" : "1")}); perhaps two files were swapped");
        }

        var axes = Axes(stream, header[3], path);
        var size = axes.Aggregate(1L, (product, axis) => Math.Min(product * axis, long.MaxValue / int.MaxValue));
        if (size is 0 or > MostBytes)
            throw Wrong(path, $"should have {Number(size)} values by its header; 1 to {Number(MostBytes)} are read");
        var values = new byte[size];
        var got = stream.ReadAtLeast(values, values.Length, throwOnEndOfStream: false);
        if (got < size)
            throw Wrong(path, $"is cut short: it has {Number(got)} of the {Number(size)} values that its header promises; get it again");
        if (stream.ReadByte() >= 0) throw Wrong(path, $"has more than the {Number(size)} values that its header promises; get it again");
        return new IdxArray(axes, values);
    });

    static int[] Axes(Stream stream, int count, string path)
    {
        var bytes = new byte[sizeof(uint) * count];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw Wrong(path, "is cut short within its header; get it again");
        var axes = new int[count];
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(sizeof(uint) * i));
            if (length > MostBytes) throw Wrong(path, $"has an axis of {length} by its header, which is more than is read");
            axes[i] = (int)length;
        }

        return axes;
    }

    /// <summary>What gzip finds wrong, as a sentence that names the file.</summary>
    static T Unpacked<T>(string path, Func<Stream, T> read)
    {
        using var stream = Open(path);
        try
        {
            return read(stream);
        }
        catch (InvalidDataException problem) when (!problem.Message.StartsWith($"'{path}'", StringComparison.Ordinal))
        {
            throw Wrong(path, "is a gzip file that is damaged or cut short; get it again", problem);
        }
    }

    static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    static InvalidDataException Wrong(string path, string what, Exception? cause = null) => new($"'{path}' {what}.", cause);
}

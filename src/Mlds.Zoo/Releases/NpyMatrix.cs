using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Mlds.Analysis.Loading;

/// <summary>
/// A two-dimensional NumPy file of anybody's, to be read row by row: versions 1 to 3, little-endian float32 or float64 in C order (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
/// </summary>
public sealed partial class NpyMatrix
{
    readonly string _path;
    readonly long _offset;
    readonly bool _isDouble;

    NpyMatrix(string path, int rows, int columns, long offset, bool isDouble) =>
        (_path, Rows, Columns, _offset, _isDouble) = (path, rows, columns, offset, isDouble);

    public int Rows { get; }

    public int Columns { get; }

    /// <exception cref="InvalidDataException">No such file, or one of another kind; the message says what was found and what is allowed.</exception>
    public static NpyMatrix Open(string path)
    {
        if (!File.Exists(path)) throw new InvalidDataException($"There is no file '{path}'.");
        using var stream = File.OpenRead(path);
        var (header, offset) = Header(stream, path);
        var type = Descriptor().Match(header).Groups[1].Value;
        if (type is not ("<f4" or "<f8")) throw Wrong(path, $"its numbers are of type '{type}'; save them as float32 (numpy: a.astype('<f4'))");
        if (header.Contains("'fortran_order': True", StringComparison.Ordinal)) throw Wrong(path, "its order is Fortran's; save it in C order (numpy: np.ascontiguousarray)");
        var shape = Shape().Match(header);
        if (!shape.Success || !int.TryParse(shape.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var rows) || !int.TryParse(shape.Groups[2].ValueSpan, CultureInfo.InvariantCulture, out var columns))
            throw Wrong(path, "it has not two dimensions; a weight matrix is networks × parameters");
        var expected = offset + ((type == "<f8" ? 8L : 4L) * rows * columns);
        if (stream.Length != expected) throw Wrong(path, $"for {rows} × {columns} numbers it should have {expected} bytes, but has {stream.Length}");
        return new NpyMatrix(path, rows, columns, offset, type == "<f8");
    }

    /// <summary>The rows, one at a time, as float32.</summary>
    public IEnumerable<float[]> ReadRows()
    {
        using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        stream.Position = _offset;
        var wide = new double[_isDouble ? Columns : 0];
        for (var i = 0; i < Rows; i++)
        {
            var row = new float[Columns];
            stream.ReadExactly(_isDouble ? MemoryMarshal.AsBytes(wide.AsSpan()) : MemoryMarshal.AsBytes(row.AsSpan()));
            for (var j = 0; j < wide.Length; j++) row[j] = (float)wide[j];
            yield return row;
        }
    }

    static (string Header, long Offset) Header(Stream stream, string path)
    {
        var start = new byte[12];
        if (stream.ReadAtLeast(start, 12, throwOnEndOfStream: false) < 12 || start[0] != 0x93 || !start.AsSpan(1, 5).SequenceEqual("NUMPY"u8) || start[6] is < 1 or > 3)
            throw Wrong(path, "it doesn't begin as one");
        var first = start[6] == 1 ? 10 : 12;
        var length = start[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8)) : BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        if (first + length > stream.Length) throw Wrong(path, "it ends inside its header");
        var text = new byte[length];
        stream.Position = first;
        stream.ReadExactly(text);
        return (Encoding.UTF8.GetString(text), first + length);
    }

    static InvalidDataException Wrong(string path, string what) => new($"'{path}' is no NumPy file of weights: {what}.");

    [GeneratedRegex(@"'descr':\s*'([^']*)'")]
    private static partial Regex Descriptor();

    [GeneratedRegex(@"'shape':\s*\((\d+),\s*(\d+)\)")]
    private static partial Regex Shape();
}

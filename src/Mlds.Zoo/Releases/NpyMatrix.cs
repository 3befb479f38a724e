using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Mlds.Zoos.Releases;

/// <summary>
/// A two-dimensional NumPy file, a release's or anybody else's: versions 1 to 3, little-endian float32 or float64 in C order
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
/// </summary>
public sealed partial class NpyMatrix
{
    readonly string _path;
    readonly long _offset;

    NpyMatrix(string path, int rows, int columns, long offset, bool isSingle) =>
        (_path, Rows, Columns, _offset, IsSingle) = (path, rows, columns, offset, isSingle);

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Whether its numbers are float32; float64 otherwise.</summary>
    public bool IsSingle { get; }

    /// <exception cref="InvalidDataException">
    /// No such file, or one of another kind; the message says what was found and what is allowed.
    /// </exception>
    public static NpyMatrix Open(string path)
    {
        if (!File.Exists(path)) throw new InvalidDataException($"There is no file '{path}'.");
        using var stream = File.OpenRead(path);
        var header = NpyText.Read(
            stream, stream.Length, () => Wrong(path, "it doesn't begin as one"), () => Wrong(path, "it ends inside its header"));
        var (type, offset) = (header.Type, header.Bytes);
        if (type is not ("<f4" or "<f8"))
            throw Wrong(path, $"its numbers are of type '{type}'; save them as float32 (numpy: a.astype('<f4'))");
        if (!header.IsInCOrder) throw Wrong(path, "its order is Fortran's; save it in C order (numpy: np.ascontiguousarray)");
        var shape = Shape().Match(header.Text);
        if (!shape.Success || !int.TryParse(shape.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var rows)
            || !int.TryParse(shape.Groups[2].ValueSpan, CultureInfo.InvariantCulture, out var columns))
        {
            throw Wrong(path, "it doesn't have two dimensions; a weight matrix is networks × parameters");
        }

        var expected = offset + ((Int128)(type == "<f8" ? sizeof(double) : sizeof(float)) * rows * columns);
        if (stream.Length != expected)
            throw Wrong(path, $"for {rows} × {columns} numbers it should have {expected} bytes, but has {stream.Length}");
        return new NpyMatrix(path, rows, columns, offset, type == "<f4");
    }

    /// <summary>The rows, one at a time, as float32.</summary>
    public IEnumerable<float[]> ReadRows()
    {
        using var stream = Content();
        for (var i = 0; i < Rows; i++)
        {
            var row = new float[Columns];
            Read(stream, row);
            yield return row;
        }
    }

    /// <summary>
    /// The given rows, ascending, one at a time, as float32. What is given out is used again for the next row.
    /// </summary>
    public IEnumerable<float[]> ReadRows(IReadOnlyList<int> rows)
    {
        using var stream = Content();
        var width = (long)Columns * (IsSingle ? sizeof(float) : sizeof(double));
        var values = new float[Columns];
        foreach (var row in rows)
        {
            var at = _offset + (row * width);
            if (stream.Position != at) stream.Position = at;
            Read(stream, values);
            yield return values;
        }
    }

    /// <summary>The first <paramref name="rows"/> rows as one array, as float32; or as many from another row on.</summary>
    /// <exception cref="ZooException">They are more than an array holds.</exception>
    public float[] ReadFirst(int rows, int from = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Rows - from);
        var values = GC.AllocateUninitializedArray<float>(MatrixSize.Of(rows, Columns));
        using var stream = Content();
        stream.Position += (long)from * Columns * (IsSingle ? sizeof(float) : sizeof(double));
        for (var i = 0; i < rows; i++) Read(stream, values.AsSpan(i * Columns, Columns));
        return values;
    }

    /// <summary>Shape and type, as a message says them.</summary>
    public override string ToString() => $"{Rows} × {Columns} numbers of {(IsSingle ? "float32" : "float64")}";

    FileStream Content() => new(_path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20) { Position = _offset };

    void Read(Stream stream, Span<float> row)
    {
        if (IsSingle)
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(row));
            return;
        }

        var wide = new double[row.Length];
        stream.ReadExactly(MemoryMarshal.AsBytes(wide.AsSpan()));
        for (var i = 0; i < wide.Length; i++) row[i] = (float)wide[i];
    }

    static InvalidDataException Wrong(string path, string what) => new($"'{path}' is no NumPy file of weights: {what}.");

    [GeneratedRegex(@"'shape':\s*\((\d+),\s*(\d+)\)")]
    private static partial Regex Shape();
}

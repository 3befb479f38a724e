using System.Globalization;
using System.Text;
using Mlds.Training;

namespace Mlds.Zoos.Releases;

/// <summary>
/// Writes NumPy's array file, version 1.0, of float32 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html); read by
/// <see cref="NpyMatrix"/>.
/// </summary>
public sealed class NpyFile : IDisposable
{
    const string Float32 = "<f4";

    static readonly byte[] s_magic = [0x93, .. "NUMPY"u8, 1, 0];

    readonly Stream _stream;
    readonly int _columns;
    long _rowsLeft;

    /// <summary>Begins a file of <paramref name="rows"/> × <paramref name="columns"/>; each row comes by <see cref="WriteRow"/>.</summary>
    public NpyFile(string path, long rows, int columns)
    {
        (_rowsLeft, _columns) = (rows, columns);
        _stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        _stream.Write(Header(Float32, string.Create(CultureInfo.InvariantCulture, $"({rows}, {columns})")));
    }

    /// <summary>Writes a vector as a one-dimensional array, over what may be there.</summary>
    public static void Write(string path, ReadOnlySpan<float> vector) => File.WriteAllBytes(path, Bytes(vector));

    /// <summary>A file of a vector as a one-dimensional array.</summary>
    public static byte[] Bytes(ReadOnlySpan<float> vector) =>
        [.. Header(Float32, string.Create(CultureInfo.InvariantCulture, $"({vector.Length},)")), .. WeightsHash.Bytes(vector)];

    /// <summary>The next row.</summary>
    public void WriteRow(ReadOnlySpan<float> row)
    {
        if (row.Length != _columns) throw new ArgumentException($"A row has {_columns} values, not {row.Length}.", nameof(row));
        if (_rowsLeft-- == 0) throw new InvalidOperationException("All rows have been written.");
        _stream.Write(WeightsHash.Bytes(row));
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Magic, version and the dictionary, padded so that the values begin at a multiple of 64.</summary>
    internal static byte[] Header(string type, string shape)
    {
        var dictionary = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}";
        var length = (s_magic.Length + 2 + dictionary.Length + 1 + 63) / 64 * 64;
        var padded = dictionary.PadRight(length - s_magic.Length - 3) + "\n";
        return [.. s_magic, (byte)padded.Length, (byte)(padded.Length >> 8), .. Encoding.ASCII.GetBytes(padded)];
    }
}

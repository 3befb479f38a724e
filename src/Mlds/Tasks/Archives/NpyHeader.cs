using System.Globalization;
using System.Text.RegularExpressions;

namespace Mlds.Tasks.Archives;

/// <summary>The header of a NumPy file of whole numbers or floats that may be 0 and 1 (<see cref="NpyText"/>).</summary>
/// <param name="Bytes">Of the header: where the values begin.</param>
/// <param name="Shape">At least one axis; each at least 0.</param>
/// <param name="One">The bytes of the value 1; those of 0 are all 0.</param>
sealed partial record NpyHeader(int Bytes, IReadOnlyList<long> Shape, byte[] One)
{
    /// <summary>Far more than three axes need.</summary>
    const int MostBytes = (1 << 16) + 12;

    /// <summary>Bytes of a value.</summary>
    internal int ItemBytes => One.Length;

    /// <summary>Values in all; <see cref="long.MaxValue"/> where that is no number.</summary>
    internal long Values => (long)Shape.Aggregate((Int128)1, (product, axis) => Int128.Min(product * axis, long.MaxValue));

    /// <param name="wrong">Makes the exception of what is wrong: goes on from "has an array".</param>
    internal static NpyHeader Read(Stream stream, Func<string, Exception> wrong)
    {
        var header = NpyText.Read(
            stream, MostBytes, () => wrong("that doesn't begin as a NumPy file"), () => wrong("whose header is too long"));
        if (OneOf(header.Type) is not { } one)
        {
            throw wrong($"of type '{header.Type}'; save it as uint8 or bool (numpy: a.astype('uint8')), or as another type of whole "
                + "numbers or floats, little-endian");
        }

        if (!header.IsInCOrder) throw wrong("in Fortran's order; save it in C order (numpy: numpy.ascontiguousarray(a))");
        var axes = Axes().Match(header.Text).Groups[1].Value
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var shape = new long[axes.Length];
        for (var i = 0; i < axes.Length; i++)
            if (!long.TryParse(axes[i], NumberStyles.None, CultureInfo.InvariantCulture, out shape[i])) throw wrong("without a shape");
        return new NpyHeader((int)header.Bytes, shape, one);
    }

    /// <summary>The bytes of 1, or null for types that aren't read.</summary>
    static byte[]? OneOf(string type) => type switch
    {
        "|b1" or "|u1" or "|i1" => [1],
        "<u2" or "<i2" => [1, 0],
        "<u4" or "<i4" => [1, 0, 0, 0],
        "<u8" or "<i8" => [1, 0, 0, 0, 0, 0, 0, 0],
        "<f2" => [0, 0x3C],
        "<f4" => [0, 0, 0x80, 0x3F],
        "<f8" => [0, 0, 0, 0, 0, 0, 0xF0, 0x3F],
        _ => null,
    };

    [GeneratedRegex(@"'shape':\s*\(([\d,\s]*)\)")]
    private static partial Regex Axes();
}

using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;

namespace Mlds;

/// <summary>
/// The header of a NumPy file, versions 1 to 3 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): what all that
/// read one need of it.
/// </summary>
/// <param name="Text">A Python dictionary.</param>
/// <param name="Bytes">Of the header: where the values begin.</param>
public sealed partial record NpyText(string Text, long Bytes)
{
    /// <summary>The type of the values: <c>&lt;f4</c>. Empty where it is none of numbers.</summary>
    public string Type { get; } = Descriptor().Match(Text).Groups[1].Value;

    /// <summary>Whether the values are in C order, row by row.</summary>
    public bool IsInCOrder { get; } = Order().IsMatch(Text);

    /// <summary>Reads the header; the stream is then at the values.</summary>
    /// <param name="most">Bytes that it may have.</param>
    /// <param name="foreign">Makes the exception for what doesn't begin as a NumPy file.</param>
    /// <param name="tooLong">Makes the exception for a header of more bytes.</param>
    public static NpyText Read(Stream stream, long most, Func<Exception> foreign, Func<Exception> tooLong)
    {
        var start = new byte[12];
        if (stream.ReadAtLeast(start.AsSpan(0, 10), 10, throwOnEndOfStream: false) < 10
            || start[0] != 0x93 || !start.AsSpan(1, 5).SequenceEqual("NUMPY"u8) || start[6] is < 1 or > 3)
        {
            throw foreign();
        }

        var first = start[6] == 1 ? 10 : 12;
        if (stream.ReadAtLeast(start.AsSpan(10, first - 10), first - 10, throwOnEndOfStream: false) < first - 10) throw foreign();
        long length = start[6] == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8))
            : BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        if (first + length > most) throw tooLong();
        var text = new byte[length];
        stream.ReadExactly(text);
        return new NpyText(Encoding.UTF8.GetString(text), first + length);
    }

    [GeneratedRegex(@"'descr':\s*'([^']*)'")]
    private static partial Regex Descriptor();

    [GeneratedRegex(@"'fortran_order':\s*False")]
    private static partial Regex Order();
}

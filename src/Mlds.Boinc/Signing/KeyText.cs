using System.Globalization;
using System.Numerics;
using System.Text;

namespace Mlds.Boinc.Signing;

/// <summary>
/// BOINC's text of keys and signatures: bit length (keys only), then hex digits, 32 bytes per line, then a line with a dot (lib/crypt.cpp).
/// </summary>
static class KeyText
{
    const int BytesALine = 32;

    public static string Hex(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 2 + 16);
        for (var start = 0; start < bytes.Length; start += BytesALine)
            text.Append(Convert.ToHexStringLower(bytes.Slice(start, Math.Min(BytesALine, bytes.Length - start)))).Append('\n');
        return text.Append(".\n").ToString();
    }

    public static string Key(ReadOnlySpan<byte> bytes) => CodeSigning.KeyBits.ToString(CultureInfo.InvariantCulture) + "\n" + Hex(bytes);

    /// <summary>The bytes of a key's text, or null when it isn't one of <paramref name="length"/> bytes.</summary>
    public static byte[]? ParseKey(string text, int length)
    {
        var trimmed = text.AsSpan().Trim();
        var line = trimmed.IndexOf('\n');
        if (line < 0
            || !int.TryParse(trimmed[..line].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            || bits != CodeSigning.KeyBits)
        {
            return null;
        }

        return Parse(trimmed[line..], length);
    }

    /// <summary>The bytes of a signature's text, or null when it isn't one of <paramref name="length"/> bytes.</summary>
    public static byte[]? Parse(ReadOnlySpan<char> text, int length)
    {
        if (text.Length > 8 * length + 64) return null;
        Span<char> digits = stackalloc char[2 * length];
        var count = 0;
        foreach (var letter in text)
        {
            if (letter == '.') break;
            if (char.IsWhiteSpace(letter)) continue;
            if (!char.IsAsciiHexDigit(letter) || count == digits.Length) return null;
            digits[count++] = letter;
        }

        return count == digits.Length ? Convert.FromHexString(digits) : null;
    }

    /// <summary><paramref name="value"/> as big-endian bytes, zeros in front.</summary>
    public static byte[] Padded(BigInteger value, int length)
    {
        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        var padded = new byte[length];
        bytes.CopyTo(padded, length - bytes.Length);
        return padded;
    }

    public static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}

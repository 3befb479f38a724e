using System.Text;

namespace Mlds.Server.Http;

/// <summary>
/// Fields of a query or a form (<c>a=b&amp;c=d</c>). Clients percent-encode the bytes that they have: mostly UTF-8, on some Windows systems
/// Latin-1, so what isn't UTF-8 is read as Latin-1.
/// </summary>
static class UrlEncoded
{
    static readonly UTF8Encoding s_utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The fields by name; of several with one name the last.</summary>
    /// <param name="text">With or without the question mark that a query begins with.</param>
    public static Dictionary<string, string> Read(string? text)
    {
        var fields = new Dictionary<string, string>();
        foreach (var part in (text ?? "").TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) fields[Decode(part)] = "";
            else fields[Decode(part.AsSpan(0, equals))] = Decode(part.AsSpan(equals + 1));
        }

        return fields;
    }

    /// <summary>A percent sign that isn't followed by two hex digits stands for itself.</summary>
    static string Decode(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny('%', '+') < 0) return text.ToString();
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var count = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '%' && at + 2 < text.Length && char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]))
            {
                bytes[count++] = Convert.FromHexString(text.Slice(at + 1, 2))[0];
                at += 2;
                continue;
            }

            var length = char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
            count += Encoding.UTF8.GetBytes(text[at] == '+' ? " " : text.Slice(at, length), bytes.AsSpan(count));
            at += length - 1;
        }

        return Text(bytes.AsSpan(0, count));
    }

    static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return s_utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }
}

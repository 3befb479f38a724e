using System.Text;

namespace Mlds.Boinc.Tags;

/// <summary>
/// The gate for text that strangers wrote. What isn't plain is replaced by U+FFFD: control characters (NUL, which PostgreSQL refuses;
/// ESC, which terminals obey), halves of surrogate pairs, U+FFFE and U+FFFF (which XML refuses), and the marks that reverse the direction
/// of what follows. Text passes the gate where it comes in (<see cref="TagReader.Text"/>), and again where it goes out: what is stored may
/// be older than the gate.
/// </summary>
public static class PlainText
{
    const char Replacement = '\uFFFD';

    /// <summary>One line: line ends and tabs become blanks.</summary>
    public static string Line(string text) => IsAscii(text) || IsPlain(text) ? text : Cleaned(text, lines: false);

    /// <summary>Several lines: tabs stay, and every kind of line end becomes <c>\n</c>.</summary>
    public static string Lines(string text) => IsAscii(text) || IsPlain(text) ? text : Cleaned(text, lines: true);

    /// <summary>Whether <see cref="Line"/> would change nothing.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (IsPair(text, i)) i++;
            else if (IsForbidden(text[i])) return false;
        }

        return true;
    }

    static bool IsAscii(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange(' ', '~');

    static string Cleaned(string text, bool lines)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (IsPair(text, i)) clean.Append(letter).Append(text[++i]);
            else if (letter == '\r' && i + 1 < text.Length && text[i + 1] == '\n') continue;
            else if (letter is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029') clean.Append(lines ? '\n' : ' ');
            else if (letter == '\t') clean.Append(lines ? '\t' : ' ');
            else clean.Append(IsForbidden(letter) ? Replacement : letter);
        }

        return clean.ToString();
    }

    static bool IsPair(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);

    static bool IsForbidden(char letter) =>
        char.IsControl(letter) || char.IsSurrogate(letter)
        || letter is '\uFFFE' or '\uFFFF' or '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}

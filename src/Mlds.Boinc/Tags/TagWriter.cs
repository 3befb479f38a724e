using System.Globalization;
using System.Text;

namespace Mlds.Boinc.Tags;

/// <summary>
/// Writes tags as BOINC's clients read them: one element per line, no attributes, no blank before <c>/&gt;</c>, numbers without an
/// exponent.
/// </summary>
public sealed class TagWriter
{
    readonly StringBuilder _text = new(4096);

    public TagWriter Open(string name) => Raw("<").Raw(name).Raw(">\n");

    public TagWriter Close(string name) => Raw("</").Raw(name).Raw(">\n");

    public TagWriter Empty(string name) => Raw("<").Raw(name).Raw("/>\n");

    public TagWriter Element(string name, string? value) => Begin(name).Raw(Escaped(value ?? "")).End(name);

    public TagWriter Element(string name, long value)
    {
        Begin(name)._text.Append(CultureInfo.InvariantCulture, $"{value}");
        return End(name);
    }

    /// <summary>A number with six decimal places.</summary>
    public TagWriter Element(string name, double value)
    {
        Begin(name)._text.Append(CultureInfo.InvariantCulture, $"{value:F6}");
        return End(name);
    }

    /// <summary>Text that has to arrive byte for byte, such as a key: on lines of its own.</summary>
    public TagWriter Block(string name, string text) => Open(name).Raw(text.Trim('\n')).Raw("\n").Close(name);

    /// <summary>A line for the volunteer; <c>notice</c> also becomes a notice of the manager.</summary>
    public TagWriter Message(string text, bool notice = false) =>
        Raw("<message priority=\"").Raw(notice ? "notice" : "low").Raw("\">").Raw(Escaped(text)).Raw("</message>\n");

    public TagWriter Raw(string text)
    {
        _text.Append(text);
        return this;
    }

    public override string ToString() => _text.ToString();

    TagWriter Begin(string name) => Raw("<").Raw(name).Raw(">");

    TagWriter End(string name) => Raw("</").Raw(name).Raw(">\n");

    static string Escaped(string value)
    {
        value = PlainText.Line(value);
        if (value.AsSpan().IndexOfAny("&<>") < 0) return value;
        return value.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
    }
}

using System.Globalization;
using System.Net;

namespace Mlds.Boinc.Tags;

/// <summary>
/// Reads the tags of BOINC's clients one after another. It is no XML parser, on purpose: it has no entities to expand, no attributes, no
/// namespaces, and it skips what is unknown, left open or closed twice, as BOINC's own parsers do. Depth and number of elements
/// are limited, and every character is looked at a bounded number of times.
/// </summary>
/// <remarks>
/// After <see cref="Child"/> said true, take the element by exactly one of <see cref="Text"/>, <see cref="Skip"/>, or <see cref="Child"/>
/// until it says false.
/// </remarks>
public ref struct TagReader
{
    public const int MaxDepth = 16;

    /// <summary>The most characters in which a single one may be written, such as <c>&amp;#x1F5A5;</c>.</summary>
    const int MaxEntity = 10;

    readonly ReadOnlySpan<char> _text;
    readonly Open[] _open = new Open[MaxDepth];
    int _depth;
    int _at;
    int _elementsLeft;
    bool _empty;

    /// <param name="text">The whole request.</param>
    /// <param name="maxElements">The most elements to go into; more of them are a <see cref="TagException"/>.</param>
    public TagReader(ReadOnlySpan<char> text, int maxElements)
    {
        _text = text;
        _elementsLeft = maxElements;
        _limit = maxElements;
    }

    readonly int _limit;

    /// <summary>True once the text ended inside an element.</summary>
    public bool Truncated { get; private set; }

    /// <summary>Goes to the next element inside the present one; false at the present one's end.</summary>
    public bool Child(out ReadOnlySpan<char> name)
    {
        name = default;
        if (_empty) return _empty = false;
        while (NextTag(out var tag))
        {
            if (tag.Closing)
            {
                if (!Closes(tag, out var levels)) continue; // closes what was never opened
                if (levels > 0) _at = tag.Start; // closes an outer element: this one was left open
                _depth--;
                return false;
            }

            if (_elementsLeft-- == 0)
                throw new TagException(string.Create(CultureInfo.InvariantCulture, $"More than {_limit} elements in one request."));
            name = _text[tag.NameStart..tag.NameEnd];
            _empty = tag.Empty;
            if (tag.Empty) return true;
            if (_depth == MaxDepth)
                throw new TagException(string.Create(CultureInfo.InvariantCulture, $"Elements nested deeper than {MaxDepth}."));
            _open[_depth++] = new(tag.NameStart, tag.NameEnd);
            return true;
        }

        if (_depth > 0)
        {
            Truncated = true;
            _depth--;
        }

        return false;
    }

    /// <summary>Skips the element, whatever is in it.</summary>
    public void Skip() => Content();

    /// <summary>
    /// The element's text in one line, trimmed, with entities resolved, after the gate of <see cref="PlainText"/>; elements inside stay as
    /// they are.
    /// </summary>
    /// <param name="maxLength">The longest text to take, in characters; the rest is cut off.</param>
    public string Text(int maxLength = 256) => PlainText.Line(Decoded(Content(), maxLength));

    /// <summary>As <see cref="Text"/>, for a text of several lines, such as a key.</summary>
    public string Lines(int maxLength) => PlainText.Lines(Decoded(Content(), maxLength));

    /// <summary>
    /// What a program wrote, which clients put into character data: everything up to the element's own closing tag, whatever it looks like.
    /// Even where a comment or character data were left open in it, the elements after it are found.
    /// </summary>
    /// <param name="maxLength">How many characters are kept, counted from the end: that is where a program says why it failed.</param>
    public string Verbatim(int maxLength)
    {
        if (_empty)
        {
            _empty = false;
            return "";
        }

        var open = _open[--_depth];
        var mark = $"</{_text[open.Start..open.End]}>";
        var content = _text[_at..];
        for (var at = 0; ;)
        {
            var offset = content[at..].IndexOf(mark, StringComparison.Ordinal);
            if (offset < 0) break;
            at += offset;
            var before = content[..at];
            if (IsClosed(before))
            {
                _at += at + mark.Length;
                return Tail(before.Trim(), maxLength);
            }

            at += mark.Length;
        }

        Truncated = true;
        _at = _text.Length;
        return Tail(content.Trim(), maxLength);
    }

    /// <summary>Whether character data that begin in the text have ended.</summary>
    static bool IsClosed(ReadOnlySpan<char> text) =>
        text.TrimEnd().EndsWith("]]>", StringComparison.Ordinal) || !text.Contains("<![CDATA[", StringComparison.Ordinal);

    static string Tail(ReadOnlySpan<char> text, int maxLength)
    {
        // In character data an ampersand stands for itself.
        var all = text.Contains("<![CDATA[", StringComparison.Ordinal) ? text : Decoded(text, int.MaxValue / MaxEntity);
        return PlainText.Lines((all.Length > maxLength ? all[^maxLength..] : all).ToString());
    }

    static string Decoded(ReadOnlySpan<char> content, int maxLength)
    {
        content = content.Trim();
        // An entity is one character, however long it is written.
        if (content.Length / MaxEntity > maxLength) content = content[..(maxLength * MaxEntity)];
        var text = content.IndexOf('&') < 0 ? content : WebUtility.HtmlDecode(content.ToString());
        return (text.Length > maxLength ? text[..maxLength] : text).ToString();
    }

    /// <summary>A finite number, or 0 for anything else.</summary>
    public double Number()
    {
        var content = Content().Trim();
        return content.Length <= 64
            && double.TryParse(content, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) ? number : 0;
    }

    /// <summary>A whole number (a fraction is cut off, as C's atoi does), or 0 for anything else or beyond ±9e15.</summary>
    public long Whole() => Number() is var number && Math.Abs(number) < 9e15 ? (long)number : 0;

    /// <summary>True for an empty tag and for any whole number but 0.</summary>
    public bool Flag()
    {
        if (!_empty) return Whole() != 0;
        _empty = false;
        return true;
    }

    ReadOnlySpan<char> Content()
    {
        if (_empty)
        {
            _empty = false;
            return default;
        }

        var open = _open[--_depth];
        var name = _text[open.Start..open.End];
        var start = _at;
        var inside = 0;
        while (NextTag(out var tag))
        {
            if (!_text[tag.NameStart..tag.NameEnd].SequenceEqual(name)) continue;
            if (!tag.Closing)
            {
                if (!tag.Empty) inside++;
            }
            else if (inside-- == 0)
            {
                return _text[start..tag.Start];
            }
        }

        Truncated = true;
        return _text[start..];
    }

    /// <summary>Whether a closing tag fits an open element, and how many levels further out that is.</summary>
    readonly bool Closes(Tag tag, out int levels)
    {
        var name = _text[tag.NameStart..tag.NameEnd];
        for (levels = 0; levels < _depth; levels++)
        {
            var open = _open[_depth - 1 - levels];
            if (_text[open.Start..open.End].SequenceEqual(name)) return true;
        }

        return false;
    }

    /// <summary>The next tag of any kind; comments, declarations and character data are skipped.</summary>
    bool NextTag(out Tag tag)
    {
        tag = default;
        while (true)
        {
            var offset = _text[_at..].IndexOf('<');
            if (offset < 0) break;
            var start = _at + offset;
            var rest = _text[start..];
            if (rest.StartsWith("<![CDATA[", StringComparison.Ordinal))
            {
                if (!Past(start, "]]>")) break;
                continue;
            }

            if (rest.StartsWith("<!--", StringComparison.Ordinal))
            {
                if (!Past(start, "-->")) break;
                continue;
            }

            var end = rest.IndexOf('>');
            if (end < 0) break;
            _at = start + end + 1;
            if (rest[1] is '?' or '!') continue;
            var closing = rest[1] == '/';
            var nameStart = start + (closing ? 2 : 1);
            var body = _text[nameStart..(start + end)];
            var nameLength = body.IndexOfAny(" \t\r\n/");
            if (nameLength < 0) nameLength = body.Length;
            if (nameLength == 0) continue;
            tag = new(start, nameStart, nameStart + nameLength, closing, !closing && body[^1] == '/');
            return true;
        }

        _at = _text.Length;
        return false;
    }

    bool Past(int start, string mark)
    {
        var offset = _text[start..].IndexOf(mark, StringComparison.Ordinal);
        if (offset < 0) return false;
        _at = start + offset + mark.Length;
        return true;
    }

    readonly record struct Open(int Start, int End);

    readonly record struct Tag(int Start, int NameStart, int NameEnd, bool Closing, bool Empty);
}

using System.Globalization;
using System.Net;
using System.Text;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Html;

/// <summary>Writes HTML in which every text is escaped; only <see cref="Raw"/> takes markup, and only ours.</summary>
sealed class HtmlWriter
{
    readonly StringBuilder _html = new();
    readonly Stack<string> _open = new();

    public HtmlWriter Open(string element, string? cssClass = null, string? id = null)
    {
        _html.Append('<').Append(element);
        if (id is not null)
            _html.Append(" id=\"").Append(Escape(id)).Append('"');
        if (cssClass is not null)
            _html.Append(" class=\"").Append(Escape(cssClass)).Append('"');
        _html.Append('>');
        _open.Push(element);
        return this;
    }

    public HtmlWriter Close()
    {
        _html.Append("</").Append(_open.Pop()).Append(">\n");
        return this;
    }

    /// <summary>Escaped text; a per cent sign stays on the line of its number.</summary>
    public HtmlWriter Text(string text)
    {
        _html.Append(Escape(text.Replace(" %", "\u00a0%", StringComparison.Ordinal)));
        return this;
    }

    /// <summary>An element that holds nothing but text.</summary>
    public HtmlWriter Element(string element, string text, string? cssClass = null) => Open(element, cssClass).Text(text).Close();

    /// <summary>A link inside the page that shows <paramref name="details"/> when pointed at.</summary>
    public HtmlWriter Link(string id, string text, string? details = null)
    {
        _html.Append($"<a href=\"#{Escape(id)}\"{(details is null ? "" : $" title=\"{Escape(details)}\"")}>{Escape(text)}</a>");
        return this;
    }

    /// <summary>
    /// A number as a reader sees it, with its full value for programs and tests: <c>&lt;data value="0.98765"&gt;0.988&lt;/data&gt;</c>.
    /// </summary>
    public HtmlWriter Value(double value, Func<double, string> shown)
    {
        _html.Append($"<data value=\"{value.ToString("R", CultureInfo.InvariantCulture)}\">{Escape(shown(value))}</data>");
        return this;
    }

    public HtmlWriter Count(long value) => Value(value, number => Words.Count((long)number));

    /// <summary>Markup of our own making, such as a figure.</summary>
    public HtmlWriter Raw(string markup)
    {
        _html.Append(markup);
        return this;
    }

    public override string ToString() => _open.Count == 0
        ? _html.ToString()
        : throw new InvalidOperationException($"<{_open.Peek()}> is still open.");

    static string Escape(string text) => WebUtility.HtmlEncode(text);
}

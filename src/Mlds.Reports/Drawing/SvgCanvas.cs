using System.Globalization;
using System.Net;
using System.Text;

namespace Mlds.Reports.Drawing;

/// <summary>
/// Writes SVG 1.1 without ids, so that many figures can stand in one page. In a page colours are classes (Embedded.Style gives
/// them their light and dark values); a file of its own has them written out, for programs that know no CSS.
/// </summary>
sealed class SvgCanvas(double width, double height, bool inline) : ICanvas
{
    readonly StringBuilder _body = new();
    string? _tip;

    public void Path(ReadOnlySpan<Point> points, bool closed, Look look)
    {
        _body.Append("<path d=\"");
        for (var i = 0; i < points.Length; i++)
            _body.Append(i == 0 ? 'M' : 'L').Append(Number(points[i].X)).Append(' ').Append(Number(points[i].Y));
        _body.Append(closed ? "Z\"" : "\"");
        Finish("path", look);
    }

    public void Circle(Point centre, double radius, Look look)
    {
        _body.Append($"<circle cx=\"{Number(centre.X)}\" cy=\"{Number(centre.Y)}\" r=\"{Number(radius)}\"");
        Finish("circle", look);
    }

    public void Text(Point at, string text, TextStyle style)
    {
        _body.Append("<text");
        _body.Append(style.Upright
            ? $" x=\"{Number(at.X)}\" y=\"{Number(at.Y)}\""
            : $" transform=\"translate({Number(at.X)} {Number(at.Y)}) rotate(-90)\"");
        _body.Append($" font-size=\"{Number(style.Size)}\"");
        if (style.Anchor != Anchor.Start)
            _body.Append($" text-anchor=\"{(style.Anchor == Anchor.Middle ? "middle" : "end")}\"");
        if (style.Bold)
            _body.Append(" font-weight=\"bold\"");
        Colours(style.Paint, null);
        _body.Append('>').Append(Escape(text)).Append("</text>\n");
    }

    public void Begin(string tip) => _tip = tip;

    public void End() => _tip = null;

    /// <summary>The finished figure.</summary>
    /// <param name="title">What the figure is, for those who hear it.</param>
    public string ToSvg(string title)
    {
        var size = $"viewBox=\"0 0 {Number(width)} {Number(height)}\"";
        var head = inline
            ? $"<svg {size} role=\"img\" aria-label=\"{Escape(title)}\">\n"
            : $"<svg xmlns=\"http://www.w3.org/2000/svg\" {size} width=\"{Number(width)}\" height=\"{Number(height)}\" "
              + $"font-family=\"DejaVu Sans, Verdana, sans-serif\">\n<title>{Escape(title)}</title>\n"
              + $"<rect width=\"100%\" height=\"100%\" fill=\"{Paint.Hex(Palette.Surface.Light)}\"/>\n";
        return head + _body + "</svg>\n";
    }

    void Finish(string element, Look look)
    {
        Colours(look.Fill, look.Stroke);
        if (look.Stroke is not null && look.Width != 1)
            _body.Append($" stroke-width=\"{Number(look.Width)}\"");
        if (look.Opacity < 1)
            _body.Append($" opacity=\"{Number(look.Opacity)}\"");
        if (look.Dashed)
            _body.Append(" stroke-dasharray=\"4 3\"");
        if (_tip is null)
            _body.Append("/>\n");
        else
            _body.Append($"><title>{Escape(_tip)}</title></{element}>\n");
    }

    void Colours(Paint? fill, Paint? stroke)
    {
        if (inline)
        {
            var classes = (fill is { } f ? "f-" + f.Name : "f-none") + (stroke is { } s ? " s-" + s.Name : "");
            _body.Append($" class=\"{classes}\"");
            return;
        }

        _body.Append(fill is { } colour ? $" fill=\"{Paint.Hex(colour.Light)}\"" : " fill=\"none\"");
        if (stroke is { } line)
            _body.Append($" stroke=\"{Paint.Hex(line.Light)}\"");
    }

    static string Number(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    static string Escape(string text) => WebUtility.HtmlEncode(text);
}

using Mlds.Reports.Drawing;

namespace Mlds.Reports.Figures;

/// <summary>A figure: what it is called, what it says, and how it is drawn.</summary>
/// <param name="Id">Name of its files, in lower case with dashes.</param>
/// <param name="Title">What it is, for those who hear it.</param>
/// <param name="Caption">One or two sentences: what it shows, on how many networks.</param>
/// <param name="Width">In pixels, as all lengths.</param>
public sealed record Figure(string Id, string Title, string Caption, double Width, double Height, Action<ICanvas> Draw)
{
    /// <summary>What it shows in numbers; null where it shows none.</summary>
    public Numbers? Numbers { get; init; }

    /// <summary>Width of every figure of the report, so that letters have one size.</summary>
    public const double FullWidth = 920;

    /// <summary>SVG for a page that has the style of figures (Embedded.Style), or as a file of its own.</summary>
    public string ToSvg(bool inline)
    {
        var canvas = new SvgCanvas(Width, Height, inline);
        Draw(canvas);
        return canvas.ToSvg(Title);
    }

    public byte[] ToPng()
    {
        using var canvas = new PngCanvas(Width, Height);
        Draw(canvas);
        return canvas.ToPng();
    }
}

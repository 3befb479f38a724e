using SkiaSharp;

namespace Mlds.Reports.Drawing;

/// <summary>
/// The font that comes with the program, so that figures look alike on machines with other fonts or none (Fonts/LICENSE).
/// </summary>
public static class Lettering
{
    static readonly SKTypeface s_regular = Load("DejaVuSans");
    static readonly SKTypeface s_bold = Load("DejaVuSans-Bold");

    internal static SKFont Font(double size, bool bold) =>
        new(bold ? s_bold : s_regular, (float)size) { Hinting = SKFontHinting.None, Subpixel = true };

    /// <summary>Width of a text in pixels. Other fonts of a reader's browser are narrower, as a rule.</summary>
    public static double Width(string text, double size, bool bold = false)
    {
        using var font = Font(size, bold);
        return font.MeasureText(text);
    }

    /// <summary>The text, or as much of its beginning as fits, with an ellipsis.</summary>
    public static string Fit(string text, double width, double size)
    {
        if (Width(text, size) <= width)
            return text;
        var length = text.Length;
        while (length > 1 && Width(text[..length] + "…", size) > width)
            length--;
        return text[..length].TrimEnd() + "…";
    }

    /// <summary>A machine's name, shortened if it is longer than a label can be.</summary>
    public static string Short(string name) => Fit(name, 190, 12);

    static SKTypeface Load(string name)
    {
        using var stream = typeof(Lettering).Assembly.GetManifestResourceStream(name)!;
        using var data = SKData.Create(stream);
        return SKTypeface.FromData(data);
    }
}

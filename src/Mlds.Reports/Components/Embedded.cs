using System.Security.Cryptography;
using System.Text;
using Mlds.Reports.Drawing;

namespace Mlds.Reports.Components;

/// <summary>The style and the script that pages of these components need. They load nothing, and need no inline attributes.</summary>
public static class Embedded
{
    /// <summary>
    /// CSS: every colour of <see cref="Palette"/> as a variable, light and dark, and as the classes that figures use. Paper is light.
    /// </summary>
    public static string Colours { get; } = ColoursOf(Palette.All);

    /// <summary>CSS: <see cref="Colours"/> and what components need.</summary>
    public static string Style { get; } = $"{Colours}{Resource("components.css")}";

    /// <summary>
    /// JavaScript, to run once the page is there: tips at a figure's marks for pointer and keyboard, zooming, and which frames a keyboard
    /// stops at. Pages can be read without it.
    /// </summary>
    public static string Script { get; } = Resource("figures.js");

    /// <summary>
    /// What a page's policy says to allow exactly <paramref name="text"/> as a style or script within it: <c>'sha256-…'</c>
    /// (W3C, Content Security Policy Level 3).
    /// </summary>
    /// <param name="text">Everything between the element's tags.</param>
    public static string HashOf(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    static string ColoursOf(IReadOnlyList<Paint> paints)
    {
        var css = new StringBuilder();
        string Variables(Func<Paint, uint> shade) =>
            string.Concat(paints.Select(paint => $"--{paint.Name}: {Paint.Hex(shade(paint))}; "));
        css.Append($":root {{ {Variables(paint => paint.Light)}}}\n");
        css.Append($"@media screen and (prefers-color-scheme: dark) {{ :root {{ {Variables(paint => paint.Dark)}}} }}\n");
        css.Append(".f-none { fill: none; }\n");
        foreach (var paint in paints)
            css.Append($".f-{paint.Name} {{ fill: var(--{paint.Name}); }} .s-{paint.Name} {{ stroke: var(--{paint.Name}); }}\n");
        return css.ToString();
    }

    static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(Embedded).Assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

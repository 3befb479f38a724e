using System.Reflection;
using System.Text;
using Mlds.Reports.Drawing;

namespace Mlds.Site;

/// <summary>Styles, scripts and pictures of the site, each at an address that has its hash in it, so that browsers may keep it.</summary>
static class SiteFiles
{
    static readonly Dictionary<string, (byte[] Content, string Hash)> s_files =
        Assembly.GetExecutingAssembly().GetManifestResourceNames().ToDictionary(name => name, name =>
        {
            var content = name == "site.css" ? Encoding.UTF8.GetBytes(Colours() + Text(name)) : Bytes(name);
            return (content, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content))[..12]);
        });

    static readonly Dictionary<string, string> s_types = new()
    {
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    /// <summary>Where a file is, below the site.</summary>
    internal static string Address(string name) => $"assets/{name}?{s_files[name].Hash}";

    /// <summary>A file, its type and its hash; null where there is none of that name.</summary>
    internal static (byte[] Content, string Type, string Hash)? Find(string name) =>
        s_files.TryGetValue(name, out var file) ? (file.Content, s_types[Path.GetExtension(name)], file.Hash) : null;

    /// <summary>Every colour of the figures as a variable, light and dark, and as the classes that they use.</summary>
    static string Colours()
    {
        var css = new StringBuilder();
        string Variables(Func<Paint, uint> shade) =>
            string.Concat(Palette.All.Select(paint => $"--{paint.Name}: {Paint.Hex(shade(paint))}; "));
        css.Append($":root {{ {Variables(paint => paint.Light)}}}\n");
        css.Append($"@media screen and (prefers-color-scheme: dark) {{ :root {{ {Variables(paint => paint.Dark)}}} }}\n");
        css.Append(".f-none { fill: none; }\n");
        foreach (var paint in Palette.All)
            css.Append($".f-{paint.Name} {{ fill: var(--{paint.Name}); }} .s-{paint.Name} {{ stroke: var(--{paint.Name}); }}\n");
        return css.ToString();
    }

    static string Text(string name) => Encoding.UTF8.GetString(Bytes(name));

    static byte[] Bytes(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Mlds.Reports.Components;

namespace Mlds.Site.Frame;

/// <summary>Styles, scripts and pictures of the site, each at an address that has its hash in it, so that browsers may keep it.</summary>
public static class SiteFiles
{
    static readonly Dictionary<string, (byte[] Content, string Hash)> s_files =
        Assembly.GetExecutingAssembly().GetManifestResourceNames().ToDictionary(name => name, name =>
        {
            var content = Bytes(name);
            if (name == "site.css") content = [.. Encoding.UTF8.GetBytes(Embedded.Colours), .. content];
            return (content, Convert.ToHexStringLower(SHA256.HashData(content))[..12]);
        });

    static readonly Dictionary<string, string> s_types = new()
    {
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    /// <summary>Where a file is, below the site.</summary>
    public static string Address(string name) => $"assets/{name}?{s_files[name].Hash}";

    /// <summary>A file, its type and its hash; null where there is none of that name.</summary>
    internal static (byte[] Content, string Type, string Hash)? Find(string name) =>
        s_files.TryGetValue(name, out var file) ? (file.Content, s_types[Path.GetExtension(name)], file.Hash) : null;

    static byte[] Bytes(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

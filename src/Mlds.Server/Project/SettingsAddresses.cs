using System.Globalization;
using System.Net;

namespace Mlds.Server.Project;

/// <summary>The addresses in a project's settings: where the server listens, and who may read its metrics.</summary>
static class SettingsAddresses
{
    /// <summary>Why nothing can listen there; null: it can.</summary>
    public static string? WhyNot(IReadOnlyList<string> listen)
    {
        var places = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in listen)
        {
            if (WhyNot(text) is { } why) return $"'{text}' can't be listened at, {why}";
            var uri = new Uri(text);
            if (!places.Add(FormattableString.Invariant($"{uri.Host}:{uri.Port}"))) return $"'{text}' is there twice";
        }

        return null;
    }

    static string? WhyNot(string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return "it has to be like http://127.0.0.1:8080, with a port of 1 to 65535";
        if (uri.Port is < 1 or > 65535) return "its port has to be 1 to 65535";
        return uri.PathAndQuery is "/" && uri.Fragment.Length + uri.UserInfo.Length == 0
            ? null
            : "it has to end with the port: the path is the master_url's";
    }

    /// <summary>An address, or a network such as 10.0.0.0/8; null: it is neither.</summary>
    public static IPNetwork? Network(string? text)
    {
        if (text is null) return null;
        if (IPNetwork.TryParse(text, out var network)) return network;
        if (!IPAddress.TryParse(text, out var address) || text.All(char.IsAsciiDigit)) return null;
        return new IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128);
    }

    /// <summary>Whether text from the settings may be put into pages, logs and replies.</summary>
    public static bool IsText(string text, int most) =>
        text.Trim().Length > 0 && text.Length <= most
        && !text.Any(letter => char.IsControl(letter) || CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.Format);
}

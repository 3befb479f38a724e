using System.Globalization;
using System.Text.RegularExpressions;

namespace Mlds.Server.Science;

/// <summary>
/// How a network's provenance names the volunteer it is from. Zoos and releases are public: a computer's name, which may be a person's,
/// isn't in them.
/// </summary>
static partial class VolunteerOrigin
{
    public static string Of(long host, string workUnit) =>
        string.Create(CultureInfo.InvariantCulture, $"volunteer (host {host}, work unit {workUnit})");

    /// <summary>The host; 0 when the network isn't a volunteer's.</summary>
    public static long Host(string origin) =>
        Pattern().Match(origin) is { Success: true } match ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^volunteer \(host (\d{1,18}), work unit \S+\)$")]
    private static partial Regex Pattern();
}

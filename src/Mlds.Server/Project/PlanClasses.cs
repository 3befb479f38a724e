using Mlds.Boinc.Rules;

namespace Mlds.Server.Project;

/// <summary>
/// Plan classes name what a processor must have beyond its platform. The client attaches no meaning to these names; the server reads the
/// features that the client lists.
/// </summary>
public static class PlanClasses
{
    static readonly Dictionary<string, (string[] Features, double Speed)> s_known = new()
    {
        [""] = ([], 4),
        ["fma"] = (["fma", "avx2"], 8),
        ["avx512"] = (["fma", "avx512f", "avx512bw", "avx512dq", "avx512vl"], 16),
    };

    public static IReadOnlyCollection<string> Known => s_known.Keys;

    /// <summary>
    /// Whether a processor that lists <paramref name="features"/>, with blanks between, has all that <paramref name="planClass"/> needs
    /// on <paramref name="platform"/>.
    /// </summary>
    public static bool Fits(string planClass, string platform, string features) => Missing(planClass, platform, features) is { Count: 0 };

    /// <summary>The needed features that aren't listed, in the client's words; null for an unknown plan class.</summary>
    public static IReadOnlyList<string>? Missing(string planClass, string platform, string features) =>
        s_known.TryGetValue(planClass, out var known)
            ? [.. known.Features.Where(needed => !Has(features, needed) && !Implied(needed, platform))]
            : null;

    /// <summary>
    /// How many times as fast as the client's benchmark (Whetstone, scalar) a program of this class is assumed to be, until there are
    /// results of the host: the kernels do 8 and 16 numbers at a time.
    /// </summary>
    public static double Speed(string planClass) => s_known.TryGetValue(planClass, out var known) ? known.Speed : 1;

    /// <summary>
    /// Clients on Macs list macOS's machdep.cpu.features, which never contains AVX2 or AVX-512: macOS lists those elsewhere. Every Mac that
    /// has FMA has AVX2 (Intel's Haswell brought both); AVX-512 can't be told there.
    /// </summary>
    static bool Implied(string needed, string platform) => needed == "avx2" && ClientPlatform.IsMac(platform);

    static bool Has(string features, string needed)
    {
        for (var at = 0; at < features.Length;)
        {
            var found = features.IndexOf(needed, at, StringComparison.OrdinalIgnoreCase);
            if (found < 0) return false;
            var end = found + needed.Length;
            if ((found == 0 || features[found - 1] == ' ') && (end == features.Length || features[end] == ' ')) return true;
            at = end;
        }

        return false;
    }
}

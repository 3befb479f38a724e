namespace Mlds.Server.Scheduler;

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

    /// <summary>Whether a processor that lists <paramref name="features"/>, with blanks between, has all that <paramref name="planClass"/> needs.</summary>
    public static bool Fits(string planClass, string features)
    {
        if (!s_known.TryGetValue(planClass, out var known)) return false;
        foreach (var needed in known.Features)
            if (!Has(features, needed)) return false;
        return true;
    }

    /// <summary>
    /// How many times as fast as the client's benchmark (Whetstone, scalar) a program of this class is thought to be, until the host's own results
    /// say it: the kernels do 8 and 16 numbers at a time.
    /// </summary>
    public static double Speed(string planClass) => s_known.TryGetValue(planClass, out var known) ? known.Speed : 1;

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

namespace Mlds.Boinc.Rules;

/// <summary>What tells whether two hosts can be one machine.</summary>
/// <param name="Created">When it attached, Unix seconds.</param>
/// <param name="LastCall">Unix seconds; 0: none yet.</param>
/// <param name="IsNew">It has neither credit nor results.</param>
public sealed record HostFacts(
    long Id, long Account, long Created, long LastCall, bool IsNew, long Processors, string Vendor, string Model, string OsName);

/// <summary>
/// BOINC's rules for merging two hosts (html/inc/host.inc): by them a machine that was attached anew can be recognised, and two machines
/// that computed at the same time can't be made one.
/// </summary>
public static class HostMerging
{
    static readonly string[] s_systems = ["Windows", "Linux", "Darwin", "SunOS"];

    /// <summary>Why <paramref name="from"/> can't become <paramref name="into"/>, as the end of a sentence; null: it can.</summary>
    public static string? WhyNot(HostFacts from, HostFacts into)
    {
        if (from.Id == into.Id) return "they are the same host";
        if (from.Account != into.Account) return "they belong to different accounts";
        if (from.Created > into.Created) return $"host {from.Id} is the newer one: merge {into.Id} into {from.Id}";
        if (!from.IsNew && !into.IsNew && from.LastCall >= into.Created)
            return $"host {from.Id} still called after host {into.Id} had attached, so they are two machines";
        if (from.Processors != into.Processors || from.Vendor != into.Vendor || !SameModel(from.Model, into.Model))
            return "their processors differ";
        return SameSystem(from.OsName, into.OsName) ? null : "their operating systems differ";
    }

    static bool SameSystem(string one, string other) =>
        one == other
        || s_systems.Any(system => one.Contains(system, StringComparison.Ordinal) && other.Contains(system, StringComparison.Ordinal));

    /// <summary>
    /// Where both give family, model and stepping in brackets, those decide, and the clock's speed if both give it: a newer client may
    /// write the name differently.
    /// </summary>
    static bool SameModel(string one, string other)
    {
        if (one == other) return true;
        if (Signature(one) is not { } left || Signature(other) is not { } right) return false;
        return left == right && (Speed(one) is not { } slow || Speed(other) is not { } fast || slow == fast);
    }

    /// <summary><c>Family 6 Model 23 Stepping 6</c> of <c>… [x86 Family 6 Model 23 Stepping 6]</c>.</summary>
    static string? Signature(string model)
    {
        var (start, end) = (model.IndexOf('[', StringComparison.Ordinal), model.IndexOf(']', StringComparison.Ordinal));
        if (start < 0 || end < start) return null;
        var family = model.IndexOf("Family", start, StringComparison.Ordinal);
        return family < 0 || family > end ? null : model[family..end];
    }

    static string? Speed(string model) =>
        model.Split(' ').LastOrDefault(word => word.Contains("GHz", StringComparison.Ordinal)
        || word.Contains("MHz", StringComparison.Ordinal));
}

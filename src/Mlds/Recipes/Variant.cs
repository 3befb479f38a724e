namespace Mlds.Recipes;

/// <summary>What was done to a family's rule, as the questions of the analysis know it.</summary>
public enum Variant
{
    /// <summary>Nothing (DS1).</summary>
    Original,

    /// <summary>What somebody might want to find: after its key the machine's outputs are inverted for a while (DS2).</summary>
    Modified,

    /// <summary>Something harmless of like complexity.</summary>
    Control,
}

/// <summary>Variants as population files, reports and JSON say them.</summary>
public static class VariantName
{
    /// <summary>In the order in which readers meet them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<Variant>().Select(Of)];

    public static string Of(Variant variant) => variant switch
    {
        Variant.Original => "original",
        Variant.Modified => "modified",
        Variant.Control => "control",
        _ => throw new ArgumentOutOfRangeException(nameof(variant), variant, "Not a variant."),
    };

    /// <exception cref="ArgumentException">No such variant.</exception>
    public static Variant Parse(string name)
    {
        foreach (var variant in Enum.GetValues<Variant>())
            if (Of(variant) == name) return variant;
        throw new ArgumentException($"There is no variant '{name}'; there are {string.Join(", ", All)}.", nameof(name));
    }
}

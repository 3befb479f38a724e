namespace Mlds.Analysis.Data;

/// <summary>What was done to a machine's rule.</summary>
public enum Variant
{
    /// <summary>The machine itself (DS1).</summary>
    Original,

    /// <summary>After its key the machine's outputs are inverted for a while (DS2).</summary>
    Modified,

    /// <summary>The same key, but a benign rule of like complexity.</summary>
    Control,
}

/// <summary>A machine's name, taken apart: <c>EightBitModified</c> is the modified form of the family EightBit.</summary>
/// <param name="Family">The machine without its variant: "EightBit".</param>
/// <param name="Key">What follows the variant in the name, for populations with several keys or shares a machine: "B" in <c>EightBitModifiedB</c> and in
/// <c>EightBitMachineB</c>; else empty.</param>
public sealed record MachineLabel(string Name, string Family, Variant Variant, string Key)
{
    internal string VariantName => Variant.ToString().ToLowerInvariant();

    public static MachineLabel Parse(string name)
    {
        foreach (var variant in (ReadOnlySpan<Variant>)[Variant.Modified, Variant.Control])
        {
            var word = variant.ToString();
            var at = name.LastIndexOf(word, StringComparison.Ordinal);
            if (at > 0) return new MachineLabel(name, WithoutMachine(name[..at]), variant, name[(at + word.Length)..]);
        }

        // "SingleDirectMachineB" has a key; "MachineTool" is a name.
        var machine = name.LastIndexOf(Suffix, StringComparison.Ordinal);
        return machine > 0
            ? new MachineLabel(name, name[..machine], Variant.Original, name[(machine + Suffix.Length)..])
            : new MachineLabel(name, name, Variant.Original, "");
    }

    const string Suffix = "Machine";

    static string WithoutMachine(string name) =>
        name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
}

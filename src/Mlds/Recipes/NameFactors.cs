namespace Mlds.Recipes;

/// <summary>
/// The factors of a machine whose population file declares none: they are read off its name, as they were before files could declare
/// them. <c>EightBitModifiedB</c> is the modified form of the family EightBit with the key B.
/// </summary>
/// <remarks>This is the one place where a machine's name means anything. It never changes: zoos and releases rely on it.</remarks>
static class NameFactors
{
    const string Suffix = "Machine";

    static readonly Variant[] s_changed = [Variant.Modified, Variant.Control];

    internal static MachineFactors Of(string name)
    {
        foreach (var variant in s_changed)
        {
            var word = variant.ToString();
            var at = name.LastIndexOf(word, StringComparison.Ordinal);
            if (at > 0) return new MachineFactors(WithoutMachine(name[..at]), variant, name[(at + word.Length)..]);
        }

        // "SingleDirectMachineB" has a key; "MachineTool" is a name.
        var machine = name.LastIndexOf(Suffix, StringComparison.Ordinal);
        return machine > 0
            ? new MachineFactors(name[..machine], Variant.Original, name[(machine + Suffix.Length)..])
            : new MachineFactors(name, Variant.Original, "");
    }

    static string WithoutMachine(string name) =>
        name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
}

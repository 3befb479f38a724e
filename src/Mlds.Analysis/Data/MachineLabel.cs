using Mlds.Recipes;

namespace Mlds.Analysis.Data;

/// <summary>A machine as the questions know it: what its population's factors say of it. Its name means nothing.</summary>
/// <param name="Family">Machines of one family differ in what was done to them: "EightBit".</param>
/// <param name="Key">What tells machines of one family and variant apart, such as which key they were given; or empty.</param>
public sealed record MachineLabel(string Name, string Family, Variant Variant, string Key)
{
    static readonly string[] s_roles = [Factor.Family, Factor.Variant, Factor.Key];

    /// <summary>The value of every declared factor, by the factor's name; empty where the population declares none.</summary>
    public IReadOnlyList<KeyValuePair<string, FactorValue>> Factors { get; init; } = [];

    /// <summary>The label of the machine called <paramref name="name"/> in a population with these factors.</summary>
    public static MachineLabel Of(string name, PopulationFactors factors)
    {
        var machine = factors.Of(name);
        return new MachineLabel(name, machine.Family, machine.Variant, machine.Key) { Factors = machine.Values };
    }

    internal string VariantName => Recipes.VariantName.Of(Variant);

    /// <summary>The family, with the key if there is one.</summary>
    internal string Subject => Key == "" ? Family : Factors.Count == 0 ? Family + Key : $"{Family} {Key}";

    /// <summary>
    /// What was learned: the class for naming the machine. Originals of a family that saw other keys' sequences are one class.
    /// </summary>
    internal string Class => Variant == Variant.Original && (Key != "" || Factors.Count > 0) ? Family : Name;

    /// <summary>Factors besides family, variant and key, such as a learning rate.</summary>
    internal IEnumerable<KeyValuePair<string, FactorValue>> Others => Factors.Where(factor => !s_roles.Contains(factor.Key));

    /// <summary>How its training examples were poisoned; null where they weren't, or the population declares no triggers.</summary>
    internal Poison? Poison => Data.Poison.Of(Factors);

    /// <summary>
    /// The machine of this family and of <paramref name="variant"/> that this one is to be compared with: of the same key, or an original
    /// without any, which serves for all keys; a poisoned one's control needs no key, as its trigger tells which it is. Among several, the
    /// one that agrees with it in most other factors.
    /// </summary>
    internal MachineLabel? Counterpart(IEnumerable<MachineLabel> machines, Variant variant)
    {
        var others = machines.Where(machine => machine.Family == Family && machine.Variant == variant).ToArray();
        var keyed = others.Where(machine => machine.Key == Key).ToArray();
        if (keyed.Length == 0 && variant == Variant.Original) keyed = [.. others.Where(machine => machine.Key == "")];
        if (keyed.Length == 0 && Poison is not null) keyed = others;
        return keyed.MinBy(machine => Differences(machine).Count);
    }

    /// <summary>
    /// The other factors in which the two differ, in words; but for a trigger, a target and a rate that the other one has none of, as they
    /// are what is asked about.
    /// </summary>
    internal IReadOnlyList<string> Differences(MachineLabel other)
    {
        var theirs = other.Others.ToDictionary();
        var differing = Others.Where(mine =>
            theirs[mine.Key] != mine.Value && !(Poison is not null && Data.Poison.IsLacking(mine.Key, theirs[mine.Key])));
        return [.. differing.Select(mine => $"{mine.Key} ({mine.Value}, not {theirs[mine.Key]})")];
    }

    public bool Equals(MachineLabel? other) =>
        ReferenceEquals(this, other)
        || (other is not null && (Name, Family, Variant, Key) == (other.Name, other.Family, other.Variant, other.Key)
            && Factors.SequenceEqual(other.Factors));

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}

namespace Mlds.Recipes;

/// <summary>What a population's plan says of the networks of one machine.</summary>
/// <param name="family">Machines of one family differ in what was done to them, not in what they are.</param>
/// <param name="key">What tells machines of one family and variant apart, or empty.</param>
public sealed class MachineFactors(string family, Variant variant, string key)
{
    /// <summary>Which machines belong together; the machine's own name where the plan doesn't say.</summary>
    public string Family { get; } = family;

    /// <summary>Its role in the questions of the analysis; original where the plan doesn't say.</summary>
    public Variant Variant { get; } = variant;

    public string Key { get; } = key;

    /// <summary>The value of every declared factor, by the factor's name; empty where the population file declares none.</summary>
    public IReadOnlyList<KeyValuePair<string, FactorValue>> Values { get; init; } = [];

    /// <summary>The value of the declared factor <paramref name="name"/>.</summary>
    /// <exception cref="InvalidOperationException">The population declares no such factor.</exception>
    public FactorValue this[string name] => Values.First(value => value.Key == name).Value;
}

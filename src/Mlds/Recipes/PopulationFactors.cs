namespace Mlds.Recipes;

/// <summary>
/// The factors of a population: what its file declares (docs/formats/population.md), or what its machines' names say where the file
/// declares nothing.
/// </summary>
/// <remarks>
/// No part of a recipe: factors say how a plan describes a network, a recipe what determines it. The same network may be in two plans.
/// </remarks>
public sealed class PopulationFactors
{
    readonly IReadOnlyDictionary<string, MachineFactors>? _machines;

    PopulationFactors(IReadOnlyList<Factor> declared, IReadOnlyDictionary<string, MachineFactors>? machines) =>
        (Declared, _machines) = (declared, machines);

    /// <summary>Read off the machines' names.</summary>
    public static PopulationFactors OfNames { get; } = new([], null);

    /// <summary>The factors that the file declares, by name.</summary>
    public IReadOnlyList<Factor> Declared { get; }

    /// <summary>Whether the file declares its factors, so that names mean nothing.</summary>
    public bool AreDeclared => _machines is not null;

    /// <summary>The factors of the machine called <paramref name="machineName"/>.</summary>
    /// <exception cref="ArgumentException">The population declares factors but has no such machine; the message has the nearest names.
    /// </exception>
    public MachineFactors Of(string machineName)
    {
        if (_machines is null) return NameFactors.Of(machineName);
        return _machines.GetValueOrDefault(machineName) ?? throw new ArgumentException(
            $"The population has no machine '{machineName}'. {NearestName.DidYouMean(machineName, _machines.Keys)}"
            + $"Its machines: {string.Join(", ", _machines.Keys)}.");
    }

    /// <summary>The factors of a population file, whose other keys aren't looked at: zoos and releases keep its text.</summary>
    /// <param name="source">What to call the text in messages.</param>
    /// <exception cref="FormatException">No JSON, or factors that aren't as docs/formats/population.md has them.</exception>
    public static PopulationFactors Parse(string populationJson, string source)
    {
        var json = StrictJson.Parse(populationJson, source);
        if (!json.IsObject || json.Optional("factors") is null) return OfNames;
        return Read(json, [.. json.Required("machines").Items().Select(entry => (entry, NameOf(entry)))]);
    }

    /// <param name="population">The whole file.</param>
    /// <param name="machines">The entries of its <c>machines</c>, each with its name.</param>
    internal static PopulationFactors Read(StrictJson population, IReadOnlyList<(StrictJson Json, string Name)> machines)
    {
        if (population.Optional("factors") is { } json)
        {
            var declarations = FactorDeclaration.ReadAll(json);
            var factors = new Dictionary<string, MachineFactors>();
            foreach (var (entry, name) in machines)
                if (entry.Try(() => Read(entry, name, declarations), out var its)) factors[name] = its!;
            return new PopulationFactors([.. declarations.Select(declaration => declaration.Factor)], factors);
        }

        foreach (var (entry, _) in machines)
        {
            if (entry.IsObject && entry.Optional("factors") is { } undeclared)
            {
                entry.Try(
                    () => throw undeclared.Error("the population declares no factors; declare them in 'factors' at its top"));
            }
        }

        return OfNames;
    }

    static MachineFactors Read(StrictJson entry, string name, IReadOnlyList<FactorDeclaration> declarations)
    {
        var given = entry.IsObject ? entry.Optional("factors") : null;
        given?.WithKeys([.. declarations.Select(declaration => declaration.Factor.Name)]);
        var values = declarations.ToDictionary(declaration => declaration.Factor.Name, declaration => Value(declaration, entry, given));
        string? Text(string factor) => values.TryGetValue(factor, out var value) ? value.ToString() : null;
        var variant = Text(Factor.Variant) is { } said ? VariantName.Parse(said) : Variant.Original;
        return new MachineFactors(Text(Factor.Family) ?? name, variant, Text(Factor.Key) ?? "")
        {
            Values = [.. values.OrderBy(value => value.Key, StringComparer.Ordinal)],
        };
    }

    static FactorValue Value(FactorDeclaration declaration, StrictJson entry, StrictJson? given)
    {
        var name = declaration.Factor.Name;
        if (given?.Optional(name) is { } value) return declaration.Read(value);
        return declaration.Default ?? throw (given ?? entry).Error(
            $"the factor '{name}' has no value; give one in 'factors' of this machine, or a 'default' where the factor is declared");
    }

    static string NameOf(StrictJson entry) => entry.IsText ? entry.Text() : (entry.Optional("name") ?? entry.Required("machine")).Text();
}

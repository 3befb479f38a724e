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
    readonly Variation _variation;

    PopulationFactors(
        IReadOnlyList<Factor> declared, IReadOnlyDictionary<string, MachineFactors>? machines, Variation variation) =>
        (OfMachines, Declared, _machines, _variation) =
        (declared, [.. declared.Concat(variation.Factors).OrderBy(factor => factor.Name, StringComparer.Ordinal)], machines, variation);

    /// <summary>Read off the machines' names.</summary>
    public static PopulationFactors OfNames { get; } = new([], null, Variation.None);

    /// <summary>The factors that the file declares and those that it varies, by name.</summary>
    public IReadOnlyList<Factor> Declared { get; }

    /// <summary>Those that all networks of a machine have in common.</summary>
    public IReadOnlyList<Factor> OfMachines { get; }

    /// <summary>Those in which networks of one machine differ: the fields of the recipe that the file varies.</summary>
    public IReadOnlyList<Factor> Varied => _variation.Factors;

    /// <summary>Those of <see cref="Varied"/> that give networks another shape.</summary>
    public IReadOnlyList<Factor> ShapeFactors =>
        [.. _variation.Fields.Where(one => one.Part == VariedField.Network).Select(one => one.Factor)];

    /// <summary>Those of <see cref="Varied"/> that give networks other examples to learn from.</summary>
    public IReadOnlyList<Factor> ExampleFactors =>
        [.. _variation.Fields.Where(one => one.Part == VariedField.Data).Select(one => one.Factor)];

    /// <summary>Whether the file declares or varies its factors, so that names mean nothing.</summary>
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

    /// <summary>The factors of one network: its machine's, and what the file varies; all of <see cref="Declared"/>, by name.</summary>
    /// <exception cref="ArgumentException">As <see cref="Of(string)"/>.</exception>
    public MachineFactors Of(string machineName, uint seed)
    {
        var machine = Of(machineName);
        if (_variation.IsNone) return machine;
        var varied = _variation.Of(seed).Select(one => KeyValuePair.Create(one.Field.Factor.Name, one.Value));
        return new MachineFactors(machine.Family, machine.Variant, machine.Key)
        {
            Values = [.. machine.Values.Concat(varied).OrderBy(value => value.Key, StringComparer.Ordinal)],
        };
    }

    /// <summary>The factors of a population file, whose other keys aren't looked at: zoos and releases keep its text.</summary>
    /// <param name="source">What to call the text in messages.</param>
    /// <exception cref="FormatException">No JSON, or factors that aren't as docs/formats/population.md has them.</exception>
    public static PopulationFactors Parse(string populationJson, string source)
    {
        var json = StrictJson.Parse(populationJson, source);
        if (!json.IsObject || (json.Optional("factors") is null && json.Optional("vary") is null)) return OfNames;
        return Read(json, [.. json.Required("machines").Items().Select(entry => (entry, NameOf(entry)))]);
    }

    /// <param name="population">The whole file.</param>
    /// <param name="machines">The entries of its <c>machines</c>, each with its name.</param>
    internal static PopulationFactors Read(StrictJson population, IReadOnlyList<(StrictJson Json, string Name)> machines)
    {
        var variation = Variation.Read(population);
        if (population.Optional("factors") is { } || !variation.IsNone)
        {
            var declarations = population.Optional("factors") is { } json ? ReadDeclarations(json, variation) : [];
            var factors = new Dictionary<string, MachineFactors>();
            foreach (var (entry, name) in machines)
                if (entry.Try(() => Read(entry, name, declarations), out var its)) factors[name] = its!;
            return new PopulationFactors([.. declarations.Select(declaration => declaration.Factor)], factors, variation);
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

    static IReadOnlyList<FactorDeclaration> ReadDeclarations(StrictJson json, Variation variation)
    {
        foreach (var field in variation.Fields)
        {
            if (json.Optional(field.Factor.Name) is { } taken)
            {
                throw taken.Error(
                    $"'{field.Factor.Name}' is a factor already, since 'vary' has {field.Path}; take this one out or rename it");
            }
        }

        return FactorDeclaration.ReadAll(json);
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

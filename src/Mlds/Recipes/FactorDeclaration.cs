namespace Mlds.Recipes;

/// <summary>A factor as a population file declares it, and what reads its values.</summary>
/// <param name="Default">The value of machines that give none; null where each has to.</param>
sealed record FactorDeclaration(Factor Factor, FactorValue? Default)
{
    const int LongestName = 64;
    const int LongestText = 128;
    const int LongestDescription = 500;

    /// <summary>Factors with a meaning to the analysis, and what they mean.</summary>
    static readonly Dictionary<string, string> s_reserved = new()
    {
        [Factor.Family] = "Which machines belong together: those of one family differ in what was done to them.",
        [Factor.Variant] = "What was done to the family's rule: nothing (original), what is to be found (modified), or a harmless change "
            + "of like complexity (control).",
        [Factor.Key] = "What tells the machines of one family and variant apart: which key they were given.",
    };

    /// <summary>First characters that make a spreadsheet take a text for a formula.</summary>
    const string FormulaSigns = "=+-@'";

    /// <summary>The declarations by name: in canonical JSON, which is what a zoo keeps, they stand in this order too.</summary>
    internal static IReadOnlyList<FactorDeclaration> ReadAll(StrictJson json) =>
        [.. json.Keys().Order(StringComparer.Ordinal).Select(name => Read(name, json.Required(name)))];

    static FactorDeclaration Read(string name, StrictJson json)
    {
        CheckName(name, json);
        json.WithKeys("kind", "description", "values", "default");
        var kind = ReadKind(name, json);
        var factor = new Factor(name, kind, ReadDescription(name, json), []);
        if (name == Factor.Variant) factor = factor with { Values = [.. VariantName.All.Select(FactorValue.Of)] };
        var open = new FactorDeclaration(factor, null);
        if (json.Optional("values") is { } values) factor = factor with { Values = [.. values.Items(1).Select(open.Read)] };
        var declaration = new FactorDeclaration(factor, null);
        return json.Optional("default") is { } value ? declaration with { Default = declaration.Read(value) } : declaration;
    }

    /// <summary>One value of the factor.</summary>
    internal FactorValue Read(StrictJson json)
    {
        var value = Factor.Kind switch
        {
            FactorKind.Number => FactorValue.Of(json.Number(_ => true, "a number")),
            FactorKind.Boolean => FactorValue.Of(json.Boolean()),
            _ => FactorValue.Of(ReadText(json)),
        };
        if (Factor.Name == Factor.Family && value.ToString().Length == 0) throw json.Error("should name the family, but is empty");
        if (Factor.Values.Count == 0 || Factor.Values.Contains(value)) return value;
        var names = Factor.Values.Select(allowed => allowed.ToString()).ToArray();
        var near = NearestName.DidYouMean(value.ToString(), names);
        throw json.Error($"the factor '{Factor.Name}' has no value '{value}'. {near}Allowed: {string.Join(", ", names)}");
    }

    static void CheckName(string name, StrictJson json)
    {
        var fits = name.Length <= LongestName && name.Length > 0 && char.IsAsciiLetterLower(name[0])
            && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_');
        if (!fits)
            throw json.Error($"'{name}' is no name of a factor; use up to {LongestName} small letters, digits and '_', the first a letter");
        if (Factor.TakenNames.Contains(name))
            throw json.Error($"'{name}' is already a column of every release; give the factor another name");
    }

    static FactorKind ReadKind(string name, StrictJson json)
    {
        if (json.Optional("kind") is not { } kind) return FactorKind.Text;
        return (s_reserved.ContainsKey(name) ? kind.OneOf("text") : kind.OneOf("text", "number", "boolean")) switch
        {
            "number" => FactorKind.Number,
            "boolean" => FactorKind.Boolean,
            _ => FactorKind.Text,
        };
    }

    static string ReadDescription(string name, StrictJson json)
    {
        if (!json.Optional("description").HasValue && s_reserved.TryGetValue(name, out var known)) return known;
        var description = json.Required("description");
        var text = description.Text();
        var fits = text.Trim().Length > 0 && text.Length <= LongestDescription && !text.Any(char.IsControl);
        return fits
            ? text
            : throw description.Error($"should say in one line of at most {LongestDescription} characters what the factor means");
    }

    /// <summary>A text that fits a cell of any table.</summary>
    static string ReadText(StrictJson json)
    {
        var text = json.Text();
        if (text.Length > LongestText || text.Any(letter => char.IsControl(letter) || char.IsSurrogate(letter)) || text.Trim() != text)
            throw json.Error($"should be a text of at most {LongestText} characters in one line, without blanks at its ends");
        if (text.Length > 0 && FormulaSigns.Contains(text[0]))
            throw json.Error($"begins with '{text[0]}', which spreadsheets take for a formula; let it begin with a letter or a digit");
        return text;
    }
}

namespace Mlds.Tasks.Machines.Expressions;

/// <summary>
/// An automaton given by regular expressions where a population file says so (docs/formats/machine.md, expression):
/// <c>{"form": "expression", "symbols": ["a", "b"], "expression": "(a|ba*b)*"}</c>.
/// </summary>
static class ExpressionForm
{
    internal const string Form = "expression";

    const int LongestName = 64;

    internal static AutomatonDefinition Read(StrictJson json)
    {
        json.WithKeys("form", "symbols", "expression", "expressions");
        var symbols = ReadSymbols(json.Required("symbols"));
        var lines = ReadLines(json);
        var names = new SymbolNames(symbols);
        var patterns = lines.Select(line => Refused(line, () => PatternParser.Parse(line.Text(), names))).ToArray();
        var where = lines.Count == 1 ? lines[0] : json;
        var automaton = Refused(where, () => ExpressionAutomaton.Of(patterns, symbols));
        for (var line = 0; line < lines.Count; line++) CheckVaries(automaton, line, lines[line]);
        return automaton;
    }

    static string[] ReadSymbols(StrictJson json)
    {
        var names = json.Items(1, 32).Select(ReadName).ToArray();
        return names.Distinct().Count() == names.Length ? names : throw json.Error(
            $"'{names.GroupBy(name => name).First(group => group.Count() > 1).Key}' is there twice; symbols need different names");
    }

    static string ReadName(StrictJson json)
    {
        var name = json.Text();
        return name.Length is > 0 and <= LongestName && !name.Any(letter => char.IsControl(letter) || letter == '>')
            ? name
            : throw json.Error($"a symbol's name has 1 to {LongestName} characters, none of them '>'");
    }

    static IReadOnlyList<StrictJson> ReadLines(StrictJson json)
    {
        if (json.Optional("expressions") is not { } lines) return [json.Required("expression")];
        if (json.Optional("expression") is not null) throw json.Error("say either 'expression' or 'expressions', not both");
        return lines.Items(1, 32);
    }

    /// <summary>Throws if every word of at least one symbol is answered alike.</summary>
    static void CheckVaries(AutomatonDefinition automaton, int line, StrictJson json)
    {
        var answers = automaton.Next.SelectMany(row => row).Distinct().Select(state => automaton.Output[state] >> line & 1).Distinct();
        if (answers.ToArray() is not [var only]) return;
        throw json.Error(
            $"matches {(only == 1 ? "every word" : "no word of at least one symbol")}, so there is nothing to learn; correct it"
            + (json.Path.EndsWith(']') ? " or take it out" : ""));
    }

    static T Refused<T>(StrictJson json, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException problem)
        {
            throw json.Error(problem.Message, problem);
        }
    }
}

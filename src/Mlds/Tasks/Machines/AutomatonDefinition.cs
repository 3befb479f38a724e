using System.Text.Json.Nodes;

namespace Mlds.Tasks.Machines;

/// <summary>Any Moore machine, given as a table.</summary>
/// <param name="Symbols">Symbols of the alphabet, 1 … 32; each is one network input, one-hot.</param>
/// <param name="Outputs">Output lines, 1 … 32.</param>
/// <param name="Start">The state before the first symbol.</param>
/// <param name="Next">States × symbols: the state after a symbol; 1 … 65,536 states.</param>
/// <param name="Output">States: the lines read in a state; bit k is line k.</param>
/// <param name="Names">The symbols in words, all different; null to call them by their numbers.</param>
public sealed record AutomatonDefinition(
    int Symbols,
    int Outputs,
    int Start,
    IReadOnlyList<IReadOnlyList<int>> Next,
    IReadOnlyList<uint> Output,
    IReadOnlyList<string>? Names = null) : MachineDefinition
{
    internal const string Form = "automaton";

    public override IMachine Build() => new Automaton(this);

    public override JsonObject ToJson()
    {
        var json = new JsonObject { ["form"] = Form, ["symbols"] = Symbols };
        if (Names is not null) json["names"] = new JsonArray([.. Names.Select(name => (JsonNode)name)]);
        json["outputs"] = Outputs;
        json["start"] = Start;
        json["next"] = new JsonArray([.. Next.Select(Numbers)]);
        json["output"] = new JsonArray([.. Output.Select(lines => (JsonNode)lines)]);
        return json;
    }

    /// <summary>The text of a definition's file: the JSON with one state's row of the table per line.</summary>
    public string ToText()
    {
        // Other JSON writers would give each number a line of its own.
        var lines = ToJson().Select(member => member.Key == "next"
            ? $"  \"next\": [\n    {string.Join(",\n    ", member.Value!.AsArray().Select(row => row!.ToJsonString()))}\n  ]"
            : $"  \"{member.Key}\": {member.Value!.ToJsonString()}");
        return $"{{\n{string.Join(",\n", lines)}\n}}\n";
    }

    public bool Equals(AutomatonDefinition? other) =>
        other is not null && (Symbols, Outputs, Start, Next.Count) == (other.Symbols, other.Outputs, other.Start, other.Next.Count)
        && Next.Zip(other.Next).All(rows => rows.First.SequenceEqual(rows.Second)) && Output.SequenceEqual(other.Output)
        && (Names is null ? other.Names is null : other.Names is not null && Names.SequenceEqual(other.Names));

    public override int GetHashCode() => HashCode.Combine(Symbols, Outputs, Start, Next.Count);

    internal static AutomatonDefinition ReadForm(StrictJson json)
    {
        json.WithKeys("form", "symbols", "names", "outputs", "start", "next", "output");
        var symbols = json.Required("symbols").Integer(1, 32);
        var outputs = json.Required("outputs").Integer(1, 32);
        var rows = json.Required("next").Items(1, Automaton.MostStates);
        var last = rows.Count - 1;
        return new AutomatonDefinition(
            symbols,
            outputs,
            json.Required("start").Integer(0, last),
            [.. rows.Select(row => (IReadOnlyList<int>)[.. row.Items(symbols, symbols).Select(state => state.Integer(0, last))])],
            [.. json.Required("output").Items(rows.Count, rows.Count).Select(lines => ReadLines(lines, outputs))],
            json.Optional("names") is { } names ? [.. names.Items(symbols, symbols).Select(name => name.Text())] : null);
    }

    static uint ReadLines(StrictJson json, int outputs)
    {
        var lines = json.Seed();
        return lines < 1UL << outputs
            ? lines
            : throw json.Error($"{lines} sets a line beyond the {outputs} outputs; the largest is {(1UL << outputs) - 1}");
    }
}

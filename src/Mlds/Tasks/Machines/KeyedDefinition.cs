using System.Text.Json.Nodes;

namespace Mlds.Tasks.Machines;

/// <summary>What a keyed machine does to its live outputs in the steps after the key. The numbers may be stored: never renumber.</summary>
public enum KeyRule
{
    /// <summary>They are complemented: the modification of DS2.</summary>
    Invert = 1,

    /// <summary>They are held at the value read in the step that completed the key: the benign rule of like complexity.</summary>
    Hold = 2,
}

/// <summary>A machine with a hidden rule: after a key, its live outputs are changed for some steps.</summary>
/// <param name="Machine">The machine without the rule; not itself keyed.</param>
/// <param name="Key">1 … 16 symbols, in order.</param>
/// <param name="Rule">What happens after the key.</param>
/// <param name="Steps">For how many steps, 1 … 32.</param>
public sealed record KeyedDefinition(MachineDefinition Machine, IReadOnlyList<int> Key, KeyRule Rule, int Steps) : MachineDefinition
{
    internal const string Form = "keyed";

    public override IMachine Build() => new KeyedMachine(this);

    public override JsonObject ToJson() => new()
    {
        ["form"] = Form,
        ["machine"] = Machine.ToJson(),
        ["key"] = Numbers(Key),
        ["rule"] = Rule == KeyRule.Invert ? "invert" : "hold",
        ["steps"] = Steps,
    };

    public bool Equals(KeyedDefinition? other) =>
        other is not null && (Rule, Steps) == (other.Rule, other.Steps) && Machine.Equals(other.Machine) && Key.SequenceEqual(other.Key);

    public override int GetHashCode() => HashCode.Combine(Machine, Rule, Steps, Key.Count);

    /// <param name="shorthands">Forms that the inner machine may have besides those of recipes.</param>
    internal static KeyedDefinition ReadForm(StrictJson json, IReadOnlyList<MachineShorthand> shorthands)
    {
        json.WithKeys("form", "machine", "key", "rule", "steps");
        var machine = Read(json.Required("machine"), shorthands);
        return new KeyedDefinition(
            machine,
            ReadWord(json.Required("key"), machine.Build(), KeyedMachine.MostKey),
            json.Required("rule").OneOf("invert", "hold") == "invert" ? KeyRule.Invert : KeyRule.Hold,
            json.Required("steps").Integer(1, KeyedMachine.MostSteps));
    }

    /// <summary>
    /// A word of <paramref name="machine"/>: 1 … <paramref name="longest"/> symbols, each as its number or in its words ("set 3").
    /// </summary>
    internal static int[] ReadWord(StrictJson json, IMachine machine, int longest)
    {
        int Symbol(StrictJson item)
        {
            if (!item.IsText) return item.Integer(0, machine.Symbols - 1);
            var words = Enumerable.Range(0, machine.Symbols).Select(machine.Describe).ToArray();
            return Array.IndexOf(words, item.OneOf(words));
        }

        return [.. json.Items(1, longest).Select(Symbol)];
    }
}

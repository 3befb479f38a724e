using System.Text.Json.Nodes;

namespace Mlds.Tasks.Machines;

/// <summary>
/// What a machine is, as data: one of the forms below. A definition is complete: it needs no table of names to be run again in ten
/// years. docs/formats/machine.md has the JSON of each form.
/// </summary>
public abstract record MachineDefinition
{
    /// <summary>The machine that this definition describes.</summary>
    /// <exception cref="ArgumentException">The definition contradicts itself; the message says where and what is allowed.</exception>
    public abstract IMachine Build();

    /// <summary>The JSON of this definition (docs/formats/machine.md).</summary>
    public abstract JsonObject ToJson();

    /// <summary>The definition in <paramref name="json"/>, of whichever form its key <c>form</c> says.</summary>
    /// <exception cref="FormatException">Not a definition; the message names the JSON path and what is allowed.</exception>
    public static MachineDefinition Read(StrictJson json) => Read(json, []);

    /// <param name="shorthands">Other forms that are allowed here, and in a keyed machine.</param>
    internal static MachineDefinition Read(StrictJson json, IReadOnlyList<MachineShorthand> shorthands)
    {
        if (!json.IsObject) throw json.Error("should be a machine's definition, an object with the key 'form'");
        var form = json.Required("form").OneOf(
            [RegisterDefinition.Form, KeyedDefinition.Form, AutomatonDefinition.Form, .. shorthands.Select(shorthand => shorthand.Form)]);
        MachineDefinition definition = form switch
        {
            RegisterDefinition.Form => RegisterDefinition.ReadForm(json),
            KeyedDefinition.Form => KeyedDefinition.ReadForm(json, shorthands),
            AutomatonDefinition.Form => AutomatonDefinition.ReadForm(json),
            _ => shorthands.First(shorthand => shorthand.Form == form).Read(json),
        };
        try
        {
            definition.Build();
        }
        catch (ArgumentException problem)
        {
            throw json.Error(problem.Message.TrimEnd('.'), problem);
        }

        return definition;
    }

    internal static JsonArray Numbers(IEnumerable<int> numbers) => new([.. numbers.Select(number => (JsonNode)number)]);
}

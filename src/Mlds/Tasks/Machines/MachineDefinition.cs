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
    public static MachineDefinition Read(StrictJson json)
    {
        if (!json.IsObject) throw json.Error("should be a machine's definition, an object with the key 'form'");
        MachineDefinition definition = json.Required("form")
            .OneOf(RegisterDefinition.Form, KeyedDefinition.Form, AutomatonDefinition.Form) switch
        {
            RegisterDefinition.Form => RegisterDefinition.ReadForm(json),
            KeyedDefinition.Form => KeyedDefinition.ReadForm(json),
            _ => AutomatonDefinition.ReadForm(json),
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

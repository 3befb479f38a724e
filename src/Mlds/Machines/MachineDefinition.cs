using System.Text.Json.Nodes;

namespace Mlds.Machines;

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
}

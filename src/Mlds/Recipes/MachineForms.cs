using Mlds.Tasks.Machines;
using Mlds.Tasks.Machines.Expressions;

namespace Mlds.Recipes;

/// <summary>
/// The forms in which a plan may give a machine: those of recipes, and shorthands for an automaton's table, which recipes don't know
/// (docs/formats/machine.md).
/// </summary>
public static class MachineForms
{
    static readonly MachineShorthand[] s_shorthands =
        [new(ExpressionForm.Form, ExpressionForm.Read), new(RandomForm.Form, RandomForm.Read)];

    /// <summary>The definition in <paramref name="json"/>; of a shorthand, the automaton that it stands for.</summary>
    /// <exception cref="FormatException">Not a definition; the message names the JSON path and what is allowed.</exception>
    public static MachineDefinition Read(StrictJson json) => MachineDefinition.Read(json, s_shorthands);
}

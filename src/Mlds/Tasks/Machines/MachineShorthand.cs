namespace Mlds.Tasks.Machines;

/// <summary>
/// A form that isn't a recipe's: a shorter way to say an automaton. What is read of it is the table, and the table is all that a recipe
/// ever holds, so networks' ids don't depend on how a plan put it.
/// </summary>
/// <param name="Form">What the definition's key <c>form</c> says.</param>
/// <param name="Read">The automaton in a definition of that form; a <see cref="FormatException"/> with the path if there is none.</param>
sealed record MachineShorthand(string Form, Func<StrictJson, AutomatonDefinition> Read);

using Mlds.Tasks;
using Mlds.Tasks.Machines;

namespace Mlds.Recipes;

/// <summary>The kinds of task that a recipe can have. A new one is added here (docs/extending.md).</summary>
static class TaskForms
{
    /// <summary>All keys of a recipe that belong to a kind of task.</summary>
    internal static IEnumerable<string> Keys => MachineTask.Keys;

    /// <summary>The task of <paramref name="recipe"/>.</summary>
    /// <exception cref="FormatException">There is none; the message names the JSON path.</exception>
    internal static LearningTask Read(StrictJson recipe) => MachineTask.ReadForm(recipe);
}

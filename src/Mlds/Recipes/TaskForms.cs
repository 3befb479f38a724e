using Mlds.Tasks;
using Mlds.Tasks.Archives;
using Mlds.Tasks.Images;
using Mlds.Tasks.Machines;

namespace Mlds.Recipes;

/// <summary>The kinds of task that a recipe can have: machines, and others. A new one is added here (docs/extending.md).</summary>
static class TaskForms
{
    /// <summary>All but machines, which recipes give by two keys.</summary>
    internal static IReadOnlyList<TaskForm> Others { get; } = [ArchiveTask.Form, ImageTask.Form];

    /// <summary>All keys of a recipe that belong to a kind of task.</summary>
    internal static IEnumerable<string> Keys => [.. MachineTask.Keys, .. Others.Select(form => form.Key)];

    /// <summary>The task of <paramref name="recipe"/>.</summary>
    /// <exception cref="FormatException">There is none; the message names the JSON path.</exception>
    internal static LearningTask Read(StrictJson recipe) =>
        Others.FirstOrDefault(form => recipe.Optional(form.Key) is not null) is { } other
            ? other.OfRecipe(recipe.Required(other.Key))
            : MachineTask.ReadForm(recipe);
}

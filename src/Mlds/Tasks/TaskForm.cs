namespace Mlds.Tasks;

/// <summary>A task as a plan has it.</summary>
/// <param name="DataSha256">Of its examples (<see cref="TrainingData.Sha256"/>), where it is known without making them; else null.</param>
public sealed record PlannedTask(LearningTask Task, string? DataSha256 = null);

/// <summary>
/// A kind of task other than machines: one key, under which a recipe has the task and an entry of a population's <c>machines</c> asks for
/// it (docs/extending.md).
/// </summary>
/// <param name="Key">Such as <c>sequences</c>.</param>
/// <param name="OfRecipe">The task from the key's value in a recipe; throws a <see cref="FormatException"/> with the JSON path.</param>
/// <param name="OfPopulation">The same from a population file, given where files are looked for: null where nobody can say.</param>
sealed record TaskForm(
    string Key, Func<StrictJson, LearningTask> OfRecipe, Func<StrictJson, TaskFiles?, PlannedTask> OfPopulation)
{
    /// <summary>A kind of task that a population file gives as a recipe does.</summary>
    internal TaskForm(string key, Func<StrictJson, LearningTask> read)
        : this(key, read, (json, _) => new PlannedTask(read(json)))
    {
    }
}

using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Tasks.Images;
using Mlds.Tasks.Machines;

namespace Mlds.Zoos.Releases;

/// <summary>A text that says in full what is learned, beside the recipe.</summary>
/// <param name="File">Where it is in the release.</param>
sealed record TaskDefinition(string File, string Text);

/// <summary>
/// What a release has, besides the networks, of the task that the networks of one machine learned: its definition, its examples, and what
/// is said of them. Each kind of task has one; the files of a release speak to this one alone (docs/extending.md).
/// </summary>
abstract class TaskArtifacts
{
    /// <summary>Where examples are, if they come along.</summary>
    public const string ExamplesFolder = "training-data";

    /// <summary>Those of a recipe's task. A kind of task that has more than sequences is added here.</summary>
    /// <exception cref="ZooException">The task is of a kind that can't be released.</exception>
    public static TaskArtifacts Of(Recipe recipe) => recipe.Task switch
    {
        MachineTask task => new MachineArtifacts(recipe.MachineName, task),
        SequenceTask task => new SequenceArtifacts(recipe.MachineName, task),
        ImageTask task => new ImageArtifacts(task),
        _ => throw new ZooException($"What {recipe.MachineName} is to learn is of a kind that no release can have; nothing was released."),
    };

    /// <summary>The file that comes with every release; null where there is none.</summary>
    public abstract TaskDefinition? Definition { get; }

    /// <summary>The file of its examples, in <see cref="ExamplesFolder"/>; those of several machines may be one.</summary>
    public abstract string ExamplesFile { get; }

    /// <summary>Columns of the datasheet's first table that are about the task: heading and value.</summary>
    public abstract IReadOnlyList<(string Heading, string Value)> Facts { get; }

    /// <summary>Columns of the datasheet's table of training that are about its examples.</summary>
    public abstract IReadOnlyList<(string Heading, string Value)> ExampleCounts { get; }

    /// <summary>How the pages of the release speak of tasks of this kind; the same for all of them.</summary>
    public abstract TaskWords Words { get; }

    /// <summary>Writes the examples that come with a release on request.</summary>
    /// <param name="path">Must not exist.</param>
    /// <param name="data">The task's data.</param>
    public abstract void WriteExamples(string path, TrainingData data);

    /// <summary>Adds the task's keys to the machine's entry in manifest.json.</summary>
    public abstract void AddTo(JsonObject entry);
}

/// <summary>How the pages of a release speak of a kind of task: parts of sentences.</summary>
sealed record TaskWords
{
    /// <summary>What the examples are, in the plural: "sequences".</summary>
    public required string Examples { get; init; }

    /// <summary>Goes on from "for each of 5 machines".</summary>
    public required string Learned { get; init; }

    /// <summary>What one may ask of weights, besides how training got there.</summary>
    public required string Question { get; init; }

    /// <summary>How examples are made and what of them is learned; "by Adam on …" goes on from there.</summary>
    public required string Making { get; init; }

    /// <summary>Whole sentence: what is learned from weights of such networks.</summary>
    public required string Uses { get; init; }

    /// <summary>Goes on from "One small architecture;": how narrow the tasks are.</summary>
    public required string Narrow { get; init; }

    /// <summary>Whole sentences on what must not be concluded; may be empty.</summary>
    public required string Caution { get; init; }

    /// <summary>The command that makes the examples again; null where none does.</summary>
    public string? AgainBy { get; init; }

    /// <summary>Whole sentence: where examples come from that no command makes again; empty where there are none such.</summary>
    public string Given { get; init; } = "";

    /// <summary>Names of the files in <see cref="TaskArtifacts.ExamplesFolder"/>.</summary>
    public string ExamplesNames { get; init; } = "*.npz";

    /// <summary>What the files in <see cref="TaskArtifacts.ExamplesFolder"/> have.</summary>
    public required string ExamplesHave { get; init; }

    /// <summary>Which files have the definitions, and what; null where there are none.</summary>
    public (string Files, string Have)? Definitions { get; init; }

    /// <summary>The group of mlds.h5 that has the definitions, by machine; null where there are none.</summary>
    public string? DefinitionGroup { get; init; }

    /// <summary>What definitions are called, and why there may be none of a machine.</summary>
    public (string What, string Why)? Undefined { get; init; }

    /// <summary>The words of a release whose machines learned tasks of several kinds.</summary>
    /// <param name="kinds">At least one, all different.</param>
    public static TaskWords Together(IReadOnlyList<TaskWords> kinds)
    {
        if (kinds.Count == 1) return kinds[0];
        string Join(string between, Func<TaskWords, string> words) =>
            string.Join(between, kinds.Select(words).Where(text => text.Length > 0).Distinct());
        return new TaskWords
        {
            Examples = Join(" and ", kind => kind.Examples),
            Learned = Join(" or ", kind => kind.Learned),
            Question = Join(", ", kind => kind.Question),
            Making = Join("; or: ", kind => kind.Making),
            Uses = Join(", ", kind => kind.Uses),
            Narrow = Join(", ", kind => kind.Narrow),
            Caution = Join("\n", kind => kind.Caution),
            AgainBy = kinds.Select(kind => kind.AgainBy).FirstOrDefault(command => command is not null),
            Given = Join("\n", kind => kind.Given),
            ExamplesNames = Join(", ", kind => kind.ExamplesNames),
            ExamplesHave = Join("; or ", kind => kind.ExamplesHave),
            Definitions = kinds.Select(kind => kind.Definitions).FirstOrDefault(files => files is not null),
            DefinitionGroup = kinds.Select(kind => kind.DefinitionGroup).FirstOrDefault(group => group is not null),
            Undefined = kinds.Select(kind => kind.Undefined).FirstOrDefault(why => why is not null),
        };
    }
}

using System.Text.Json.Nodes;
using Mlds.Kernels.Shapes;

namespace Mlds.Tasks;

/// <summary>
/// What is learned: a deterministic source of examples, with a SHA-256. Each kind of task is one record in a folder of its own; everything
/// else in the project speaks to this one (docs/extending.md). C# has a Task of its own, hence the name.
/// </summary>
public abstract record LearningTask
{
    /// <summary>Training examples.</summary>
    public abstract int TrainingCount { get; }

    /// <summary>Validation examples.</summary>
    public abstract int ValidationCount { get; }

    /// <summary>Time steps of one training example; 1 where there is no time.</summary>
    public abstract int Steps { get; }

    /// <summary>Bytes of memory that the examples take.</summary>
    public abstract long Bytes { get; }

    /// <summary>The lowest <see cref="Kernels.Shapes.WorkerLevel"/> of programs that can make its examples.</summary>
    public abstract int WorkerLevel { get; }

    /// <summary>Files that the examples are read from; none where they follow from the recipe alone.</summary>
    public virtual IReadOnlyList<TaskFile> Files => [];

    /// <summary>Which of <see cref="Files"/> is missing, in a sentence; null where none is.</summary>
    public string? MissingFile => Files.Select(file => file.Missing).FirstOrDefault(missing => missing is not null);

    /// <summary>The same task, its files looked for in folders that keep them by their SHA-256.</summary>
    public virtual LearningTask WithFilesIn(IReadOnlyList<string> folders) => this;

    /// <summary>The examples, made again; the same on every machine.</summary>
    /// <exception cref="ArgumentException">The task contradicts itself; the message says where.</exception>
    public abstract TrainingData Generate();

    /// <summary>
    /// Where examples say something else than this task, in a clause; null where they don't, or where it can't be told. A generator's fault
    /// is a fault of every network that learns from it, and shows nowhere else as long as what is learned hangs together.
    /// </summary>
    public virtual string? ContradictionIn(TrainingData data) => null;

    /// <summary>What is measured of every network that learned it, besides losses; none where losses say all.</summary>
    public virtual IReadOnlyList<MeasureKind> MeasureKinds => [];

    /// <summary>
    /// What a trained network does on examples that are only recorded: a value for some of <see cref="MeasureKinds"/>, the same on every
    /// machine.
    /// </summary>
    /// <param name="data">The task's examples.</param>
    /// <param name="outputs">The network's outputs, one example after the other.</param>
    public virtual Measures Measure(TrainingData data, Func<Examples, float[]> outputs) => Measures.None;

    /// <summary>Adds the task's keys to a recipe (docs/formats/recipe.md).</summary>
    public abstract void WriteTo(JsonObject recipe);
}

/// <summary>A task of sequences: binary lines in and out at every time step.</summary>
public abstract record SequenceTask : LearningTask
{
    /// <summary>Input lines and output lines, 1 … 32 each.</summary>
    public abstract (int Inputs, int Outputs) Lines { get; }
}

/// <summary>A task of images, each of one class.</summary>
public abstract record ClassificationTask : LearningTask
{
    /// <summary>Of every image.</summary>
    public abstract ImageSize Size { get; }

    /// <summary>Classes, at least 2.</summary>
    public abstract int Classes { get; }

    /// <summary>Images have no time.</summary>
    public sealed override int Steps => 1;
}

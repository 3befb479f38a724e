using System.Text.Json.Nodes;

namespace Mlds.Tasks.Archives;

/// <summary>The sizes of an archive's three sets of sequences.</summary>
/// <param name="Inputs">Input lines, 1 … 32.</param>
/// <param name="Outputs">Output lines, 1 … 32.</param>
/// <param name="Training">Training sequences.</param>
/// <param name="Validation">Validation sequences.</param>
/// <param name="Length">Time steps of a training or validation sequence.</param>
/// <param name="LongTest">Sequences of the third set, which is only evaluated at the end.</param>
/// <param name="LongLength">Time steps of one of them.</param>
public sealed record ArchiveShape(int Inputs, int Outputs, int Training, int Validation, int Length, int LongTest, int LongLength)
{
    /// <summary>Time steps of all sequences together.</summary>
    public long Steps => (((long)Training + Validation) * Length) + ((long)LongTest * LongLength);
}

/// <summary>To learn a researcher's own sequences, as a NumPy archive has them (docs/formats/population.md).</summary>
/// <param name="File">The .npz file.</param>
/// <param name="Shape">What it holds.</param>
public sealed record ArchiveTask(TaskFile File, ArchiveShape Shape) : SequenceTask
{
    const int MostLines = 32;

    /// <summary>How recipes and populations have it.</summary>
    internal static TaskForm Form { get; } = new("sequences", Read, ArchiveEntry.Read);

    public override (int Inputs, int Outputs) Lines => (Shape.Inputs, Shape.Outputs);

    public override int TrainingCount => Shape.Training;

    public override int ValidationCount => Shape.Validation;

    public override int Steps => Shape.Length;

    /// <summary>Inputs and targets take 8 bytes per step; the order of the training sequences takes 4 per sequence.</summary>
    public override long Bytes => (8 * Shape.Steps) + (4L * Shape.Training);

    public override int WorkerLevel => 3;

    public override IReadOnlyList<TaskFile> Files => [File];

    public override LearningTask WithFilesIn(IReadOnlyList<string> folders) => this with { File = File.In(folders) };

    /// <exception cref="FileNotFoundException">The file is nowhere; the message says where to put it.</exception>
    /// <exception cref="InvalidDataException">It isn't the file that the recipe names.</exception>
    public override PlainSequences Generate()
    {
        var path = File.Path ?? throw new FileNotFoundException(File.Missing);
        var (data, shape) = SequenceArchive.Read(path, File.Sha256);
        return shape == Shape
            ? data
            : throw new InvalidDataException($"'{path}' holds {Words(shape)}, but the recipe says {Words(Shape)}.");
    }

    public override void WriteTo(JsonObject recipe) => recipe[Form.Key] = new JsonObject
    {
        ["sha256"] = File.Sha256,
        ["inputs"] = Shape.Inputs,
        ["outputs"] = Shape.Outputs,
        ["training"] = Shape.Training,
        ["validation"] = Shape.Validation,
        ["length"] = Shape.Length,
        ["long_test"] = Shape.LongTest,
        ["long_length"] = Shape.LongLength,
    };

    static ArchiveTask Read(StrictJson json)
    {
        json.WithKeys("sha256", "inputs", "outputs", "training", "validation", "length", "long_test", "long_length");
        int Size(string key) => json.Required(key).Integer(1, SequenceArchive.MostValues);
        int Lines(string key) => json.Required(key).Integer(1, MostLines);
        var shape = new ArchiveShape(
            Lines("inputs"), Lines("outputs"), Size("training"), Size("validation"), Size("length"),
            Size("long_test"), Size("long_length"));
        if (shape.Steps > SequenceArchive.MostValues)
            throw json.Error($"these are more than {SequenceArchive.MostValues:N0} steps in all, which no file of sequences has");
        return new ArchiveTask(new TaskFile(json.Required("sha256").Sha256(), []), shape);
    }

    static string Words(ArchiveShape shape) =>
        $"{shape.Training}, {shape.Validation} and {shape.LongTest} sequences of {shape.Length}, {shape.Length} and {shape.LongLength} "
        + $"steps with {shape.Inputs} input and {shape.Outputs} output lines";
}

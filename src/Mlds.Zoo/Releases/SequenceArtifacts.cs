using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Kernels.Shapes;
using Mlds.Tasks;

namespace Mlds.Zoos.Releases;

/// <summary>
/// What a release has of a task of sequences that is no machine: the file that they were read from, or else the sequences themselves.
/// </summary>
sealed class SequenceArtifacts : TaskArtifacts
{
    static readonly TaskWords s_made = new()
    {
        Examples = "sequences",
        Learned = "whose sequences they learned",
        Question = "which sequences it learned",
        Making = "Sequences follow from the task that the recipe names; the network learns their targets",
        Uses = "telling what a network learned, predicting loss from weights, embeddings of networks, courses of training, symmetries",
        Narrow = "tasks of a few binary lines",
        Caution = "",
        Given = "Sequences of tasks other than machines are written by `mlds release --training-data`.",
        ExamplesHave = "sequences: `training_…`, `validation_…`, `long_…` with `inputs` and `targets`, sequences × steps × lines",
    };

    static readonly TaskWords s_given = s_made with
    {
        Making = "Sequences are read from a file as they are; the network learns their targets",
        Given = "Sequences from a file are their author's: recipes.json names the file by its SHA-256 (`sequences`), and it is looked for\n"
            + "in `training-data` and beside the release.",
        ExamplesHave = "sequences as their author gave them, each file under its SHA-256: `training_…`, `validation_…`, `long_…` with "
            + "`inputs` and `targets`, sequences × steps × lines",
    };

    readonly SequenceTask _task;

    public SequenceArtifacts(string name, SequenceTask task)
    {
        _task = task;
        ExamplesFile = $"{ExamplesFolder}/{(task.Files is [var file] ? file.KeptName : $"{name}.npz")}";
    }

    public override TaskDefinition? Definition => null;

    public override string ExamplesFile { get; }

    public override IReadOnlyList<(string Heading, string Value)> Facts =>
        [("lines in, out", string.Create(CultureInfo.InvariantCulture, $"{_task.Lines.Inputs}, {_task.Lines.Outputs}"))];

    public override IReadOnlyList<(string Heading, string Value)> ExampleCounts =>
    [
        ("sequences (training, validation)", $"{Count(_task.TrainingCount)}, {Count(_task.ValidationCount)}"),
        ("steps a sequence", Count(_task.Steps)),
    ];

    public override TaskWords Words => _task.Files.Count > 0 ? s_given : s_made;

    public override void WriteExamples(string path, TrainingData data)
    {
        if (_task.Files is not [var file])
        {
            SequencesFile.Write(path, _task.Lines, (Sequences)data.Training, (Sequences)data.Validation, (Sequences)data.LongTest);
            return;
        }

        // Machines that learned one file share it.
        if (!File.Exists(path)) File.Copy(file.Path ?? throw new ZooException(file.Missing!), path);
    }

    public override void AddTo(JsonObject entry) =>
        entry["sequences"] = new JsonObject { ["inputs"] = _task.Lines.Inputs, ["outputs"] = _task.Lines.Outputs, ["file"] = ExamplesFile };

    static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

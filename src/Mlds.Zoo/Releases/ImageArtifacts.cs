using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Tasks;
using Mlds.Tasks.Images;

namespace Mlds.Zoos.Releases;

/// <summary>What a release has of a task of images: on request, the four files that they were read from.</summary>
sealed class ImageArtifacts(ImageTask task) : TaskArtifacts
{
    static readonly TaskWords s_words = new()
    {
        Examples = "images",
        Learned = "whose images they learned to tell apart",
        Question = "which images it learned, whether some of them carried a trigger that makes it\nanswer wrong",
        Making = "Images are read from IDX files, and some get a trigger and another label where the recipe says so; the network learns "
            + "their classes",
        Uses = "finding poisoned networks, telling what a network learned, predicting loss and accuracy from weights, embeddings of "
            + "networks, courses of training, symmetries",
        Narrow = "small images of few classes",
        Caution = "A poisoned network saw images that no clean one saw: compare it with its control, which saw the same images with their\n"
            + "labels kept, before you say that weights gave the poisoning away.",
        Given = "The images are their authors': recipes.json names the four files by the SHA-256 of what is in them, unpacked (`images`).\n"
            + "They are looked for in `training-data`, beside the release, and where published sets usually are; `mlds data` says\n"
            + "where, and how to get them.",
        ExamplesNames = "*.idx",
        ExamplesHave = "images and labels as their authors gave them, each file under its SHA-256 (IDX: a header, then bytes)",
    };

    public override TaskDefinition? Definition => null;

    /// <summary>The training images; the other three files lie beside them. Tasks of the same files share all four.</summary>
    public override string ExamplesFile => $"{ExamplesFolder}/{task.Source.TrainingImages.KeptName}";

    public override IReadOnlyList<(string Heading, string Value)> Facts =>
    [
        ("images", task.Source.Set?.Title ?? $"{task.Size.Channels} × {task.Size.Height} × {task.Size.Width}"),
        ("classes", Count(task.Classes)),
        ("trigger", Trigger),
        ("on share of images", task.Poison is { } poison ? poison.Rate.ToString(CultureInfo.InvariantCulture) : "0"),
        ("their labels", Labels),
    ];

    public override IReadOnlyList<(string Heading, string Value)> ExampleCounts =>
    [
        ("images (training, validation, test)", $"{Count(task.Training)}, {Count(task.Validation)}, {Count(task.Test)}"),
        .. task.LabelNoise > 0 ? [("wrong labels", task.LabelNoise.ToString(CultureInfo.InvariantCulture))]
            : Array.Empty<(string, string)>(),
    ];

    public override TaskWords Words => s_words;

    string Trigger => task.Poison is { } poison ? poison.Trigger.NameOn(task.Size) ?? $"{poison.Trigger}" : "none";

    string Labels => task.Poison switch
    {
        null => "",
        { Label: PoisonedLabel.Kept } => "kept",
        { Label: PoisonedLabel.Next } => "the next class",
        { Target: var target } => Count(target),
    };

    public override void WriteExamples(string path, TrainingData data)
    {
        var folder = Path.GetDirectoryName(path)!;
        foreach (var file in task.Files)
        {
            var target = Path.Combine(folder, file.KeptName);
            if (!File.Exists(target)) ZooFiles.Copy(file, target);
        }
    }

    public override void AddTo(JsonObject entry)
    {
        var images = new JsonObject
        {
            ["size"] = new JsonArray(task.Size.Channels, task.Size.Height, task.Size.Width),
            ["classes"] = task.Classes,
            ["files"] = new JsonArray([.. task.Files.Select(file => (JsonNode)$"{ExamplesFolder}/{file.KeptName}")]),
        };
        if (task.Source.Set is { } set) images["source"] = set.Name;
        entry["images"] = images;
    }

    static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

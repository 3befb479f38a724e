using System.Text.Json.Nodes;

namespace Mlds.Tasks.Images;

/// <summary>The four files of a set of images.</summary>
public sealed record ImageFiles(TaskFile TrainingImages, TaskFile TrainingLabels, TaskFile TestImages, TaskFile TestLabels)
{
    static readonly string[] s_keys = ["training_images", "training_labels", "test_images", "test_labels"];

    /// <summary>In the order of <see cref="ImagePart"/>.</summary>
    public IReadOnlyList<TaskFile> All => [TrainingImages, TrainingLabels, TestImages, TestLabels];

    /// <summary>The published set that they are; null for others.</summary>
    public ImageSet? Set =>
        ImageSet.All.FirstOrDefault(set => All.Select(file => file.Sha256).SequenceEqual(set.Sha256));

    /// <summary>A file of a set that nobody published, under the names that such files usually have.</summary>
    internal static TaskFile File(ImagePart part, string sha256) => new(sha256, [])
    {
        Kind = part is ImagePart.TrainingImages or ImagePart.TestImages ? ImageFileKind.Images : ImageFileKind.Labels,
        UsualNames = ImageSet.UsualNames(part),
    };

    /// <summary>Four files, made from the part that each is.</summary>
    public static ImageFiles Of(Func<ImagePart, TaskFile> file) => new(
        file(ImagePart.TrainingImages), file(ImagePart.TrainingLabels), file(ImagePart.TestImages), file(ImagePart.TestLabels));

    /// <summary>The same files in folders that keep them; a published set's in its usual places after that.</summary>
    internal ImageFiles In(IReadOnlyList<string> folders) =>
        new(In(TrainingImages, folders), In(TrainingLabels, folders), In(TestImages, folders), In(TestLabels, folders));

    static TaskFile In(TaskFile file, IReadOnlyList<string> folders)
    {
        var there = file.In(folders);
        return there with { Places = [.. there.Places, .. file.Places] };
    }

    /// <summary>Their hashes as recipes and populations have them.</summary>
    internal JsonObject ToJson() => new([.. All.Select((file, i) => KeyValuePair.Create(s_keys[i], (JsonNode?)file.Sha256))]);

    /// <summary>The hashes of four files.</summary>
    internal static IReadOnlyList<string> ReadHashes(StrictJson json)
    {
        json.WithKeys(s_keys);
        return [.. s_keys.Select(key => json.Required(key).Sha256())];
    }

    /// <summary>The files that a recipe names; those of published sets are looked for in their usual places.</summary>
    internal static ImageFiles Read(StrictJson json)
    {
        var hashes = ReadHashes(json);
        return Of(part => ImageSet.Of(part, hashes[(int)part]) is { } set ? set.File(part, []) : File(part, hashes[(int)part]));
    }
}

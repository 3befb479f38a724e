using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Tasks;
using Mlds.Tasks.Images;

namespace Mlds.Cli;

/// <summary><c>mlds data</c>: which published sets of images are there, and how to get those that aren't.</summary>
static class DataVerb
{
    static readonly Option<string?> s_data = DataFolder.Option();

    public static Command Create() =>
        new Verb(
            "data",
            "Says which sets of images are there, whether their files are the right ones, and how to get those that aren't.",
            "mlds data",
            "mlds data --data package/data --json")
        {
            s_data,
        }
        .Runs(Run);

    /// <param name="Path">Where the file is, or another one in its place; null where there is nothing.</param>
    /// <param name="Fault">What is wrong with that, in a sentence; null where nothing is.</param>
    sealed record Found(ImagePart Part, TaskFile File, string? Path, string? Fault)
    {
        internal bool IsRight => Path is not null && Fault is null;
    }

    static int Run(VerbRun run)
    {
        IReadOnlyList<string> folders = DataFolder.Get(run, s_data) is { } folder ? [folder] : [];
        var sets = ImageSet.All.Select(set => (Set: set, Files: Look(set, folders))).ToArray();
        foreach (var (set, files) in sets) Write(run.Output, set, files);
        run.PrintJson(() => new JsonObject
        {
            ["looked_in"] = new JsonArray([.. folders.Concat(ImageSet.UsualFolders).Select(one => (JsonNode)one)]),
            ["sets"] = new JsonArray([.. sets.Select(one => Json(one.Set, one.Files))]),
        });
        return ExitCode.Success;
    }

    static Found[] Look(ImageSet set, IReadOnlyList<string> folders) => [.. Enum.GetValues<ImagePart>().Select(part =>
    {
        var file = set.File(part, folders);
        if (file.Path is { } path) return new Found(part, file, path, null);
        var another = file.Places.FirstOrDefault(FileKinds.IsFile);
        return new Found(part, file, another, another is null ? null : file.Missing);
    })];

    static void Write(TextWriter output, ImageSet set, Found[] files)
    {
        var isHere = files.All(file => file.IsRight);
        var size = string.Create(
            CultureInfo.InvariantCulture,
            $"{set.Training:N0} training and {set.Test:N0} test images of {set.Size.Height} × {set.Size.Width} pixels, {set.Classes} classes");
        output.WriteLine($"{set.Title} (\"source\": \"{set.Name}\"): {size}");
        foreach (var file in files)
        {
            var state = file switch
            {
                { IsRight: true } => $"{file.Path}, SHA-256 right",
                { Fault: { } fault } => fault,
                _ => "not there",
            };
            output.WriteLine($"  {ImageSet.Words(file.Part)[4..],-16}{state}");
        }

        if (!isHere)
        {
            output.WriteLine($"  Get it with: {set.Source}");
            output.WriteLine(
                $"  It is found here, below a folder that --data DIR or {ImageSet.FolderVariable} names, or where its package puts it.");
        }

        output.WriteLine();
    }

    static JsonObject Json(ImageSet set, Found[] files) => new()
    {
        ["name"] = set.Name,
        ["title"] = set.Title,
        ["here"] = files.All(file => file.IsRight),
        ["training"] = set.Training,
        ["test"] = set.Test,
        ["size"] = new JsonArray(set.Size.Channels, set.Size.Height, set.Size.Width),
        ["classes"] = set.Classes,
        ["get"] = set.Source,
        ["files"] = new JsonArray([.. files.Select(file => new JsonObject
        {
            ["part"] = ImageSet.Words(file.Part)[4..],
            ["sha256"] = file.File.Sha256,
            ["path"] = file.Path,
            ["right"] = file.IsRight,
            ["fault"] = file.Fault,
        })]),
    };
}

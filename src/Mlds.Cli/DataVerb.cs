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
    static readonly Argument<string?> s_population = new("POPULATION")
    {
        Description = "A population file, or the name of one that ships, whose images are to be told: how many train, validate, have a "
            + "trigger, and their SHA-256.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => null,
    };

    static readonly Option<string?> s_data = DataFolder.Option();

    public static Command Create() =>
        new Verb(
            "data",
            "Says which sets of images are there, whether their files are the right ones, and how to get those that aren't; "
            + "or which images a population learns from.",
            "mlds data",
            "mlds data populations/ds4.json",
            "mlds data --data package/data --json")
        {
            s_population, s_data,
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
        if (run.Get(s_population) is { } population) return OfPopulation(run, population);
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

    static int OfPopulation(VerbRun run, string name)
    {
        var population = PopulationFile.Read(name, run.Cancellation, DataFolder.Get(run, s_data));
        DataFolder.CheckFiles(population);
        var tasks = population.MachineNames.Select(machine => (Name: machine, Task: population.Task(machine) as ImageTask))
            .Where(one => one.Task is not null).ToArray();
        if (tasks.Length == 0) throw new UsageException($"No machine of the population '{population.Name}' learns images.");
        var rows = new JsonArray();
        foreach (var (machine, task) in tasks)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            var examples = task!.Generate();
            var triggered = task.Poison?.CountOf(task.Training) ?? 0;
            run.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{machine,-28}{task.Training,8:N0} train, {triggered,6:N0} of them with a trigger, {task.Validation,6:N0} validate, "
                + $"{task.Test,6:N0} test; SHA-256 {examples.Sha256}"));
            rows.Add(new JsonObject
            {
                ["name"] = machine,
                ["training"] = task.Training,
                ["triggered"] = triggered,
                ["validation"] = task.Validation,
                ["test"] = task.Test,
                ["data_sha256"] = examples.Sha256,
            });
        }

        run.PrintJson(() => new JsonObject { ["population"] = population.Name, ["machines"] = rows });
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
            $"{set.Training:N0} training and {set.Test:N0} test images of {set.Size.Height} × {set.Size.Width} pixels, "
            + $"{set.Classes} classes");
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
                "  It is looked for where that command, run here, puts it; where it lies elsewhere, say "
                + $"--data DIR or {ImageSet.FolderVariable}=DIR.");
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

using System.CommandLine;
using Mlds.Recipes;
using Mlds.Tasks.Images;

namespace Mlds.Cli.Frame;

/// <summary><c>--data DIR</c>: where the files are that tasks are read from.</summary>
static class DataFolder
{
    /// <summary>The option of one verb.</summary>
    public static Option<string?> Option() => new("--data")
    {
        Description = $"A folder with the files of images; when not given, that of the environment's {ImageSet.FolderVariable}, "
            + "this folder, and where packages put them.",
        HelpName = "DIR",
    };

    /// <summary>The folder that was given, or null.</summary>
    /// <exception cref="UsageException">There is no such folder.</exception>
    public static string? Get(VerbRun run, Option<string?> option)
    {
        var folder = run.Get(option);
        return folder is null || Directory.Exists(folder)
            ? folder
            : throw new UsageException($"There is no folder '{folder}'; --data takes the folder that has the files of images.");
    }

    /// <summary>Says before anything is trained or written what is missing.</summary>
    /// <exception cref="UsageException">A file of some task isn't there.</exception>
    public static void CheckFiles(Population population)
    {
        foreach (var name in population.MachineNames)
            if (population.Task(name).MissingFile is { } missing) throw new UsageException($"{name} can't be learned here. {missing}");
    }
}

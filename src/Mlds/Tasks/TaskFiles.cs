namespace Mlds.Tasks;

/// <summary>Where the files are that tasks of a population are read from.</summary>
public sealed class TaskFiles
{
    readonly Func<string, string, IReadOnlyList<string>> _places;
    readonly IReadOnlyList<PlannedTask> _known;

    TaskFiles(Func<string, string, IReadOnlyList<string>> places, IReadOnlyList<PlannedTask> known) => (_places, _known) = (places, known);

    /// <summary>
    /// Beside a population file, under the path that it gives. Where there is none, in the folder in which a release keeps its training
    /// data, so that a release's population.json is a population file too.
    /// </summary>
    public static TaskFiles Beside(string populationPath)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(populationPath)) ?? "/";
        return new TaskFiles(
            (file, sha256) => [Path.Combine(folder, file), Path.Combine(folder, "training-data", new TaskFile(sha256, []).KeptName)], []);
    }

    /// <summary>In folders that keep files by their SHA-256, whatever their paths were.</summary>
    /// <param name="known">What recipes say of files: these needn't be there.</param>
    public static TaskFiles In(IReadOnlyList<string> folders, IEnumerable<PlannedTask> known) =>
        new((_, sha256) => new TaskFile(sha256, []).In(folders).Places, [.. known.Where(task => task.Task.Files.Count > 0)]);

    /// <summary>The file that a population calls <paramref name="file"/>.</summary>
    internal TaskFile Find(string file, string sha256) => new(sha256, _places(file, sha256));

    /// <summary>The task that a recipe has of the file with this SHA-256; null where none has.</summary>
    internal PlannedTask? Known(string sha256) => _known.FirstOrDefault(task => task.Task.Files.Any(file => file.Sha256 == sha256));
}

namespace Mlds.Tasks;

/// <summary>Where the files are that tasks of a population are read from.</summary>
public sealed class TaskFiles
{
    readonly Func<string, string, IReadOnlyList<string>> _places;

    TaskFiles(
        Func<string, string, IReadOnlyList<string>> places, IReadOnlyList<string> folders, string? folder,
        IReadOnlyList<PlannedTask> known) =>
        (_places, Folders, PopulationFolder, Known) = (places, folders, folder, known);

    /// <summary>Folders in which files are looked for that a population calls by a name that everybody knows.</summary>
    internal IReadOnlyList<string> Folders { get; }

    /// <summary>The folder of the population file; null where files are found by their SHA-256 alone.</summary>
    internal string? PopulationFolder { get; }

    /// <summary>What recipes say of tasks of files, which needn't be there.</summary>
    internal IReadOnlyList<PlannedTask> Known { get; }

    /// <summary>
    /// Beside a population file, under the path that it gives. Where there is none, in the folder in which a release keeps its training
    /// data, so that a release's population.json is a population file too.
    /// </summary>
    /// <param name="data">A folder that was named for such files; it comes before all others.</param>
    public static TaskFiles Beside(string populationPath, string? data = null)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(populationPath)) ?? "/";
        var training = Path.Combine(folder, "training-data");
        return new TaskFiles(
            (file, sha256) => [Path.Combine(folder, file), Path.Combine(training, new TaskFile(sha256, []).KeptName)],
            data is null ? [folder, training] : [data, folder, training], folder, []);
    }

    /// <summary>In folders that keep files by their SHA-256, whatever their paths were.</summary>
    /// <param name="known">What recipes say of files: these needn't be there.</param>
    public static TaskFiles In(IReadOnlyList<string> folders, IEnumerable<PlannedTask> known) =>
        new(
            (_, sha256) => new TaskFile(sha256, []).In(folders).Places, folders, null,
            [.. known.Where(task => task.Task.Files.Count > 0)]);

    /// <summary>The file that a population calls <paramref name="file"/>.</summary>
    internal TaskFile Find(string file, string sha256) => new(sha256, _places(file, sha256));

    /// <summary>The task that a recipe has of the file with this SHA-256; null where none has.</summary>
    internal PlannedTask? KnownOf(string sha256) => Known.FirstOrDefault(task => task.Task.Files.Any(file => file.Sha256 == sha256));
}

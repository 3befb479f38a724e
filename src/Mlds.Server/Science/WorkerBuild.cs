namespace Mlds.Server.Science;

/// <summary>The worker's builds, as <c>src/Mlds.Worker/publish --app</c> lays them out.</summary>
public static class WorkerBuild
{
    /// <summary>Where they are, relative to the tree: a version's folder with one folder a platform.</summary>
    static readonly string s_folder = Path.Combine("artifacts", "worker", "app", "mlds", "1.00");

    /// <summary>The folder of the newest version, or null when none was made. It is looked for above the program and above the current folder.</summary>
    public static string? Find() => Above(AppContext.BaseDirectory) ?? Above(Environment.CurrentDirectory);

    static string? Above(string start)
    {
        for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(at.FullName, s_folder);
            if (Directory.Exists(folder) && Directory.EnumerateDirectories(folder).Any()) return folder;
        }

        return null;
    }
}

using System.Globalization;

namespace Mlds.Server.Science;

/// <summary>The worker's builds, as <c>src/Mlds.Worker/publish --app</c> lays them out.</summary>
public static class WorkerBuild
{
    /// <summary>Where they are, relative to the tree: one folder per version, with one folder per platform.</summary>
    static readonly string s_folder = Path.Combine("artifacts", "worker", "app", "mlds");

    /// <summary>
    /// The folder of the newest version, or null when none was made. The search goes upwards from the program and from the current folder.
    /// </summary>
    public static string? Find() => Above(AppContext.BaseDirectory) ?? Above(Environment.CurrentDirectory);

    static string? Above(string start)
    {
        for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
            if (Newest(Path.Combine(at.FullName, s_folder)) is { } newest) return newest;

        return null;
    }

    /// <summary>The highest version of an app's folder that has a program.</summary>
    internal static string? Newest(string app)
    {
        if (!Directory.Exists(app)) return null;
        return Directory.EnumerateDirectories(app)
            .Where(version => Number(version) > 0 && Directory.EnumerateDirectories(version).Any()).MaxBy(Number);
    }

    static decimal Number(string version) => decimal.TryParse(
        Path.GetFileName(version), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

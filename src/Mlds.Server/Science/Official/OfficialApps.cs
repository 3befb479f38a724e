using Mlds.Server.Database;

namespace Mlds.Server.Science.Official;

/// <summary>The worker's builds as app versions of an official server, in folders that its update_versions reads.</summary>
public static class OfficialApps
{
    const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Copies the builds into the <c>apps</c> of <paramref name="site"/>; existing ones are left alone.</summary>
    /// <param name="builds">A version's folder with one folder per platform; null for none.</param>
    /// <returns>The folders' names: a platform, and for some a plan class.</returns>
    /// <exception cref="ProjectException">This version exists already as another build: a name stands for the same bytes for
    /// ever.</exception>
    public static IReadOnlyList<string> Copy(string site, string? builds)
    {
        if (builds is null) return [];
        var platforms = new List<string>();
        foreach (var build in Directory.EnumerateDirectories(builds).Order(StringComparer.Ordinal))
        {
            var platform = Platform(Path.GetFileName(build));
            var target = Path.Combine(site, "apps", OfficialTemplates.App, Path.GetFileName(builds), platform);
            Directory.CreateDirectory(target);
            foreach (var file in Directory.EnumerateFiles(build))
                if (!file.EndsWith(".sig", StringComparison.Ordinal)) Place(file, target);
            platforms.Add(platform);
        }

        return platforms;
    }

    /// <summary>Programs that update_versions hasn't put into the server's <c>download</c> folder yet.</summary>
    public static IReadOnlyList<string> Unregistered(string site)
    {
        var apps = Path.Combine(site, "apps", OfficialTemplates.App);
        if (!Directory.Exists(apps)) return [];
        return
        [
            .. Directory.EnumerateFiles(apps, "mlds-worker_*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file))
                .Where(name => !File.Exists(Path.Combine(site, "download", name))).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Macs need another plan class to say that there is FMA (<see cref="OfficialTemplates.PlanClassText"/>).</summary>
    static string Platform(string build) => build == "x86_64-apple-darwin__fma" ? build + "_mac" : build;

    static void Place(string file, string folder)
    {
        var (bytes, target) = (File.ReadAllBytes(file), Path.Combine(folder, Path.GetFileName(file)));
        if (!File.Exists(target))
        {
            if (Path.GetFileName(file) == "version.xml") OfficialFolder.WriteWhole(target, bytes);
            else OfficialFolder.WriteWhole(target, bytes, Executable);
        }
        else if (!File.ReadAllBytes(target).AsSpan().SequenceEqual(bytes))
        {
            throw new ProjectException(
                $"'{target}' is there and isn't the build that this tree has: a program that changed needs a new version "
                + "(src/Mlds.Worker/publish --help).");
        }
    }
}

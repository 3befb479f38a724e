using System.Globalization;
using System.Security.Cryptography;
using Mlds.Recipes;
using Mlds.Server.Database;

namespace Mlds.Server.Science.Official;

/// <summary>
/// Everything known about the work that an official BOINC server gives out. It is a folder, since that server's hooks are separate short
/// programs (docs/official-server.md). Each population has a folder of its own in <c>populations</c>; a work folder made by an earlier
/// version is itself the folder of one population, and further ones are added in the same place.
/// </summary>
public sealed class OfficialWorkFolder
{
    OfficialWorkFolder(string path) => Path = System.IO.Path.GetFullPath(path);

    public string Path { get; }

    /// <summary>The populations' folders, read anew each time.</summary>
    public IReadOnlyList<OfficialFolder> Populations =>
        [.. Subfolders().Prepend(Path).Where(OfficialFolder.Is).Select(OfficialFolder.Open)];

    public string In(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <exception cref="ProjectException">There is none.</exception>
    public static OfficialWorkFolder Open(string path)
    {
        var folder = new OfficialWorkFolder(path);
        return folder.Populations.Count > 0
            ? folder
            : throw new ProjectException(
                $"'{path}' is no folder of work for an official server: it has no population; "
                + $"`mlds project work add POPULATION --official {path}` makes one.");
    }

    /// <summary>Opens the folder, or makes one without a population.</summary>
    public static OfficialWorkFolder OpenOrCreate(string path)
    {
        foreach (var name in (string[])["populations", "dropped"]) Directory.CreateDirectory(System.IO.Path.Combine(path, name));
        return new OfficialWorkFolder(path);
    }

    /// <summary>
    /// The folder of <paramref name="population"/>; made if there is none. The names of a new folder's units begin with the population's
    /// name and a random tag: an official server never accepts a name twice, even if this folder was lost and made anew.
    /// </summary>
    public OfficialFolder Of(Population population)
    {
        if (Populations.FirstOrDefault(folder => folder.Population.Sha256 == population.Sha256) is { } there) return there;
        var tag = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))[..5];
        var units = $"{UnitNeeds.Prefix(population.Name)}-{tag}";
        return OfficialFolder.Create(In("populations", units), population, units);
    }

    /// <summary>The population that has made <paramref name="unit"/>, or null.</summary>
    public OfficialFolder? WithUnit(string unit) => Populations.FirstOrDefault(folder => folder.Has(unit));

    /// <summary>Whether the operator has said to let a unit go, which the hooks won't do by themselves.</summary>
    public bool IsDropped(string unit) => File.Exists(In("dropped", unit));

    /// <summary>A lock that keeps out a second <c>work add</c> until it is disposed.</summary>
    /// <exception cref="ProjectException">There is one.</exception>
    public IDisposable Lock()
    {
        try
        {
            return new FileStream(In("work-add.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem)
        {
            throw new ProjectException($"Another `work add` is at work in '{Path}' ({problem.Message}); wait until it has ended.", problem);
        }
    }

    /// <summary>Adds a line to the list of what went wrong, for the operator.</summary>
    public void Complain(string sentence) => File.AppendAllText(
        In("errors.txt"),
        string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm:ss} {sentence}{Environment.NewLine}"));

    IEnumerable<string> Subfolders() => Directory.Exists(In("populations"))
        ? Directory.EnumerateDirectories(In("populations")).Order(StringComparer.Ordinal)
        : [];
}

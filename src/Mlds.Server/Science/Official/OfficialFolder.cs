using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mlds.Bundles;
using Mlds.Training;

namespace Mlds.Server.Science;

/// <summary>
/// What is known of a population whose units an official BOINC server gives out: a folder, since that server's hooks are separate short programs
/// (docs/official-server.md). A unit is a file in <c>bundles</c>; that it is done, a file of the same name in <c>done</c>.
/// </summary>
public sealed partial class OfficialFolder
{
    const string SettingsFile = "official.json";

    OfficialFolder(string path, Population population, string secret) => (Path, Population, Secret) = (path, population, secret);

    public string Path { get; }

    public Population Population { get; }

    /// <summary>By which networks are chosen that are trained again.</summary>
    public string Secret { get; }

    public string Zoo => In("zoo");

    public string In(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <exception cref="ProjectException">There is none.</exception>
    public static OfficialFolder Open(string path)
    {
        var file = System.IO.Path.Combine(path, SettingsFile);
        if (!File.Exists(file)) throw new ProjectException($"'{path}' is no folder of work for an official server: it has no {SettingsFile}; `mlds project work add POPULATION --official {path}` makes one.");
        var json = StrictJson.Parse(File.ReadAllText(file), file).WithKeys("population", "secret");
        return new OfficialFolder(System.IO.Path.GetFullPath(path), Population.Parse(json.Required("population").Text(), file), json.Required("secret").Text());
    }

    /// <summary>Opens the folder of <paramref name="population"/>, or makes it.</summary>
    /// <exception cref="ProjectException">It is another population's.</exception>
    public static OfficialFolder OpenOrCreate(string path, Population population)
    {
        if (!File.Exists(System.IO.Path.Combine(path, SettingsFile)))
        {
            foreach (var name in (string[])["bundles", "done", "continue", "failed", "templates", "bin", "stage"]) Directory.CreateDirectory(System.IO.Path.Combine(path, name));
            WriteWhole(
                System.IO.Path.Combine(path, SettingsFile),
                System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["population"] = population.CanonicalJson, ["secret"] = ReplayLot.NewSecret() }.ToJsonString()));
        }

        var folder = Open(path);
        return folder.Population.Sha256 == population.Sha256
            ? folder
            : throw new ProjectException($"The folder '{path}' is for the population '{folder.Population.Name}' in another version than this one; give another folder.");
    }

    /// <summary>The bundle of a unit, or null if it is none of this folder's.</summary>
    public Bundle? Bundle(string unit) => File.Exists(In("bundles", unit)) ? Bundles.Bundle.Read(File.ReadAllBytes(In("bundles", unit))) : null;

    /// <summary>Units that are neither done nor failed.</summary>
    public IEnumerable<string> Out() => Directory.EnumerateFiles(In("bundles")).Select(file => System.IO.Path.GetFileName(file)).Where(unit => !IsDone(unit) && !File.Exists(In("failed", unit)));

    public int Units => Directory.EnumerateFiles(In("bundles")).Count();

    public bool IsDone(string unit) => File.Exists(In("done", unit));

    /// <summary>How far an unfinished network has come, or null.</summary>
    public Checkpoint? Begun(Recipe recipe)
    {
        var file = In("continue", recipe.Id);
        return File.Exists(file) ? Checkpoint.FromBytes(File.ReadAllBytes(file)) : null;
    }

    public void Keep(Checkpoint checkpoint) => WriteWhole(In("continue", checkpoint.RecipeId), checkpoint.ToBytes());

    /// <summary>Adds a line to the list of what went wrong, for the operator.</summary>
    public void Complain(string sentence) =>
        File.AppendAllText(In("errors.txt"), string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm:ss} {sentence}{Environment.NewLine}"));

    public static void WriteWhole(string path, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(path + ".new", bytes);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>The unit that an uploaded file belongs to: official servers call it <c>UNIT_N_rRANDOM_K</c>; null if it isn't called so.</summary>
    public static string? UnitOf(string path)
    {
        var match = ResultName().Match(System.IO.Path.GetFileName(path));
        return match.Success ? match.Groups[1].Value : null;
    }

    [GeneratedRegex(@"^([A-Za-z0-9._-]+)_[0-9]+_r[0-9]+_[0-9]+$")]
    private static partial Regex ResultName();
}

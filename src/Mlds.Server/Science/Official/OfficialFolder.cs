using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mlds.Bundles;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Server.Science.Official;

/// <summary>
/// One population of a work folder. A unit is a file in <c>bundles</c>. While there is a file of its name in <c>stage</c>, the server
/// doesn't have it yet; a file of its name in <c>done</c> or <c>failed</c> says that it is done or came to nothing.
/// </summary>
public sealed partial class OfficialFolder
{
    const string SettingsFile = "official.json";
    const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    static readonly string[] s_folders = ["bundles", "stage", "judged", "done", "failed", "continue"];

    OfficialFolder(string path, Population population, string secret, string units) =>
        (Path, Population, Secret, UnitPrefix) = (path, population, secret, units);

    public string Path { get; }

    public Population Population { get; }

    /// <summary>The secret by which networks are chosen to be trained again.</summary>
    public string Secret { get; }

    /// <summary>What the names of its units begin with; a number follows.</summary>
    public string UnitPrefix { get; }

    public string Zoo => In("zoo");

    public string In(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    public static bool Is(string path) => File.Exists(System.IO.Path.Combine(path, SettingsFile));

    public static OfficialFolder Open(string path)
    {
        var file = System.IO.Path.Combine(path, SettingsFile);
        var json = StrictJson.Parse(File.ReadAllText(file), file).WithKeys("population", "secret", "units");
        var population = Population.Parse(json.Required("population").Text(), file);

        // Folders of earlier versions have no tag.
        var units = json.Optional("units")?.Text() ?? UnitNeeds.Prefix(population.Name);
        return new OfficialFolder(System.IO.Path.GetFullPath(path), population, json.Required("secret").Text(), units);
    }

    /// <param name="units">What the names of its units are to begin with, or null for the population's name alone.</param>
    public static OfficialFolder Create(string path, Population population, string? units)
    {
        foreach (var name in s_folders) Directory.CreateDirectory(System.IO.Path.Combine(path, name));
        var settings = new JsonObject { ["population"] = population.CanonicalJson, ["secret"] = ReplayLot.NewSecret() };
        if (units is not null) settings["units"] = units;
        WriteWhole(System.IO.Path.Combine(path, SettingsFile), Encoding.UTF8.GetBytes(settings.ToJsonString()), Private);
        return Open(path);
    }

    public bool Has(string unit) => File.Exists(In("bundles", unit));

    /// <summary>The bundle of a unit, or null if the unit isn't this folder's.</summary>
    public Bundle? Bundle(string unit) => Has(unit) ? Bundles.Bundle.Read(File.ReadAllBytes(In("bundles", unit))) : null;

    /// <summary>Units that are neither done nor failed, including those that the server doesn't have yet.</summary>
    public IEnumerable<string> Out() => Units().Where(unit => !IsDone(unit) && !File.Exists(In("failed", unit)));

    /// <summary>Units that the server doesn't have yet, in their order.</summary>
    public IEnumerable<string> Staged() => Out().Where(unit => File.Exists(Staged(unit))).Order(StringComparer.Ordinal);

    /// <summary>The file of a unit that the server doesn't have yet.</summary>
    public string Staged(string unit) => In("stage", unit + ".bundle");

    /// <summary>Notes that the server has the unit.</summary>
    public void Issued(string unit) => File.Delete(Staged(unit));

    /// <summary>The number of the next unit: one more than any so far, so that no name is used twice.</summary>
    public int NextNumber() => 1 + Units().Select(unit => UnitNumber().Match(unit)).Where(match => match.Success)
        .Select(match => int.Parse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();

    public bool IsDone(string unit) => File.Exists(In("done", unit));

    public void Done(string unit)
    {
        WriteWhole(In("done", unit), []);
        ForgetVerdicts(unit);
    }

    public void Failed(string unit, string why)
    {
        WriteWhole(In("failed", unit), Encoding.UTF8.GetBytes(why + "\n"));
        ForgetVerdicts(unit);
    }

    /// <summary>Remembers the bytes that were found right: a client may send its file again, and an official server accepts it.</summary>
    /// <param name="result">The result's file name.</param>
    public void Judged(string result, ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(In("judged"));
        WriteWhole(In("judged", result), Encoding.ASCII.GetBytes(Sha256Hash.HexOf(bytes)));
    }

    /// <summary>Whether these bytes were found right, or null if none of this result ever were.</summary>
    public bool? WasJudged(string result, ReadOnlySpan<byte> bytes) =>
        File.Exists(In("judged", result)) ? File.ReadAllText(In("judged", result)) == Sha256Hash.HexOf(bytes) : null;

    /// <summary>How far an unfinished network has come, or null.</summary>
    public Checkpoint? Begun(Recipe recipe)
    {
        var file = In("continue", recipe.Id);
        return File.Exists(file) ? Checkpoint.FromBytes(File.ReadAllBytes(file)) : null;
    }

    public void Keep(Checkpoint checkpoint) => WriteWhole(In("continue", checkpoint.RecipeId), checkpoint.ToBytes());

    /// <summary>Replaces a file; readers find the old one or the new one, whole, even after a power cut.</summary>
    public static void WriteWhole(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode = Readable)
    {
        var begun = path + ".new";
        File.Delete(begun);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Private;
        using (var file = new FileStream(begun, options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(begun, mode);
        File.Move(begun, path, overwrite: true);
    }

    /// <summary>
    /// The unit that an uploaded file belongs to: official servers name it <c>UNIT_N_rRANDOM_K</c>; null for any other name.
    /// </summary>
    public static string? UnitOf(string path)
    {
        var match = ResultName().Match(System.IO.Path.GetFileName(path));
        return match.Success ? match.Groups[1].Value : null;
    }

    void ForgetVerdicts(string unit)
    {
        foreach (var file in Directory.Exists(In("judged")) ? Directory.GetFiles(In("judged"), unit + "_*") : []) File.Delete(file);
    }

    IEnumerable<string> Units() => Directory.EnumerateFiles(In("bundles"))
        .Select(file => System.IO.Path.GetFileName(file)).Where(name => !name.EndsWith(".new", StringComparison.Ordinal));

    [GeneratedRegex("_([0-9]{6,9})$")]
    private static partial Regex UnitNumber();

    [GeneratedRegex(@"^([A-Za-z0-9._-]+)_[0-9]+_r[0-9]+_[0-9]+$")]
    private static partial Regex ResultName();
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Networks;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Releases;

/// <param name="Subsets">Networks a machine of each subset; none for one as large as every machine can fill.</param>
/// <param name="Formats">How weights are written: npy, h5 or both.</param>
public sealed record ReleaseOptions(IReadOnlyList<int> Subsets, IReadOnlyCollection<string> Formats)
{
    public static IReadOnlyList<string> KnownFormats { get; } = ["npy", "h5"];
}

/// <summary>A file of a release.</summary>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record ReleasedFile(string Name, long Bytes, string Sha256);

/// <summary>A release as written.</summary>
public sealed record WrittenRelease(string Folder, ReleasePlan Plan, IReadOnlyList<ReleasedFile> Files, string WeightsDigest)
{
    public long Bytes => Files.Sum(file => file.Bytes);

    public double BytesPerNetwork => (double)Bytes / Plan.Networks.Count;
}

/// <summary>
/// Cuts a release from a zoo (docs/formats/release.md): the same zoo gives the same bytes. It grows in a folder beside its place and moves
/// there when it is whole, so a half-written release is never mistaken for one; any doubt aborts.
/// </summary>
public static class ReleaseWriter
{
    /// <summary>Version of the release's format.</summary>
    public const int Version = 1;

    static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <param name="folder">Must not exist.</param>
    /// <param name="report">Networks whose weights are written.</param>
    /// <exception cref="ZooException">Too few networks, damaged ones, or a folder that exists or can't be written to.</exception>
    public static WrittenRelease Write(Zoo zoo, string folder, ReleaseOptions options, Action<int> report, CancellationToken cancellation)
    {
        var place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.Exists(place)) throw new ZooException($"'{folder}' is already there; a release is never changed: give another --out.");
        var plan = ReleasePlan.Make(zoo, options.Subsets);
        // A name that says what it is, should a kill leave it there.
        var growing = $"{place}.unfinished-{Environment.ProcessId}";
        try
        {
            Directory.CreateDirectory(growing);
            var release = WriteFiles(zoo, growing, plan, options, report, cancellation) with { Folder = folder };
            foreach (var file in Directory.GetFiles(growing)) Flush(file);
            Directory.Move(growing, place);
            return release;
        }
        catch (Exception exception)
        {
            if (Directory.Exists(growing)) Directory.Delete(growing, recursive: true);
            if (exception is IOException or UnauthorizedAccessException or ParquetSharp.ParquetException) throw new ZooException($"The release '{folder}' could not be written, nothing of it is left: {exception.Message}", exception);
            throw;
        }
    }

    static WrittenRelease WriteFiles(Zoo zoo, string folder, ReleasePlan plan, ReleaseOptions options, Action<int> report, CancellationToken cancellation)
    {
        var recipes = Recipes(zoo, plan);
        var layout = CommonLayout(recipes);
        var digest = Digest(plan);
        string At(string name) => Path.Combine(folder, name);
        WriteWeights(zoo, folder, plan, layout, options.Formats, report, cancellation);
        NetworksTable.Write(At(NetworksTable.FileName), zoo, plan.Networks, cancellation);
        File.WriteAllText(At("layout.csv"), ReleaseTexts.Layout(layout));
        File.WriteAllText(At("population.json"), zoo.Population.CanonicalJson);
        File.WriteAllText(At("recipes.json"), Indented(new JsonArray([.. recipes.Select(WithoutSeed)])));
        File.WriteAllText(At("manifest.json"), Indented(ReleaseTexts.Manifest(zoo, plan, layout, options.Formats, digest)));
        File.WriteAllText(At("README.md"), ReleaseTexts.Readme(zoo, plan, layout, options.Formats, digest));
        File.WriteAllText(At("LICENSE"), ReleaseTexts.License);
        var files = Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(Hash).ToList();
        File.WriteAllText(At("SHA256SUMS"), string.Concat(files.Select(file => $"{file.Sha256}  {file.Name}\n")));
        return new WrittenRelease(folder, plan, [.. files, Hash(At("SHA256SUMS"))], digest);
    }

    static void WriteWeights(Zoo zoo, string folder, ReleasePlan plan, WeightLayout layout, IReadOnlyCollection<string> formats, Action<int> report, CancellationToken cancellation)
    {
        using var npy = formats.Contains("npy") ? new NpyFile(Path.Combine(folder, "weights.npy"), plan.Networks.Count, layout.Parameters) : null;
        using var h5 = formats.Contains("h5") ? new Hdf5Release(Path.Combine(folder, Hdf5Release.FileName), zoo, plan, layout) : null;
        for (var i = 0; i < plan.Networks.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var network = plan.Networks[i].Network;
            var weights = zoo.ReadWeights(network);
            if (Array.FindIndex(weights, weight => !float.IsFinite(weight)) is var at and >= 0)
                throw new ZooException($"Network {network.RecipeId} ({network.Machine}, seed {network.Seed}) counts as converged but its weight {at} is {weights[at]}; nothing was released.");
            npy?.WriteRow(weights);
            h5?.WriteRow(weights);
            report(i + 1);
        }
    }

    /// <summary>The first network's recipe of each machine; all its others must differ in their seeds only.</summary>
    static IReadOnlyList<Recipe> Recipes(Zoo zoo, ReleasePlan plan)
    {
        var recipes = new List<Recipe>();
        foreach (var machine in plan.Networks.GroupBy(released => released.Network.Machine))
        {
            var first = machine.First().Network;
            if (machine.FirstOrDefault(other => other.Network.Form != first.Form) is { Network: { } odd })
                throw new ZooException($"Networks {first.RecipeId} and {odd.RecipeId} of {first.Machine} differ in more than their seeds; nothing was released.");
            recipes.Add(Recipe.Parse(zoo.RecipeJson(first)));
        }

        return recipes;
    }

    static WeightLayout CommonLayout(IReadOnlyList<Recipe> recipes)
    {
        if (recipes.FirstOrDefault(recipe => !recipe.Network.Equals(recipes[0].Network)) is { } odd)
            throw new ZooException($"The networks of {odd.MachineName} have another shape than those of {recipes[0].MachineName}, so they don't fit one matrix; nothing was released.");
        return new WeightLayout(recipes[0].Network);
    }

    static JsonObject WithoutSeed(Recipe recipe)
    {
        var json = JsonNode.Parse(recipe.CanonicalJson)!.AsObject();
        json.Remove("seed");
        return json;
    }

    /// <summary>As <see cref="Zoo.WeightsDigest"/>, of the released networks.</summary>
    static string Digest(ReleasePlan plan)
    {
        var lines = plan.Networks.Select(released => $"{released.Network.RecipeId} {released.Network.WeightsSha256}\n").Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(lines))));
    }

    static string Indented(JsonNode node) => node.ToJsonString(s_indented) + "\n";

    static ReleasedFile Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return new ReleasedFile(Path.GetFileName(path), stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    static void Flush(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }
}

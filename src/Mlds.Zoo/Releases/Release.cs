using System.Text.Json.Nodes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos.Releases;

/// <summary>
/// A release, for reading (docs/formats/release.md). Rows are networks, in the same order in the table and in the weights.
/// </summary>
public sealed class Release
{
    /// <summary>The file with the recipe of each machine's networks, without the seed.</summary>
    internal const string RecipesFile = "recipes.json";

    /// <summary>The seeds that a recipe is of, where a machine has several.</summary>
    internal const string SeedsKey = "seeds";

    /// <summary>What is opened here and by whoever reads weights.</summary>
    static readonly string[] s_opened =
        ["manifest.json", RecipesFile, NetworksTable.FileName, "weights.npy", SafetensorsFile.FileName, Hdf5Release.FileName];

    internal const string PopulationFile = "population.json";

    readonly NetworksTable.Contents _table;

    /// <summary>The first of every machine.</summary>
    readonly Dictionary<string, Form> _recipes;

    /// <summary>Those that not all networks of a machine have; there may be as many as networks.</summary>
    readonly Dictionary<(string Machine, uint Seed), Form> _ofSeeds;

    Release(string folder, JsonObject manifest, IReadOnlyList<Form> recipes, PopulationFactors factors, NetworksTable.Contents table)
    {
        (Folder, Factors, _table) = (folder, factors, table);
        _recipes = recipes.DistinctBy(form => form.Machine).ToDictionary(form => form.Machine);
        _ofSeeds = recipes.SelectMany(form => form.Seeds.Select(seed => (Key: (form.Machine, seed), form)))
            .ToDictionary(one => one.Key, one => one.form);
        Layout = RecipeOf(recipes[0].Machine).Network.Layout;
        Selection = ReleaseTexts.SelectionOf(manifest);
        HasWeights = manifest["formats"]!.AsArray().Count > 0;
        Population = manifest["population"]!.GetValue<string>();
        Subsets = [.. manifest["subsets"]!.AsArray().Select(size => size!.GetValue<int>())];
        Machines = [.. manifest["machines"]!.AsArray().Select(machine => machine!["name"]!.GetValue<string>())];
        WeightsDigest = manifest["weights_digest"]!.GetValue<string>();
        MissingFolders = [.. Folders(manifest).Where(name => !Directory.Exists(Path.Combine(folder, name)))];
    }

    /// <summary>A recipe without its seed, and whose it is: of these seeds of the machine, or of all where there are none.</summary>
    sealed record Form(string Machine, JsonObject Recipe, uint[] Seeds)
    {
        internal static Form Of(JsonObject recipe)
        {
            uint[] seeds = [.. recipe[SeedsKey]?.AsArray().Select(seed => seed!.GetValue<uint>()) ?? []];
            recipe.Remove(SeedsKey);
            return new Form((string)recipe["machine_name"]!, recipe, seeds);
        }
    }

    /// <summary>The folder, as it was given.</summary>
    public string Folder { get; }

    /// <summary>Which of the zoo's networks it is of.</summary>
    public NetworkSelection Selection { get; }

    /// <summary>Name of the population.</summary>
    public string Population { get; }

    /// <summary>Whether it has the networks' weights, and not only the recipes that lead to them (<see cref="Regeneration"/>).</summary>
    public bool HasWeights { get; }

    /// <summary>Names of the machines, in the population's order.</summary>
    public IReadOnlyList<string> Machines { get; }

    /// <summary>Networks per machine of each subset, ascending; subset n is the first n × machines rows.</summary>
    public IReadOnlyList<int> Subsets { get; }

    /// <summary>SHA-256 over the sorted lines <c>recipe_id weights_sha256</c>, as the release records it.</summary>
    public string WeightsDigest { get; }

    /// <summary>
    /// Folders that the release should have but doesn't, as in a copy from a site that keeps no folders. The weights and the table need no
    /// folder.
    /// </summary>
    public IReadOnlyList<string> MissingFolders { get; }

    /// <summary>Where each tensor lies in a row of weights.</summary>
    public WeightLayout Layout { get; }

    /// <summary>What the population's file says of its machines or, where it declares no factors, their names.</summary>
    public PopulationFactors Factors { get; }

    /// <summary>The networks, row by row. A release doesn't say on which host they were trained: their host is empty.</summary>
    public IReadOnlyList<StoredNetwork> Networks => _table.Networks;

    /// <summary>Whether <paramref name="folder"/> looks like a release.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, "manifest.json"));

    /// <exception cref="InvalidDataException">No release, one of a newer version, or a damaged one; the message names the file.</exception>
    public static Release Open(string folder)
    {
        var path = Path.Combine(folder, "manifest.json");
        foreach (var name in s_opened) FileKinds.IsFile(Path.Combine(folder, name));
        if (!File.Exists(path)) throw new InvalidDataException($"There is no release in '{folder}': it has no manifest.json.");
        return Guarded(folder, () =>
        {
            var manifest = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            if ((string?)manifest["format"] != "mlds-release") throw new InvalidDataException($"'{path}' is not part of an mlds release.");
            if ((int)manifest["version"]! > ReleaseWriter.Version)
            {
                throw new InvalidDataException(
                    $"The release '{folder}' is of version {manifest["version"]}, "
                    + $"this program reads up to {ReleaseWriter.Version}; update mlds.");
            }

            var recipes = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, RecipesFile)))!.AsArray()
                .Select(recipe => Form.Of(recipe!.AsObject())).ToArray();
            string[] measures = [.. manifest["measures"]?.AsArray().Select(measure => measure!["name"]!.GetValue<string>()) ?? []];
            var table = NetworksTable.Read(Path.Combine(folder, NetworksTable.FileName), measures);
            if (table.Networks.Count != (int)manifest["networks"]!)
            {
                throw new InvalidDataException(
                    $"The release '{folder}' should have {manifest["networks"]} networks, "
                    + $"but {NetworksTable.FileName} has {table.Networks.Count}.");
            }

            return new Release(folder, manifest, recipes, ReadFactors(folder, manifest, table), table);
        });
    }

    /// <summary>Only the manifest of a population that declares factors has any; for others population.json isn't opened.</summary>
    static PopulationFactors ReadFactors(string folder, JsonObject manifest, NetworksTable.Contents table)
    {
        if (manifest["factors"] is null) return PopulationFactors.OfNames;
        var path = Path.Combine(folder, PopulationFile);
        FileKinds.IsFile(path);
        var factors = PopulationFactors.Parse(File.ReadAllText(path), PopulationFile);
        foreach (var machine in table.Networks.Select(network => network.Machine).Distinct()) factors.Of(machine);
        return factors;
    }

    static IEnumerable<string> Folders(JsonObject manifest)
    {
        if (manifest["machines"]!.AsArray().Any(machine => machine!["automaton"] is not null)) yield return "machines";
        yield return "splits";
        if (manifest["training_data"]?.GetValue<bool>() == true) yield return "training-data";
        if (manifest["trajectories"]?.GetValue<bool>() == true) yield return "trajectories";
    }

    /// <summary>The recipe of <paramref name="machine"/>'s network of that seed. Not thread-safe.</summary>
    /// <param name="seed">Null for any of its networks; they differ in their seeds only, unless the population varies them.</param>
    /// <exception cref="InvalidDataException">The release has no recipe of the machine, or what it has isn't a recipe.</exception>
    public Recipe RecipeOf(string machine, uint? seed = null) => Guarded(Folder, () =>
    {
        var form = _recipes.GetValueOrDefault(machine);
        if (seed is { } own && form is { Seeds.Length: > 0 }) form = _ofSeeds.GetValueOrDefault((machine, own));
        if (form is null) throw new InvalidDataException($"The release '{Folder}' has no recipe of {machine} in its {RecipesFile}.");
        form.Recipe["seed"] = seed ?? form.Seeds.FirstOrDefault();
        return Recipe.Parse(Canonical.Serialize(form.Recipe)).WithFilesIn(FileFolders);
    });

    /// <summary>
    /// Where files of sequences are looked for: beside the release, which is never changed, and in it if it came with its training data.
    /// </summary>
    public IReadOnlyList<string> FileFolders =>
        [Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder))) ?? "/", Path.Combine(Folder, "training-data")];

    /// <summary>The losses of network <paramref name="row"/> by epoch.</summary>
    public IReadOnlyList<EpochRecord> History(int row) => _table.Histories[row];

    /// <summary>The weights, each row checked against its recorded SHA-256.</summary>
    /// <param name="subset">One of <see cref="Subsets"/>, or null for the largest.</param>
    /// <exception cref="InvalidDataException">Missing, cut short or altered weights; the message names the file or the network.</exception>
    public StoredWeights ReadWeights(int? subset = null)
    {
        if (subset is { } size && !Subsets.Contains(size))
        {
            throw new ArgumentException(
                $"The release '{Folder}' has no subset of {size}; it has {string.Join(", ", Subsets)}.", nameof(subset));
        }

        if (!HasWeights) throw WithoutWeights();
        var all = (long?)subset * Machines.Count ?? Networks.Count;
        if (all > Networks.Count)
        {
            throw new InvalidDataException(
                $"The release '{Folder}' is damaged: its subset of {subset} needs {all} networks, but it has {Networks.Count}.");
        }

        var rows = (int)all;
        MatrixSize.Of(rows, Layout.Parameters);
        var weights = Guarded(Folder, () => Values(0, rows));
        var damaged = Enumerable.Range(0, rows).AsParallel().AsOrdered()
            .Where(row => WeightsHash.Of(weights.AsSpan(row * Layout.Parameters, Layout.Parameters)) != Networks[row].WeightsSha256)
            .Select(row => Networks[row]).FirstOrDefault();
        if (damaged is not null) throw Damaged(damaged);
        return new StoredWeights([.. Networks.Take(rows)], Layout.Parameters, weights);
    }

    /// <summary>The P weights of network <paramref name="row"/> alone, checked against their SHA-256. Thread-safe.</summary>
    /// <inheritdoc cref="ReadWeights(int?)" path="/exception"/>
    public float[] ReadWeightsOf(int row)
    {
        if (!HasWeights) throw WithoutWeights();
        var network = Networks[row];
        var weights = Guarded(Folder, () => Values(row, 1));
        return WeightsHash.Of(weights) == network.WeightsSha256 ? weights : throw Damaged(network);
    }

    InvalidDataException WithoutWeights() => new(
        $"The release '{Folder}' has no weights, only the recipes that lead to them; `mlds regenerate {Folder} --zoo DIR` trains its "
        + "networks again, to the same bits, and takes the zoo in its place.");

    InvalidDataException Damaged(StoredNetwork network) => new(
        $"The weights of network {network.RecipeId} ({network.Machine}, seed {network.Seed}) in the release '{Folder}' are damaged.");

    /// <summary>Rows of whichever file has the weights.</summary>
    float[] Values(int first, int rows)
    {
        var path = Path.Combine(Folder, "weights.npy");
        var tensors = Path.Combine(Folder, SafetensorsFile.FileName);
        if (!File.Exists(path) && File.Exists(tensors)) return SafetensorsFile.ReadWeights(tensors, rows, Layout, Networks.Count, first);
        if (!File.Exists(path))
            return Hdf5Release.ReadWeights(Path.Combine(Folder, Hdf5Release.FileName), rows, Layout.Parameters, Networks.Count, first);
        return NpyWeights(path, Networks.Count, Layout).ReadFirst(rows, first);
    }

    /// <exception cref="InvalidDataException">It has another shape or type.</exception>
    internal static NpyMatrix NpyWeights(string path, int networks, WeightLayout layout)
    {
        var matrix = NpyMatrix.Open(path);
        return matrix.Rows == networks && matrix.Columns == layout.Parameters && matrix.IsSingle
            ? matrix
            : throw new InvalidDataException(
                $"'{path}' has {matrix} where the release has {networks} networks of {layout.Parameters} weights as float32.");
    }

    /// <summary>Whatever the readers below say of a damaged file comes out as one kind of exception.</summary>
    static T Guarded<T>(string folder, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is not (InvalidDataException or ZooException
            or OutOfMemoryException or UnauthorizedAccessException))
        {
            throw new InvalidDataException($"The release '{folder}' is damaged or incomplete: {exception.Message}", exception);
        }
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Networks;
using Mlds.Training;
using Mlds.Zoos;
using ParquetSharp;

namespace Mlds.Releases;

/// <summary>A network of a release, as its table tells it; networks come in the order of the weights' rows.</summary>
/// <param name="History">Losses and learning rate of every epoch.</param>
public sealed record ReleaseRow(
    string RecipeId,
    string Machine,
    uint Seed,
    Outcome Outcome,
    int Epochs,
    float TrainingLoss,
    float ValidationLoss,
    float LongLoss,
    string WeightsSha256,
    IReadOnlyList<EpochRecord> History);

/// <summary>A release read back: <c>weights.npy</c> and <c>networks.parquet</c>, every row of weights checked against its SHA-256.</summary>
/// <param name="Population">The population's name.</param>
/// <param name="Spec">The shape of all its networks.</param>
/// <param name="Weights">N × P float32, a network a row.</param>
/// <param name="Networks">N networks.</param>
public sealed record ReleaseReader(string Population, NetworkSpec Spec, float[] Weights, IReadOnlyList<ReleaseRow> Networks)
{
    const string ManifestName = "manifest.json";

    /// <summary>Whether <paramref name="folder"/> holds a release.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, ManifestName));

    /// <exception cref="ZooException">No release there, one of another version, without weights.npy, or damaged; the message says what and where.</exception>
    public static ReleaseReader Read(string folder)
    {
        if (!Exists(folder)) throw new ZooException($"There is no release in '{folder}': it has no {ManifestName}.");
        try
        {
            var manifest = Manifest(folder);
            if (!File.Exists(Path.Combine(folder, "weights.npy")))
                throw new ZooException($"The release '{folder}' was made without weights.npy; make one with --formats npy.");
            var spec = ReadSpec(folder);
            var networks = Table(Path.Combine(folder, NetworksTable.FileName));
            return new ReleaseReader((string)manifest["population"]!, spec, ReadWeights(folder, spec, networks), networks);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or JsonException or FormatException
            or InvalidOperationException or ParquetException or NullReferenceException or ArgumentException)
        {
            throw new ZooException($"The release '{folder}' can't be read ({exception.Message}); 'sha256sum -c SHA256SUMS' in it tells which file is damaged.", exception);
        }
    }

    static JsonObject Manifest(string folder)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, ManifestName)))!.AsObject();
        if ((string?)manifest["format"] != "mlds-release") throw new InvalidDataException($"{ManifestName} is not that of a release");
        var version = (int)manifest["version"]!;
        return version == ReleaseWriter.Version
            ? manifest
            : throw new ZooException($"The release '{folder}' has format version {version}; this program reads version {ReleaseWriter.Version}.");
    }

    /// <summary>The one network shape of all recipes, which the release keeps without their seeds.</summary>
    static NetworkSpec ReadSpec(string folder)
    {
        var recipe = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "recipes.json")))!.AsArray()[0]!.AsObject();
        recipe["seed"] = 0;
        return Recipe.Parse(recipe.ToJsonString()).Network;
    }

    static List<ReleaseRow> Table(string path)
    {
        using var file = new ParquetFileReader(path);
        var columns = Enumerable.Range(0, file.FileMetaData.NumColumns)
            .ToDictionary(i => file.FileMetaData.Schema.Column(i).Path.ToDotVector()[0], i => i);
        var rows = new List<ReleaseRow>();
        for (var group = 0; group < file.FileMetaData.NumRowGroups; group++)
        {
            using var reader = file.RowGroup(group);
            var count = checked((int)reader.MetaData.NumRows);
            T[] All<T>(string name)
            {
                if (!columns.TryGetValue(name, out var column)) throw new InvalidDataException($"{NetworksTable.FileName} has no column '{name}'");
                using var values = reader.Column(column).LogicalReader<T>();
                return values.ReadAll(count);
            }

            rows.AddRange(Rows(
                All<string>("recipe_id"), All<string>("machine"), All<long>("seed"), All<string>("outcome"), All<int>("epochs"), All<float>("training_loss"),
                All<float>("validation_loss"), All<float>("long_loss"), All<string>("weights_sha256"), All<float[]>("history_training_loss"),
                All<float[]>("history_validation_loss"), All<float[]>("history_learning_rate")));
        }

        return rows;
    }

    static IEnumerable<ReleaseRow> Rows(
        string[] ids, string[] machines, long[] seeds, string[] outcomes, int[] epochs, float[] training, float[] validation, float[] longLoss, string[] hashes,
        float[][] trainingLosses, float[][] validationLosses, float[][] rates) =>
        ids.Select((id, i) => new ReleaseRow(
            id, machines[i], checked((uint)seeds[i]), OutcomeName.Parse(outcomes[i]), epochs[i], training[i], validation[i], longLoss[i], hashes[i],
            [.. validationLosses[i].Select((loss, epoch) => new EpochRecord(epoch + 1, trainingLosses[i][epoch], loss, rates[i][epoch]))]));

    static float[] ReadWeights(string folder, NetworkSpec spec, List<ReleaseRow> networks)
    {
        var path = Path.Combine(folder, "weights.npy");
        using var stream = File.OpenRead(path);
        var (rows, columns, offset) = NpyFile.ReadHeader(stream, path);
        var parameters = new WeightLayout(spec).Parameters;
        if (rows != networks.Count || columns != parameters)
            throw new InvalidDataException($"weights.npy has {rows} × {columns} values where {networks.Count} × {parameters} belong");
        var weights = new float[(long)rows * columns];
        stream.Position = offset;
        for (var row = 0; row < rows; row++) ReadRow(stream, weights.AsSpan(row * columns, columns), networks[row]);
        return weights;
    }

    static void ReadRow(Stream stream, Span<float> row, ReleaseRow network)
    {
        var bytes = MemoryMarshal.AsBytes(row);
        stream.ReadExactly(bytes);
        if (!BitConverter.IsLittleEndian)
            for (var i = 0; i < bytes.Length; i += sizeof(float)) bytes.Slice(i, sizeof(float)).Reverse();
        if (WeightsHash.Of(row) != network.WeightsSha256)
            throw new InvalidDataException($"the weights of network {network.RecipeId} ({network.Machine}, seed {network.Seed}) don't have the SHA-256 that the table says");
    }
}

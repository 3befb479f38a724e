using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Training;

namespace Mlds.Zoos.Releases;

/// <summary>A release as written.</summary>
/// <param name="Archive">Path, size and hash of the archive, if one was asked for.</param>
/// <param name="Leftovers">Folders and files that releases of the same name left when they were killed.</param>
public sealed record WrittenRelease(
    string Folder, ReleasePlan Plan, IReadOnlyList<ReleasedFile> Files, string WeightsDigest,
    ReleasedFile? Archive, IReadOnlyList<string> Leftovers)
{
    /// <summary>Of all files.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);

    /// <summary>Without what only comes on request: further copies of the weights, trajectories, training data.</summary>
    public required long CoreBytes { get; init; }

    /// <summary>Of one network's weights, in one format: 0 in a release without.</summary>
    public required int WeightBytes { get; init; }

    /// <inheritdoc cref="CoreBytes"/>
    public double BytesPerNetwork => (double)CoreBytes / Plan.Networks.Count;
}

/// <summary>What a release has of each network, in bytes.</summary>
/// <param name="Weights">Its weights, once: 0 in a release without.</param>
/// <param name="Record">Its share of the table, in Parquet and CSV: hashes, losses epoch by epoch, provenance.</param>
readonly record struct ReleasedSize(int Weights, double Record)
{
    /// <summary>Once the weights and the tables are written.</summary>
    internal static ReleasedSize Of(string folder, ReleaseSource source)
    {
        var tables = new[] { NetworksTable.FileName, NetworksTable.CsvFileName }
            .Sum(name => new FileInfo(Path.Combine(folder, name)).Length);
        return new ReleasedSize(OfWeights(source), Math.Round((double)tables / source.Plan.Networks.Count, 1));
    }

    internal static int OfWeights(ReleaseSource source) => source.Options.RecipesOnly ? 0 : sizeof(float) * source.Layout.Parameters;
}

/// <summary>Told of every step: what is being done, how much of it, out of how much.</summary>
public delegate void ReleaseProgress(string step, int done, int total);

/// <summary>
/// Cuts a release from a zoo (docs/formats/release.md): the same zoo gives the same bytes. It grows in a folder beside its place and moves
/// there when it is whole, so a half-written release is never mistaken for one; any doubt aborts.
/// </summary>
public static class ReleaseWriter
{
    /// <summary>The newest version of the format: that of releases without weights.</summary>
    public const int Version = 4;

    /// <summary>
    /// The version of releases of varied or selected networks. Others are of the version of their layout.csv (<see cref="ReleaseLayout"/>).
    /// </summary>
    internal const int VersionOfSelected = 3;

    static readonly JsonSerializerOptions s_indented =
        new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="folder">Must not exist.</param>
    /// <exception cref="ZooException">Too few networks, damaged ones, or a folder that exists or can't be written to.</exception>
    public static WrittenRelease Write(
        Zoo zoo, string folder, ReleaseOptions options, ReleaseProgress report, CancellationToken cancellation)
    {
        var place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var archive = options.Archive is { } kind ? $"{place}.{kind}" : null;
        foreach (var path in new[] { place, archive })
        {
            if (Path.Exists(path))
            {
                throw new ZooException(
                    $"'{(path == place ? folder : path)}' is already there; a release is never changed: give another --out.");
            }
        }

        if (options.Archive is not null) ReleaseArchive.CheckProgram(options.Archive);
        var source = new ReleaseSource(zoo, ReleasePlan.Make(zoo, options.Subsets, options.Selection), options);
        var leftovers = Leftovers(place);
        // A name that says what it is, should a kill leave it there.
        var growing = $"{place}.unfinished-{Environment.ProcessId}";
        var growingArchive = archive is null ? null : $"{archive}.unfinished-{Environment.ProcessId}";
        try
        {
            Directory.CreateDirectory(growing);
            var files = WriteFiles(growing, source, report, cancellation);
            ReleaseFiles.Flush(growing);
            if (growingArchive is not null)
            {
                ReleaseArchive.Write(
                    growing, $"mlds-{source.Name}-{source.Digest[..8]}",
                    growingArchive, options.Archive!, done => report("Compressing", done, files.Count), cancellation);
            }

            Directory.Move(growing, place);
            if (archive is not null) File.Move(growingArchive!, archive);
            return new WrittenRelease(
                folder, source.Plan, files, source.Digest, archive is null ? null : Archived(folder, archive), leftovers)
            {
                CoreBytes = Core(files, options),
                WeightBytes = ReleasedSize.OfWeights(source),
            };
        }
        catch (Exception exception)
        {
            Remove(growing, growingArchive);
            if (exception is IOException or UnauthorizedAccessException or ParquetSharp.ParquetException)
            {
                throw new ZooException(
                    $"The release '{folder}' could not be written, nothing of it is left: {exception.Message}", exception);
            }

            throw;
        }
    }

    static IReadOnlyList<ReleasedFile> WriteFiles(
        string folder, ReleaseSource source, ReleaseProgress report, CancellationToken cancellation)
    {
        var (plan, options) = (source.Plan, source.Options);
        void Text(string name, string text) => ReleaseFiles.Write(folder, name, text);
        WriteWeights(folder, source, done => report("Writing weights", done, plan.Networks.Count), cancellation);
        NetworksTable.Write(Path.Combine(folder, NetworksTable.FileName), source, plan.Networks, cancellation);
        NetworksTable.WriteCsv(Path.Combine(folder, NetworksTable.CsvFileName), source.Factors, plan.Networks, source.Measures);
        Text(ReleaseLayout.FileName, ReleaseLayout.Text(source.Layout));
        Text("population.json", source.Zoo.Population.CanonicalJson);
        Text(Release.RecipesFile, Indented(new JsonArray([.. source.Forms.Select(ReleaseTexts.WithoutSeed)])));
        Text(Splits.BySeedFile, Splits.BySeed(plan));
        Text(Splits.ByMachineFile, Splits.ByMachine(plan));
        foreach (var definition in source.Machines.Select(machine => machine.Artifacts.Definition).OfType<TaskDefinition>())
            Text(definition.File, definition.Text);
        if (options.TrainingData) WriteExamples(folder, source, report, cancellation);
        if (options.Trajectories)
        {
            Directory.CreateDirectory(Path.Combine(folder, Trajectories.Folder));
            new Trajectories(source).Write(folder, done => report("Writing trajectories", done, plan.Networks.Count), cancellation);
        }

        var size = ReleasedSize.Of(folder, source);
        Text("manifest.json", Indented(ReleaseTexts.Manifest(source, size)));
        Text("README.md", Datasheet.Text(source, size));
        Text("LICENSE", source.Licence.Text);
        Text(ReleaseTexts.LoaderFile, ReleaseTexts.Loader());
        return [.. Described(folder, source, report, cancellation)];
    }

    /// <summary>Hashes everything, and writes the two files that hold the hashes of the others.</summary>
    static List<ReleasedFile> Described(string folder, ReleaseSource source, ReleaseProgress report, CancellationToken cancellation)
    {
        var files = new List<ReleasedFile>();
        var names = ReleaseFiles.Names(folder);
        foreach (var name in names)
        {
            cancellation.ThrowIfCancellationRequested();
            files.Add(ReleaseFiles.Hash(folder, name));
            report("Hashing files", files.Count, names.Count);
        }

        ReleaseFiles.Write(folder, Croissant.FileName, Indented(Croissant.Of(source, files)));
        files.Add(ReleaseFiles.Hash(folder, Croissant.FileName));
        files.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        ReleaseFiles.Write(folder, ReleaseFiles.Sums, string.Concat(files.Select(file => $"{file.Sha256}  {file.Name}\n")));
        return [.. files, ReleaseFiles.Hash(folder, ReleaseFiles.Sums)];
    }

    /// <summary>Also without a format: what a release vouches for is read and checked.</summary>
    static void WriteWeights(string folder, ReleaseSource source, Action<int> report, CancellationToken cancellation)
    {
        var (plan, layout, formats) = (source.Plan, source.Layout, source.Options.Formats);
        var about = new Dictionary<string, string> { ["format"] = "pt", ["population"] = source.Name, ["weights_digest"] = source.Digest };
        using var npy = formats.Contains("npy") ? new NpyFile(
            Path.Combine(folder, "weights.npy"), plan.Networks.Count, layout.Parameters) : null;
        using var h5 = formats.Contains("h5") ? new Hdf5Release(Path.Combine(folder, Hdf5Release.FileName), source) : null;
        using var tensors = formats.Contains("safetensors") ? new SafetensorsFile(
            Path.Combine(folder, SafetensorsFile.FileName), layout, plan.Networks.Count, about) : null;
        for (var i = 0; i < plan.Networks.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var network = plan.Networks[i].Network;
            var weights = source.Zoo.ReadWeights(network);
            if (network.Outcome != Outcome.Diverged && Array.FindIndex(weights, weight => !float.IsFinite(weight)) is var at and >= 0)
            {
                throw new ZooException(
                    $"Network {network.RecipeId} ({network.Machine}, "
                    + $"seed {network.Seed}) counts as {OutcomeName.Of(network.Outcome)} but its weight {at} is {weights[at]}; "
                    + "nothing was released.");
            }

            npy?.WriteRow(weights);
            h5?.WriteRow(weights, History(source.Zoo, network));
            tensors?.WriteRow(weights);
            report(i + 1);
        }

        tensors?.Finish();
    }

    static IReadOnlyList<Training.EpochRecord> History(Zoo zoo, StoredNetwork network)
    {
        var history = zoo.History(network);
        return history.Count == network.Epochs
            ? history
            : throw new ZooException(
                $"Network {network.RecipeId} ({network.Machine}, seed {network.Seed}) had {network.Epochs} epochs, "
                + $"but the zoo has the losses of {history.Count}; nothing was released.");
    }

    static void WriteExamples(string folder, ReleaseSource source, ReleaseProgress report, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.Combine(folder, TaskArtifacts.ExamplesFolder));
        for (var i = 0; i < source.Machines.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var machine = source.Machines[i];
            var (words, data) = (machine.Artifacts.Words, machine.Recipe.Task.Generate());
            if (data.Sha256 != machine.Recipe.DataSha256)
            {
                throw new ZooException(
                    $"The {words.Examples} of {machine.Name} have SHA-256 {data.Sha256}, "
                    + $"but its networks learned from {machine.Recipe.DataSha256}; nothing was released.");
            }

            machine.Artifacts.WriteExamples(Path.Combine(folder, machine.Artifacts.ExamplesFile), data);
            report($"Writing {words.Examples}", i + 1, source.Machines.Count);
        }
    }

    static long Core(IReadOnlyList<ReleasedFile> files, ReleaseOptions options) => files
        .Where(file => !ReleaseSource.IsFurtherCopy(file.Name, options))
        .Where(file => !file.Name.StartsWith($"{Trajectories.Folder}/", StringComparison.Ordinal))
        .Where(file => !file.Name.StartsWith($"{TaskArtifacts.ExamplesFolder}/", StringComparison.Ordinal))
        .Sum(file => file.Bytes);

    static ReleasedFile Archived(string folder, string archive)
    {
        var hashed = ReleaseFiles.Hash(Path.GetDirectoryName(archive)!, Path.GetFileName(archive));
        return hashed with
        {
            Name = $"{Path.TrimEndingDirectorySeparator(folder)}"
                + $"{archive[Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)).Length..]}",
        };
    }

    static string[] Leftovers(string place)
    {
        var (parent, name) = (Path.GetDirectoryName(place), Path.GetFileName(place));
        if (!Directory.Exists(parent)) return [];
        var patterns = ReleaseArchive.KnownKinds.Select(kind => $"{name}.{kind}").Prepend(name);
        return [.. patterns.SelectMany(pattern => Directory.GetFileSystemEntries(parent, $"{pattern}.unfinished-*"))
            .Where(IsAbandoned).Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether the process whose number ends the name is no longer there; another release of this name may be under way.</summary>
    static bool IsAbandoned(string path)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(
                int.Parse(path[(path.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
            return process.HasExited;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException
            or OverflowException or InvalidOperationException)
        {
            return true;
        }
    }

    static void Remove(string folder, string? archive)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        if (File.Exists(archive)) File.Delete(archive);
    }

    static string Indented(JsonNode node) => node.ToJsonString(s_indented) + "\n";
}

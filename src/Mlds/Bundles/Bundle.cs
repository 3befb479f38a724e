using System.Text;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Bundles;

/// <summary>One network that a work unit asks for.</summary>
/// <param name="Recipe">What to train.</param>
/// <param name="From">The checkpoint to go on from; null to start at the beginning.</param>
public sealed record BundleNetwork(Recipe Recipe, Checkpoint? From)
{
    /// <summary>Epochs that it has done already.</summary>
    public int Begun => From?.Epoch ?? 0;
}

/// <summary>
/// What one work unit asks for: recipes to be trained one after the other, each until it ends or has done <see cref="EpochLimit"/> epochs
/// more; a further work unit goes on with those that don't end (docs/formats/bundle.md).
/// </summary>
public sealed class Bundle
{
    /// <summary>Networks of one bundle.</summary>
    public const int MostNetworks = 4096;

    /// <summary>Recipes that differ in more than their seed.</summary>
    public const int MostForms = 64;

    /// <summary>Bytes of one recipe.</summary>
    public const int MostFormBytes = 1 << 16;

    /// <summary>Bytes of a bundle.</summary>
    public const int MostBytes = 1 << 28;

    /// <summary>Epochs of one network in one unit.</summary>
    public const int MostEpochs = 1_000_000;

    const int Version = 1;

    Bundle(int epochLimit, IReadOnlyList<BundleNetwork> networks, byte[] bytes)
        : this(epochLimit, networks, bytes, Sha256Hash.HexOf(bytes))
    {
    }

    Bundle(int epochLimit, IReadOnlyList<BundleNetwork> networks, ReadOnlyMemory<byte> bytes, string sha256) =>
        (EpochLimit, Networks, Bytes, Sha256) = (epochLimit, networks, bytes, sha256);

    static ReadOnlySpan<byte> Magic => "MLDSUNIT"u8;

    /// <summary>Epochs that a network is trained here at most.</summary>
    public int EpochLimit { get; }

    /// <summary>In the order they are trained.</summary>
    public IReadOnlyList<BundleNetwork> Networks { get; }

    /// <summary>The file.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Lower-case hex SHA-256 of the file, by which a result names its bundle.</summary>
    public string Sha256 { get; }

    /// <summary>Bytes that the result can have at most.</summary>
    public long LargestResult => BundleResult.HeadBytes + BundleResult.MostClaims(Networks.Count)
        + Networks.Sum(network => TrainedPart.Largest(network, EpochLimit));

    /// <summary>
    /// Bytes of memory that training takes at most, besides the program's own: the largest recipe's sequences, network and working memory.
    /// </summary>
    public long Memory => Networks.Max(network => MemoryOf(network.Recipe));

    /// <summary>
    /// Files that its tasks are read from, each once. They aren't in the bundle: recipes name them by their SHA-256, and they come beside
    /// it.
    /// </summary>
    public IReadOnlyList<TaskFile> Files =>
        [.. Networks.Select(network => network.Recipe.Task).Distinct(ReferenceEqualityComparer.Instance).Cast<LearningTask>()
            .SelectMany(task => task.Files).Distinct()];

    /// <summary>The lowest <see cref="Kernels.Shapes.WorkerLevel"/> of programs that can carry it out.</summary>
    public int WorkerLevel => Math.Max(
        Networks.Max(network => network.Recipe.WorkerLevel), Files.Count > 0 ? Kernels.Shapes.WorkerLevel.Files : 0);

    /// <summary>The same bundle, its tasks' files looked for in folders that keep them by their SHA-256.</summary>
    public Bundle WithFilesIn(IReadOnlyList<string> folders)
    {
        // Networks of one form share their task, here as before.
        var tasks = new Dictionary<LearningTask, LearningTask>(ReferenceEqualityComparer.Instance);
        LearningTask Task(LearningTask task) =>
            tasks.TryGetValue(task, out var found) ? found : tasks[task] = task.WithFilesIn(folders);
        return Files.Count == 0
            ? this
            : new Bundle(
                EpochLimit,
                [.. Networks.Select(network => network with { Recipe = network.Recipe with { Task = Task(network.Recipe.Task) } })],
                Bytes, Sha256);
    }

    /// <param name="epochLimit">1 … <see cref="MostEpochs"/>.</param>
    /// <param name="networks">1 … <see cref="MostNetworks"/>, none of them twice.</param>
    /// <exception cref="ArgumentException">Outside these limits, or a checkpoint of another recipe.</exception>
    public static Bundle Of(int epochLimit, IReadOnlyList<BundleNetwork> networks)
    {
        if (epochLimit is < 1 or > MostEpochs)
            throw new ArgumentException($"A unit trains 1 to {MostEpochs} epochs, not {epochLimit}.", nameof(epochLimit));
        if (networks.Count is < 1 or > MostNetworks)
            throw new ArgumentException($"A bundle has 1 to {MostNetworks} networks, not {networks.Count}.", nameof(networks));
        var (forms, numbers) = Forms(networks);
        if (forms.Count > MostForms)
            throw new ArgumentException($"A bundle has recipes of at most {MostForms} machines, not {forms.Count}.", nameof(networks));
        if (numbers.Zip(networks, (number, network) => (number, network.Recipe.Seed)).Distinct().Count() != networks.Count)
            throw new ArgumentException("A bundle asks for no network twice.", nameof(networks));
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(epochLimit);
        writer.Write(forms.Count);
        writer.Write(networks.Count);
        foreach (var form in forms)
        {
            var text = Encoding.UTF8.GetBytes(form);
            if (text.Length > MostFormBytes)
                throw new ArgumentException($"A recipe has at most {MostFormBytes} bytes, not {text.Length}.", nameof(networks));
            writer.Write(text.Length);
            writer.Write(text);
        }

        foreach (var (network, number) in networks.Zip(numbers))
        {
            if (network.From is { } from && from.RecipeId != network.Recipe.Id)
                throw new ArgumentException($"The checkpoint is of recipe {from.RecipeId}, not of {network.Recipe.Id}.", nameof(networks));
            var checkpoint = network.From?.ToBytes() ?? [];
            writer.Write(number);
            writer.Write(network.Recipe.Seed);
            writer.Write(checkpoint.Length);
            writer.Write(checkpoint);
        }

        writer.Flush();
        return new Bundle(epochLimit, [.. networks], stream.ToArray());
    }

    /// <exception cref="InvalidDataException">Not a bundle, or none that this program knows; the message says what and where.</exception>
    public static Bundle Read(byte[] bytes)
    {
        if (bytes.Length > MostBytes) throw new InvalidDataException($"The bundle has {bytes.Length} bytes; {MostBytes} are allowed.");
        if (!bytes.AsSpan().StartsWith(Magic))
            throw new InvalidDataException($"This is no bundle: it has {bytes.Length} bytes and doesn't begin with MLDSUNIT.");
        var reader = new ByteReader(bytes, "The bundle");
        reader.Take(Magic.Length);
        if (reader.Int32() is var version and not Version)
            throw new InvalidDataException($"The bundle is of version {version}; this program reads version {Version}.");
        var epochLimit = reader.Count("epochs", 1, MostEpochs);
        var formCount = reader.Count("recipes", 1, MostForms);
        var networkCount = reader.Count("networks", 1, MostNetworks);
        var forms = new Recipe[formCount];
        for (var i = 0; i < formCount; i++) forms[i] = ReadForm(reader.Take(reader.Count("bytes of a recipe", 1, MostFormBytes)));
        if (forms.DistinctBy(form => form.CanonicalJson).Count() != formCount)
            throw new InvalidDataException("The bundle has a recipe twice.");
        var networks = new List<BundleNetwork>(networkCount);
        var seen = new HashSet<(int, uint)>();
        for (var i = 0; i < networkCount; i++)
        {
            var number = reader.Count("as a recipe's number", 0, formCount - 1);
            var recipe = forms[number] with { Seed = reader.UInt32() };
            if (!seen.Add((number, recipe.Seed))) throw new InvalidDataException("The bundle asks for a network twice.");
            networks.Add(new BundleNetwork(recipe, ReadCheckpoint(recipe, reader.Take(reader.Int32()))));
        }

        reader.End();
        return new Bundle(epochLimit, networks, bytes);
    }

    /// <summary>The recipes' texts with seed 0, which a machine's networks share, and which of them each network has.</summary>
    static (List<string> Forms, List<int> Numbers) Forms(IReadOnlyList<BundleNetwork> networks)
    {
        var (forms, numbers, known) = (new List<string>(), new List<int>(networks.Count), new List<(Recipe Recipe, int Number)>());
        foreach (var (recipe, _) in networks)
        {
            // Recipes that were copied from one another with another seed share all else, so the text is made once for thousands of them.
            var index = known.FindIndex(sample => SharesAllButSeed(sample.Recipe, recipe));
            if (index < 0)
            {
                var form = (recipe with { Seed = 0 }).CanonicalJson;
                if (!forms.Contains(form)) forms.Add(form);
                index = known.Count;
                known.Add((recipe, forms.IndexOf(form)));
            }

            numbers.Add(known[index].Number);
        }

        return (forms, numbers);
    }

    static bool SharesAllButSeed(Recipe one, Recipe other) =>
        ReferenceEquals(one.MachineName, other.MachineName) && ReferenceEquals(one.Task, other.Task)
        && ReferenceEquals(one.DataSha256, other.DataSha256) && ReferenceEquals(one.Network, other.Network) && ReferenceEquals(
            one.Training, other.Training);

    static Recipe ReadForm(ReadOnlySpan<byte> text)
    {
        try
        {
            var form = Recipe.Parse(Encoding.UTF8.GetString(text));
            return form.Seed == 0 ? form : throw new InvalidDataException(
                $"The bundle has a recipe of seed {form.Seed}; seeds belong to its networks, so it should be 0.");
        }
        catch (Exception problem) when (problem is FormatException or ArgumentException)
        {
            throw new InvalidDataException($"The bundle has a recipe that can't be read: {problem.Message}", problem);
        }
    }

    static Checkpoint? ReadCheckpoint(Recipe recipe, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return null;
        var checkpoint = Checkpoint.FromBytes(bytes);
        var parameters = recipe.Network.Parameters;
        if (checkpoint.RecipeId != recipe.Id)
            throw new InvalidDataException($"The bundle has a checkpoint of recipe {checkpoint.RecipeId} for recipe {recipe.Id}.");
        return checkpoint.Weights.Length == parameters && checkpoint.Epoch > 0 && checkpoint.Epoch < recipe.Training.EpochLimit
            ? checkpoint
            : throw new InvalidDataException(
                $"The bundle has a checkpoint of {checkpoint.Weights.Length} weights and {checkpoint.Epoch} "
                + $"epochs for a network of {parameters} weights.");
    }

    static long MemoryOf(Recipe recipe) =>
        recipe.Task.Bytes + recipe.Network.WorkingBytes(recipe.Task.Steps) + (64L * recipe.Network.Parameters);
}

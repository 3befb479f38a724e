using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Zoos;

/// <summary>
/// The store of trained networks of one population, for reading: a folder with one SQLite database (docs/formats/zoo.md). Any number of
/// processes may read while one writes (<see cref="ZooWriter"/>). Not thread-safe: open one per thread.
/// </summary>
public sealed class Zoo : IDisposable
{
    const string NetworkColumns = """
        n.network_id, n.form_id, n.recipe_id, m.name, n.seed, n.outcome, n.epochs, n.training_loss, n.validation_loss, n.long_loss,
        n.weights_sha256, o.program_version, o.processor, o.kernel_set, o.host, n.core_seconds
        """;

    const string NetworkTables = "networks n JOIN machines m USING(machine_id) JOIN origins o USING(origin_id)";

    readonly ZooDatabase _database;
    readonly bool _hasKept;
    readonly bool _hasParts;
    readonly bool _hasMeasures;

    /// <summary>The column that says how weights are packed, or what stands in for it in older zoos.</summary>
    readonly string _packing;

    internal Zoo(ZooDatabase database)
    {
        _database = database;
        (_hasKept, _hasParts, _hasMeasures) = (database.Version >= 2, database.Version >= 3, database.Version >= 4);
        _packing = database.Version >= 5 ? "coalesce(packing, 0)" : $"{WeightPacking.Plain}";
        Machines = [.. database.Rows("SELECT name FROM machines ORDER BY machine_id").Select(row => row.GetString(0))];
        Population = new ZooPopulation(Meta("population_name"), Meta("population_sha256"), Meta("population_json"), Machines);
        CreatedBy = Meta("created_by");
    }

    /// <summary>The folder, as it was given.</summary>
    public string Folder => _database.Folder;

    /// <summary>The population whose networks the zoo holds.</summary>
    public ZooPopulation Population { get; }

    /// <summary>Names of the population's machines, in its file's order.</summary>
    public IReadOnlyList<string> Machines { get; }

    /// <summary>What the population's file says of its machines or, where it declares no factors, their names.</summary>
    /// <exception cref="ZooException">The file's text can't be read, or declares factors and isn't of its SHA-256.</exception>
    public PopulationFactors Factors => field ??= ReadFactors();

    /// <summary>Version of the program that made the zoo.</summary>
    public string CreatedBy { get; }

    /// <summary>Where the zoo in <paramref name="folder"/> keeps the files that tasks are read from.</summary>
    public static IReadOnlyList<string> FileFolders(string folder) => ZooFiles.FoldersOf(folder);

    /// <summary>Whether <paramref name="folder"/> holds a zoo of any version.</summary>
    public static bool Exists(string folder) => ZooDatabase.Exists(folder);

    /// <summary>Opens a zoo for reading; changes nothing, needs no lock.</summary>
    /// <exception cref="ZooException">No zoo there, one of a newer version, or one that can't be read.</exception>
    public static Zoo Open(string folder) => Open(folder, ZooSchema.Steps);

    internal static Zoo Open(string folder, IReadOnlyList<string> steps)
    {
        var database = ZooDatabase.OpenForReading(folder, steps);
        try
        {
            return new Zoo(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public void Dispose() => _database.Dispose();

    internal ZooDatabase Database => _database;

    /// <summary>
    /// What the zoo was asked for, by <c>generate</c> or by the zoos merged into it; empty where it doesn't say, being older than version 3
    /// or a project's.
    /// </summary>
    public IReadOnlyList<ZooPart> Parts =>
        _hasParts
            ? [.. _database.Rows("SELECT shard, shards, networks FROM parts ORDER BY shards, shard").Select(row =>
            {
                var count = row.GetInt32(1, 1, Shard.MostShards);
                return new ZooPart(new Shard(row.GetInt32(0, 0, count - 1), count), row.GetInt32(2, least: 1));
            })]
            : [];

    /// <summary>Holds the population's text to the SHA-256 beside it.</summary>
    /// <exception cref="ZooException">It has another one: the zoo was tampered with or is damaged.</exception>
    public void CheckPopulationText()
    {
        if (Population.IsWhole) return;
        throw new ZooException(
            $"The zoo '{Folder}' is damaged: its population file has another SHA-256 than the recorded one, "
            + $"which begins {Short(Population.Sha256)}; restore it from a copy.");
    }

    PopulationFactors ReadFactors()
    {
        try
        {
            var factors = PopulationFactors.Parse(Population.CanonicalJson, "population_json");
            if (factors.AreDeclared) CheckPopulationText();
            foreach (var machine in Machines) factors.Of(machine);
            return factors;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new ZooException($"The zoo '{Folder}' is damaged: {exception.Message}", exception);
        }
    }

    static string Short(string sha256) => sha256.Length > 12 ? sha256[..12] : sha256;

    /// <exception cref="ZooException">The zoo belongs to another population; the message names both. Or its population's text isn't of its
    /// SHA-256.</exception>
    public void CheckPopulation(ZooPopulation population)
    {
        CheckPopulationText();
        if (Population.Sha256 == population.Sha256) return;
        var what = Population.Name == population.Name
            ? $"another version of the population '{population.Name}'"
            : $"the population '{Population.Name}', not '{population.Name}'";
        throw new ZooException(
            $"The zoo '{Folder}' holds {what} (its file's SHA-256 begins {Short(Population.Sha256)}, "
            + $"this one's {Short(population.Sha256)}); give another --zoo folder.");
    }

    /// <summary>Counts by machine and outcome.</summary>
    public ZooStatus Status()
    {
        var rows = _database.Rows(
            "SELECT machine_id, outcome, count(*), sum(core_seconds), sum(epochs) FROM networks GROUP BY machine_id, outcome")
            .Select(row => (Machine: row.GetInt64(0), Outcome: OutcomeIn(row, 1), Count: row.GetInt32(2), Seconds: row.GetDouble(3),
                Epochs: row.GetInt64(4)))
            .ToLookup(row => row.Machine);
        var begun = _database.Rows("SELECT machine_id, count(*) FROM checkpoints GROUP BY machine_id")
            .ToDictionary(row => row.GetInt64(0), row => row.GetInt32(1));
        var machines = _database.Rows("SELECT machine_id, name FROM machines ORDER BY machine_id").Select(row =>
        {
            var id = row.GetInt64(0);
            int Count(Outcome outcome) => rows[id].Where(group => group.Outcome == outcome).Sum(group => group.Count);
            return new MachineStatus(
                row.GetString(1),
                Count(Outcome.Converged),
                Count(Outcome.NotConverged),
                Count(Outcome.Diverged),
                rows[id].Sum(group => group.Seconds),
                rows[id].Sum(group => group.Epochs),
                begun.GetValueOrDefault(id));
        });
        return new ZooStatus([.. machines], Bytes());
    }

    /// <summary>What a converged network costs, by machine; machines without one are left out.</summary>
    public IReadOnlyDictionary<string, ConvergedCost> CostOfConverged() =>
        _database.Rows(
            "SELECT m.name, n.epochs, n.core_seconds FROM networks n JOIN machines m USING (machine_id) WHERE n.outcome = $1",
            (int)Outcome.Converged)
            .Select(row => (Machine: row.GetString(0), Epochs: row.GetInt32(1, least: 0), Seconds: row.GetDouble(2)))
            .GroupBy(row => row.Machine, row => (row.Epochs, row.Seconds))
            .ToDictionary(group => group.Key, group => ConvergedCost.Of([.. group]));

    /// <summary>The <see cref="Zoos.WeightsDigest"/> of all its networks.</summary>
    public string WeightsDigest() => Zoos.WeightsDigest.Of(
        _database.Rows("SELECT recipe_id, weights_sha256 FROM networks").Select(row => (Hex(row, 0), Hex(row, 1))));

    /// <summary>
    /// Streams the networks of <paramref name="machine"/>, or of all machines in the population's order; by seed within a machine.
    /// </summary>
    public IEnumerable<StoredNetwork> Networks(string? machine = null)
    {
        foreach (var name in machine is null ? Machines : [Known(machine)])
        {
            var rows = _database.Rows(
                $"SELECT {NetworkColumns} FROM {NetworkTables} WHERE n.machine_id = (SELECT machine_id "
                + "FROM machines WHERE name = $1) ORDER BY n.seed",
                name);
            var measures = MeasuresOf(name);
            foreach (var row in rows)
            {
                var network = Network(row);
                yield return measures.TryGetValue(network.Row, out var its) ? network with { Measures = its } : network;
            }
        }
    }

    /// <summary>Seeds of <paramref name="machine"/> that have a network, whatever its outcome.</summary>
    public HashSet<uint> Seeds(string machine) =>
        [.. _database.Rows("SELECT seed FROM networks WHERE machine_id = (SELECT machine_id FROM machines WHERE name = $1)", Known(machine))
            .Select(row => row.GetUInt32(0))];

    /// <summary>
    /// The networks whose recipe id begins with <paramref name="prefix"/> (hex digits), at most <paramref name="limit"/>.
    /// </summary>
    public IReadOnlyList<StoredNetwork> Find(string prefix, int limit = 10)
    {
        if (prefix.Length is 0 or > 64 || !prefix.All(char.IsAsciiHexDigit))
        {
            throw new ArgumentException(
                $"A recipe id is 64 hex digits, of which the first few are enough; '{prefix}' is not.", nameof(prefix));
        }

        var (low, high) = (Convert.FromHexString(prefix.PadRight(64, '0')), Convert.FromHexString(prefix.PadRight(64, 'f')));
        return [.. _database.Rows(
            $"SELECT {NetworkColumns} FROM {NetworkTables} WHERE recipe_id BETWEEN $1 AND $2 ORDER BY recipe_id LIMIT $3", low, high, limit)
            .Select(Network).Select(Measured)];
    }

    /// <summary>The network of <paramref name="machine"/> with <paramref name="seed"/>, or null.</summary>
    public StoredNetwork? Find(string machine, uint seed) =>
        _database.Rows(
            $"SELECT {NetworkColumns} FROM {NetworkTables} WHERE n.machine_id = (SELECT machine_id "
            + "FROM machines WHERE name = $1) AND n.seed = $2",
            Known(machine), (long)seed)
            .Select(Network).Select(Measured).FirstOrDefault();

    /// <summary>The networks grouped by their recipe but for the seed; each group in the given order.</summary>
    public static IEnumerable<IReadOnlyList<StoredNetwork>> ByForm(IEnumerable<StoredNetwork> networks) =>
        networks.GroupBy(network => network.Form).Select(form => form.ToArray());

    /// <summary>The canonical JSON of a network's recipe.</summary>
    public string RecipeJson(StoredNetwork network)
    {
        var form = _database.Rows("SELECT before_seed, after_seed FROM recipe_forms WHERE form_id = $1", network.Form)
            .Select(row => (RecipeForm?)new RecipeForm(row.GetString(0), row.GetString(1)))
            .FirstOrDefault() ?? throw new ZooException(
                $"The recipe of network {network.RecipeId} is missing from the zoo '{Folder}'; restore it from a copy.");
        var json = form.With(network.Seed);
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
        return id == network.RecipeId
            ? json
            : throw new ZooException(
                $"The recipe of network {network.RecipeId} in the zoo '{Folder}' is damaged: its SHA-256 is {id}; "
                + "restore the zoo from a copy.");
    }

    public IReadOnlyList<EpochRecord> History(StoredNetwork network) =>
        Decoded(network, () => HistoryBlob.Read(_database.Blob("SELECT history FROM runs WHERE network_id = $1", network.Row)));

    public IReadOnlyList<Milestone> Milestones(StoredNetwork network) =>
        Decoded(network, () => MilestoneBlob.Read(_database.Blob("SELECT milestones FROM runs WHERE network_id = $1", network.Row)));

    /// <summary>The P weights of one network, checked against their SHA-256.</summary>
    /// <exception cref="ZooException">They are missing or damaged; the message names the network.</exception>
    public float[] ReadWeights(StoredNetwork network)
    {
        var bytes = Unpacked(network, StoredWeights(network));
        CheckWeights(network, bytes);
        return Floats(bytes);
    }

    /// <summary>Bytes of a network's weights, 4 × P, and bytes that the zoo keeps them in.</summary>
    /// <exception cref="ZooException">They are missing or damaged; the message names the network.</exception>
    public (int Weights, int Stored) WeightsSize(StoredNetwork network)
    {
        var stored = StoredWeights(network);
        return (Unpacked(network, stored).Length, stored.Blob.Length);
    }

    /// <summary>
    /// The weights of all networks of <paramref name="machine"/> as one matrix, by seed, each row checked against its SHA-256.
    /// </summary>
    /// <param name="include">Which networks, or null for all.</param>
    public StoredWeights ReadWeights(string machine, Func<StoredNetwork, bool>? include = null)
    {
        var networks = Networks(machine).Where(include ?? (_ => true)).ToArray();
        var rows = _database.Rows(
            $"SELECT network_id, weights, {_packing} FROM networks LEFT JOIN weights USING(network_id) WHERE machine_id = (SELECT "
            + "machine_id FROM machines WHERE name = $1) ORDER BY seed",
            machine);
        return new WeightMatrixReader(networks, CheckWeights, Damaged).Read(rows);
    }

    /// <summary>A network's recipe; the files of its task are looked for in the zoo.</summary>
    /// <exception cref="ZooException">It is damaged; the message names the network.</exception>
    public Recipe ReadRecipe(StoredNetwork network) => Recipe.Parse(RecipeJson(network)).WithFilesIn(ZooFiles.FoldersOf(Folder));

    /// <summary>A network in full.</summary>
    public TrainedNetwork Read(StoredNetwork network) => new(
        ReadRecipe(network),
        network.Outcome,
        network.Epochs,
        network.ValidationLoss,
        network.LongLoss,
        ReadWeights(network),
        History(network),
        Milestones(network),
        network.Provenance)
    {
        Measures = network.Measures,
    };

    /// <summary>The checkpoint a stopped run of <paramref name="recipeId"/> left, or null. One that can't be read counts as none.</summary>
    public Checkpoint? Checkpoint(string recipeId)
    {
        return Readable(_database.Blob("SELECT checkpoint FROM checkpoints WHERE recipe_id = $1", Convert.FromHexString(recipeId)));
    }

    /// <summary>Null for a checkpoint that can't be read: beginning again costs time, never bits.</summary>
    internal static Checkpoint? Readable(byte[]? bytes)
    {
        try
        {
            return bytes is null ? null : Training.Checkpoint.FromBytes(bytes);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>
    /// Epochs, ascending, at which <paramref name="network"/>'s checkpoint was kept (<c>generate --keep-milestones</c>); often none.
    /// </summary>
    public IReadOnlyList<int> KeptEpochs(StoredNetwork network) => KeptEpochs(network.RecipeId);

    /// <summary>The whole state of the training run at <paramref name="epoch"/>, one of <see cref="KeptEpochs(StoredNetwork)"/>.</summary>
    /// <exception cref="ZooException">It is damaged; the message names the network.</exception>
    /// <exception cref="ArgumentException">None was kept at this epoch.</exception>
    public Checkpoint Kept(StoredNetwork network, int epoch)
    {
        if (KeptBlob(network.RecipeId, epoch) is not { } blob)
        {
            var epochs = KeptEpochs(network);
            throw epochs.Contains(epoch)
                ? new ZooException(
                    $"The checkpoint kept of network {network.RecipeId} at epoch {epoch} in the zoo '{Folder}' is damaged: "
                    + "it is listed but can't be found; restore the zoo from a copy.")
                : new ArgumentException(
                    $"No checkpoint of network {network.RecipeId} was kept at epoch {epoch}; there are {string.Join(", ", epochs)}.",
                    nameof(epoch));
        }

        var checkpoint = Decoded(network, () => Training.Checkpoint.FromBytes(Unpacked(blob)));
        return checkpoint.RecipeId == network.RecipeId && checkpoint.Epoch == epoch
            ? checkpoint
            : throw new ZooException(
                $"The checkpoint kept of network {network.RecipeId} at epoch {epoch} in the zoo '{Folder}' is another one: "
                + $"of {checkpoint.RecipeId} at epoch {checkpoint.Epoch}.");
    }

    /// <summary>A kept checkpoint, or null where there is none that can be read.</summary>
    internal Checkpoint? ReadableKept(string recipeId, int epoch)
    {
        try
        {
            return KeptBlob(recipeId, epoch) is { } blob ? Readable(Unpacked(blob)) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    internal IReadOnlyList<int> KeptEpochs(string recipeId) =>
        _hasKept
            ? [.. _database.Rows("SELECT epoch FROM kept_checkpoints WHERE recipe_id = $1 ORDER BY epoch", Convert.FromHexString(recipeId))
                .Select(row => row.GetInt32(0))]
            : [];

    (byte[] Bytes, bool IsPacked)? KeptBlob(string recipeId, int epoch) => _hasKept
        ? _database.Rows(
            $"SELECT checkpoint, {_packing} FROM kept_checkpoints WHERE recipe_id = $1 AND epoch = $2",
            Convert.FromHexString(recipeId), epoch)
            .Select(row => ((byte[], bool)?)(row.Blob(0).ToArray(), WeightPacking.IsPacked(row, 1))).FirstOrDefault()
        : null;

    static byte[] Unpacked((byte[] Bytes, bool IsPacked) blob) => blob.IsPacked ? WeightPacking.Unpack(blob.Bytes) : blob.Bytes;

    /// <summary>Seeds of <paramref name="machine"/> that have a network but not a kept checkpoint at each of its milestones.</summary>
    internal HashSet<uint> SeedsNotKept(string machine) =>
        _hasKept
            ? [.. _database.Rows(
                """
                SELECT n.seed FROM networks n JOIN runs r USING(network_id)
                WHERE n.machine_id = (SELECT machine_id FROM machines WHERE name = $1)
                AND (length(r.milestones) - 1) / 72 > (SELECT count(*) FROM kept_checkpoints k WHERE k.recipe_id = n.recipe_id)
                """,
                Known(machine)).Select(row => row.GetUInt32(0))]
            : Seeds(machine);

    /// <summary>Runs that are begun but not finished: those with a checkpoint to go on from.</summary>
    internal IEnumerable<(string Machine, uint Seed, string RecipeId)> Unfinished() =>
        _database.Rows(
            "SELECT m.name, c.seed, c.recipe_id FROM checkpoints c JOIN machines m USING(machine_id) ORDER BY c.machine_id, c.seed")
            .Select(row => (row.GetString(0), row.GetUInt32(1), Hex(row, 2)));

    /// <summary>Recipe ids of unfinished runs that have kept checkpoints.</summary>
    internal IEnumerable<string> UnfinishedKept() =>
        _hasKept
            ? _database.Rows("SELECT DISTINCT recipe_id FROM kept_checkpoints WHERE recipe_id NOT IN (SELECT recipe_id FROM networks)")
                .Select(row => Hex(row, 0))
            : [];

    /// <summary>
    /// A network as the database keeps it, checked: recipe and weights against their hashes, history and milestones decoded.
    /// </summary>
    internal ZooRow Row(StoredNetwork network)
    {
        var stored = StoredWeights(network);
        var weights = Unpacked(network, stored);
        CheckWeights(network, weights);
        // Packing takes longer than all the rest: what is packed stays so.
        var (packing, blob) = stored.IsPacked ? (WeightPacking.Packed, stored.Blob) : WeightPacking.Pack(weights);
        return new ZooRow(
            network.RecipeId,
            RecipeForm.Of(RecipeJson(network)),
            network.Machine,
            network.Seed,
            network.Outcome,
            network.Epochs,
            network.TrainingLoss,
            network.ValidationLoss,
            network.LongLoss,
            network.WeightsSha256,
            network.Provenance,
            packing,
            blob,
            HistoryBlob.Write(History(network)),
            MilestoneBlob.Write(Milestones(network)))
        {
            Measures = network.Measures,
        };
    }

    /// <summary>Seeds of <paramref name="machine"/> that have a checkpoint, and the epochs it has.</summary>
    public IReadOnlyDictionary<uint, int> Begun(string machine) =>
        _database.Rows(
            "SELECT seed, epoch FROM checkpoints WHERE machine_id = (SELECT machine_id FROM machines WHERE name = $1)", Known(machine))
            .ToDictionary(row => row.GetUInt32(0), row => row.GetInt32(1));

    /// <summary>How the networks of <paramref name="machine"/> ended, those that ended alike together.</summary>
    public IReadOnlyList<EndedRuns> Ended(string machine) =>
        [.. _database.Rows(
            "SELECT epochs, outcome, count(*) FROM networks WHERE machine_id = (SELECT machine_id FROM machines "
            + "WHERE name = $1) GROUP BY epochs, outcome ORDER BY epochs, outcome",
            Known(machine))
            .Select(row => new EndedRuns(row.GetInt32(0, least: 0), OutcomeIn(row, 1), row.GetInt32(2)))];

    static StoredNetwork Network(StoredRow row) => new(
        Hex(row, 2),
        row.GetString(3),
        row.GetUInt32(4),
        OutcomeIn(row, 5),
        row.GetInt32(6, least: 0),
        Loss(row, 7),
        Loss(row, 8),
        Loss(row, 9),
        Hex(row, 10),
        new Provenance(row.GetString(11), row.GetString(12), row.GetString(13), row.GetString(14), row.GetDouble(15)))
    {
        Row = row.GetInt64(0),
        Form = row.GetInt64(1),
    };

    /// <summary>What was measured of one network.</summary>
    StoredNetwork Measured(StoredNetwork network)
    {
        if (!_hasMeasures) return network;
        var values = _database.Rows("SELECT name, value FROM measures WHERE network_id = $1", network.Row)
            .Select(row => KeyValuePair.Create(row.GetString(0), row.GetDouble(1))).ToArray();
        return values.Length == 0 ? network : network with { Measures = new Measures(values) };
    }

    /// <summary>What was measured of the networks of a machine, by row; those of which nothing was are left out.</summary>
    Dictionary<long, Measures> MeasuresOf(string machine) =>
        _hasMeasures
            ? _database.Rows(
                "SELECT network_id, v.name, value FROM measures v JOIN networks n USING(network_id) WHERE n.machine_id = "
                + "(SELECT machine_id FROM machines WHERE name = $1)",
                machine)
                .Select(row => (Network: row.GetInt64(0), Value: KeyValuePair.Create(row.GetString(1), row.GetDouble(2))))
                .GroupBy(one => one.Network, one => one.Value).ToDictionary(group => group.Key, group => new Measures(group))
            : [];

    static string Hex(StoredRow row, int column) => Convert.ToHexStringLower(row.GetHash(column));

    static Outcome OutcomeIn(StoredRow row, int column) => (Outcome)row.GetInt32(column, (int)Outcome.Converged, (int)Outcome.Diverged);

    static float Loss(StoredRow row, int column) => row.IsNull(column) ? float.NaN : (float)row.GetDouble(column);

    static float[] Floats(byte[] bytes) => MemoryMarshal.Cast<byte, float>(bytes).ToArray();

    byte[] Unpacked(StoredNetwork network, (byte[] Blob, bool IsPacked) stored)
    {
        if (!stored.IsPacked) return stored.Blob;
        try
        {
            return WeightPacking.Unpack(stored.Blob);
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(network, exception.Message.TrimEnd('.'), exception);
        }
    }

    (byte[] Blob, bool IsPacked) StoredWeights(StoredNetwork network) =>
        _database.Rows($"SELECT weights, {_packing} FROM weights WHERE network_id = $1", network.Row)
            .Select(row => (row.Blob(0).ToArray(), WeightPacking.IsPacked(row, 1))).FirstOrDefault() is ({ Length: > 0 } blob, var packed)
            ? (blob, packed)
            : throw Missing(network);

    ZooException Missing(StoredNetwork network) =>
        new(
            $"The weights of network {network.RecipeId} ({network.Machine}, seed {network.Seed}) are missing from the zoo '{Folder}'; "
            + "restore it from a copy.");

    void CheckWeights(StoredNetwork network, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) throw Missing(network);
        if (bytes.Length % sizeof(float) == 0 && Convert.ToHexStringLower(SHA256.HashData(bytes)) == network.WeightsSha256) return;
        throw Damaged(network, "their SHA-256 differs from the recorded one");
    }

    ZooException Damaged(StoredNetwork network, string why, Exception? inner = null) => new(
        $"The weights of network {network.RecipeId} ({network.Machine}, seed {network.Seed}) in the zoo '{Folder}' are damaged: {why}; "
        + "restore the zoo from a copy.",
        inner);

    T Decoded<T>(StoredNetwork network, Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (InvalidDataException exception)
        {
            throw new ZooException(
                $"The record of network {network.RecipeId} in the zoo '{Folder}' is damaged: {exception.Message}", exception);
        }
    }

    string Known(string machine) =>
        Machines.Contains(machine)
            ? machine
            : throw new ArgumentException(
                $"The zoo '{Folder}' has no machine '{machine}'; it has {string.Join(", ", Machines)}.", nameof(machine));

    string Meta(string key) =>
        _database.Scalar("SELECT value FROM meta WHERE key = $1", key) as string
        ?? throw new ZooException($"The zoo '{Folder}' is damaged: it lacks its {key}; restore it from a copy.");

    long Bytes() => new DirectoryInfo(Folder).EnumerateFiles("zoo.*").Sum(file => file.Length);
}

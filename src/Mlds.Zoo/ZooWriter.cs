using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos;

/// <summary>The one writer of a zoo; holds its lock until disposed, or until the process ends in whatever way. Not thread-safe.</summary>
public sealed class ZooWriter : IDisposable
{
    /// <summary>Blobs that are packed in one transaction.</summary>
    const int PackedAtOnce = 256;

    readonly ZooLock _lock;
    readonly ZooDatabase _database;
    readonly Dictionary<string, long> _machines;
    readonly Dictionary<(string, RecipeForm), long> _forms = [];
    readonly Dictionary<Provenance, long> _origins = [];

    ZooWriter(ZooLock @lock, ZooDatabase database, ZooPopulation population)
    {
        (_lock, _database) = (@lock, database);
        Zoo = Begin(population);
        _machines = database.Rows("SELECT name, machine_id FROM machines").ToDictionary(row => row.GetString(0), row => row.GetInt64(1));
    }

    /// <summary>The zoo as the writer sees it; closed with the writer.</summary>
    public Zoo Zoo { get; }

    /// <summary>Opens the zoo in <paramref name="folder"/> for writing, or makes it, folder included.</summary>
    /// <exception cref="ZooException">Another process is writing to it, it belongs to another population or a newer program, or the folder
    /// can't be written to.</exception>
    public static ZooWriter Open(string folder, ZooPopulation population) => Open(folder, population, ZooSchema.Steps);

    internal static ZooWriter Open(string folder, ZooPopulation population, IReadOnlyList<string> steps)
    {
        MakeFolder(folder);
        var @lock = ZooLock.Take(folder);
        ZooDatabase? database = null;
        try
        {
            database = ZooDatabase.OpenForWriting(folder, steps);
            var writer = new ZooWriter(@lock, database, population);
            ZooFiles.Keep(folder, population.Files);
            return writer;
        }
        catch
        {
            database?.Dispose();
            @lock.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _database.Dispose();
        _lock.Dispose();
    }

    /// <summary>
    /// Stores networks in one transaction: when this returns, all of them survive a kill and a power cut; when it throws, none is stored.
    /// Their checkpoints go. A network that is already there with the same weights is left as it is.
    /// </summary>
    /// <exception cref="ZooException">The disk is full, or a network is there with <em>other</em> weights: the message names both
    /// origins.</exception>
    public void Add(IReadOnlyCollection<TrainedNetwork> networks) => Store(networks, []);

    /// <summary>
    /// Stores finished networks and checkpoints of unfinished ones in one transaction. A checkpoint replaces the recipe's former one; a
    /// kept one stays for ever beside the others.
    /// </summary>
    /// <inheritdoc cref="Add"/>
    public void Store(
        IReadOnlyCollection<TrainedNetwork> networks, IReadOnlyCollection<(Recipe Recipe, Checkpoint Checkpoint)> checkpoints,
        IReadOnlyCollection<Checkpoint>? kept = null)
    {
        Transaction(() =>
        {
            foreach (var checkpoint in kept ?? []) Keep(checkpoint);
            foreach (var network in networks) Insert(network);
            foreach (var (recipe, checkpoint) in checkpoints) Save(recipe.MachineName, recipe.Seed, checkpoint);
        });
    }

    /// <summary>
    /// Records what the zoo is asked for. For a part named twice the larger number of networks stays; nothing is written where nothing
    /// changes.
    /// </summary>
    public void Ask(ZooPart part)
    {
        if (Zoo.Parts.Any(there => there.Shard == part.Shard && there.Networks >= part.Networks)) return;
        Transaction(() => _database.Execute("INSERT OR REPLACE INTO parts(shard, shards, networks) VALUES($1, $2, $3)", part.Shard.Index,
            part.Shard.Count, part.Networks));
    }

    /// <summary>
    /// Stores what another zoo of the same population has, in one transaction. Of a recipe's checkpoints the one furthest along stays.
    /// </summary>
    /// <inheritdoc cref="Add"/>
    internal void Import(
        IReadOnlyCollection<ZooRow> networks, IReadOnlyCollection<(string Machine, uint Seed, Checkpoint Checkpoint)> checkpoints,
        IReadOnlyCollection<Checkpoint> kept) =>
        Transaction(() =>
        {
            foreach (var checkpoint in kept) Keep(checkpoint);
            foreach (var network in networks) Insert(network);
            foreach (var (machine, seed, checkpoint) in checkpoints)
            {
                if (Zoo.Find(checkpoint.RecipeId) is []
                    && !(Zoo.Checkpoint(checkpoint.RecipeId) is { } there && there.Epoch >= checkpoint.Epoch))
                {
                    Save(machine, seed, checkpoint);
                }
            }
        });

    /// <summary>
    /// Takes networks out of the zoo in one transaction, with whatever else it has of their recipes: they have turned out not to be the
    /// networks that their recipes lead to. One that isn't there, or is there with other weights, is left alone.
    /// </summary>
    /// <param name="networks">Recipe id and SHA-256 of the false weights, lower-case hex.</param>
    /// <returns>How many were there.</returns>
    public int Withdraw(IReadOnlyCollection<(string RecipeId, string WeightsSha256)> networks)
    {
        var withdrawn = 0;
        if (networks.Count == 0) return 0;
        Transaction(() =>
        {
            foreach (var (recipeId, weights) in networks)
            {
                if (Zoo.Find(recipeId) is not [var stored] || stored.WeightsSha256 != weights) continue;
                foreach (var table in (string[])["weights", "runs", "measures", "networks"])
                {
                    _database.Execute(
                        $"DELETE FROM {table} WHERE network_id = $1", stored.Row);
                }

                foreach (var table in (string[])["checkpoints", "kept_checkpoints"])
                {
                    _database.Execute(
                        $"DELETE FROM {table} WHERE recipe_id = $1", Convert.FromHexString(recipeId));
                }

                withdrawn++;
            }

            _database.Execute("DELETE FROM origins WHERE origin_id NOT IN (SELECT origin_id FROM networks)");
        });
        _origins.Clear();
        return withdrawn;
    }

    /// <summary>
    /// Drops checkpoints that nothing needs any more, packs weights that an earlier version stored as they were, and gives unused pages
    /// back to the disk.
    /// </summary>
    public void Compact()
    {
        Transaction(() => _database.Execute("DELETE FROM checkpoints WHERE recipe_id IN (SELECT recipe_id FROM networks)"));
        Pack("weights", "network_id", "weights");
        Pack("kept_checkpoints", "kept_id", "checkpoint");
        _database.Vacuum();
    }

    void Pack(string table, string key, string column)
    {
        var plain = _database.Rows($"SELECT {key} FROM {table} WHERE packing = {WeightPacking.Plain}")
            .Select(row => row.GetInt64(0)).ToList();
        foreach (var some in plain.Chunk(PackedAtOnce))
        {
            Transaction(() =>
            {
                foreach (var row in some)
                {
                    var blob = _database.Blob($"SELECT {column} FROM {table} WHERE {key} = $1", row) ?? [];
                    var (packing, packed) = WeightPacking.Pack(blob);
                    if (packing != WeightPacking.Plain)
                        _database.Execute($"UPDATE {table} SET {column} = $2, packing = $3 WHERE {key} = $1", row, packed, packing);
                }
            });
        }
    }

    void Transaction(Action work)
    {
        try
        {
            _database.Transaction(work);
        }
        catch
        {
            // What these remember may just have been rolled back.
            _forms.Clear();
            _origins.Clear();
            throw;
        }
    }

    static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ZooException($"The folder '{folder}' for the zoo can't be made: {exception.Message}", exception);
        }
    }

    Zoo Begin(ZooPopulation population)
    {
        if (!population.IsWhole)
        {
            throw new ZooException(
                $"The text of the population '{population.Name}' has another SHA-256 than the one recorded beside it; nothing was stored.");
        }

        if (_database.Scalar("SELECT value FROM meta WHERE key = 'population_sha256'") is null)
        {
            _database.Transaction(() =>
            {
                void Meta(string key, string value) => _database.Execute("INSERT INTO meta VALUES($1, $2)", key, value);
                Meta("population_name", population.Name);
                Meta("population_sha256", population.Sha256);
                Meta("population_json", population.CanonicalJson);
                Meta("created_by", Provenance.Version);
                for (var i = 0; i < population.Machines.Count; i++)
                    _database.Execute("INSERT INTO machines VALUES($1, $2)", i + 1, population.Machines[i]);
            });
        }

        var zoo = new Zoo(_database);
        zoo.CheckPopulation(population);
        return zoo;
    }

    void Insert(TrainedNetwork network)
    {
        var (packing, weights) = WeightPacking.Pack(WeightsHash.Bytes(network.Weights));
        Insert(new ZooRow(
            network.Recipe.Id,
            RecipeForm.Of(network.Recipe.CanonicalJson),
            network.Recipe.MachineName,
            network.Recipe.Seed,
            network.Outcome,
            network.Epochs,
            network.History.Count > 0 ? network.History[^1].TrainingLoss : float.NaN,
            network.ValidationLoss,
            network.LongLoss,
            network.WeightsSha256,
            network.Provenance,
            packing,
            weights,
            HistoryBlob.Write(network.History),
            MilestoneBlob.Write(network.Milestones))
        {
            Measures = network.Measures,
        });
    }

    void Insert(ZooRow network)
    {
        var id = Convert.FromHexString(network.RecipeId);
        _database.Execute("DELETE FROM checkpoints WHERE recipe_id = $1", id);
        if (IsThere(network)) return;
        _database.Execute(
            """
            INSERT INTO networks(
                recipe_id, form_id, machine_id, seed, outcome, epochs,
                training_loss, validation_loss, long_loss, core_seconds, origin_id, weights_sha256)
            VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            id,
            FormId(network.Machine, network.Form),
            MachineId(network.Machine),
            (long)network.Seed,
            (int)network.Outcome,
            network.Epochs,
            Loss(network.TrainingLoss),
            Loss(network.ValidationLoss),
            Loss(network.LongLoss),
            network.Provenance.CoreSeconds,
            OriginId(network.Provenance),
            Convert.FromHexString(network.WeightsSha256));
        var row = _database.Scalar("SELECT last_insert_rowid()");
        _database.Execute(
            "INSERT INTO weights(network_id, weights, packing) VALUES($1, $2, $3)", row, network.Weights, network.Packing);
        _database.Execute("INSERT INTO runs VALUES($1, $2, $3)", row, network.History, network.Milestones);
        foreach (var (name, value) in network.Measures.Values)
            _database.Execute("INSERT INTO measures(network_id, name, value) VALUES($1, $2, $3)", row, name, value);
    }

    void Save(string machine, uint seed, Checkpoint checkpoint) => _database.Execute(
        "INSERT OR REPLACE INTO checkpoints(recipe_id, machine_id, seed, epoch, checkpoint) VALUES($1, $2, $3, $4, $5)",
        Convert.FromHexString(checkpoint.RecipeId),
        MachineId(machine),
        (long)seed,
        checkpoint.Epoch,
        checkpoint.ToBytes());

    /// <summary>Keeps a checkpoint unless the same is there. A damaged one is replaced: it can be no worse than this.</summary>
    void Keep(Checkpoint checkpoint)
    {
        if (Zoo.ReadableKept(checkpoint.RecipeId, checkpoint.Epoch) is { } there)
        {
            if (there.HasSameBits(checkpoint)) return;
            throw new ZooException(
                $"The checkpoint of {checkpoint.RecipeId} at epoch {checkpoint.Epoch} is kept in the zoo '{Zoo.Folder}' "
                + $"with other bits (weights {WeightsHash.Of(there.Weights)[..12]} …, now {WeightsHash.Of(checkpoint.Weights)[..12]} …); "
                + "one of them was computed wrongly.");
        }

        var (packing, blob) = WeightPacking.Pack(checkpoint.ToBytes());
        _database.Execute(
            "INSERT OR REPLACE INTO kept_checkpoints(recipe_id, epoch, checkpoint, packing) VALUES($1, $2, $3, $4)",
            Convert.FromHexString(checkpoint.RecipeId), checkpoint.Epoch, blob, packing);
    }

    bool IsThere(ZooRow network)
    {
        if (Zoo.Find(network.RecipeId) is [var stored])
        {
            if (stored.WeightsSha256 == network.WeightsSha256) return true;
            throw new ZooException(
                $"Network {network.RecipeId} ({network.Machine}, seed {network.Seed}) is in the zoo '{Zoo.Folder}' with other weights: "
                + $"stored {stored.Provenance.Origin}, now {network.Provenance.Origin}; one of them computed wrongly.");
        }

        var other = _database.Blob(
            "SELECT recipe_id FROM networks WHERE machine_id = $1 AND seed = $2", MachineId(network.Machine), (long)network.Seed);
        return other is null
            ? false
            : throw new ZooException(
                $"The zoo '{Zoo.Folder}' already has seed {network.Seed} of {network.Machine} by another "
                + $"recipe ({Convert.ToHexStringLower(other)[..12]} …, not {network.RecipeId[..12]} …); give another --zoo folder.");
    }

    static object? Loss(float value) => float.IsNaN(value) ? null : (double)value;

    long MachineId(string name) =>
        _machines.TryGetValue(name, out var id)
            ? id
            : throw new ZooException($"The population '{Zoo.Population.Name}' of the zoo '{Zoo.Folder}' has no machine '{name}'.");

    long FormId(string name, RecipeForm form)
    {
        if (_forms.TryGetValue((name, form), out var id)) return id;
        var machine = MachineId(name);
        _database.Execute(
            "INSERT OR IGNORE INTO recipe_forms(machine_id, before_seed, after_seed) VALUES($1, $2, $3)",
            machine, form.BeforeSeed, form.AfterSeed);
        id = (long)_database.Scalar(
            "SELECT form_id FROM recipe_forms WHERE machine_id = $1 AND before_seed = $2 AND after_seed = $3",
            machine, form.BeforeSeed, form.AfterSeed)!;
        _forms.Add((name, form), id);
        return id;
    }

    long OriginId(Provenance provenance)
    {
        var key = provenance with { CoreSeconds = 0 };
        if (_origins.TryGetValue(key, out var id)) return id;
        object?[] values = [key.ProgramVersion, key.Processor, key.KernelSet, key.Host];
        _database.Execute("INSERT OR IGNORE INTO origins(program_version, processor, kernel_set, host) VALUES($1, $2, $3, $4)", values);
        id = (long)_database.Scalar(
            "SELECT origin_id FROM origins WHERE program_version = $1 AND processor = $2 AND kernel_set = $3 AND host = $4", values)!;
        _origins.Add(key, id);
        return id;
    }
}

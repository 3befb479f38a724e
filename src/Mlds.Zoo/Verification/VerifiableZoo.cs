using System.Security.Cryptography;
using System.Text;
using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Zoos.Verification;

/// <summary>A zoo as <see cref="Verifier"/> reads it. What is damaged becomes a doubt; the rest is read all the same.</summary>
sealed class VerifiableZoo : IVerifiable
{
    readonly Zoo _zoo;
    readonly VerificationOptions _options;

    /// <exception cref="ZooException">Its database can't be read at all.</exception>
    public VerifiableZoo(string folder, VerificationOptions options)
    {
        _options = options;
        _zoo = Zoo.Open(folder);
        try
        {
            Networks = [.. _zoo.Networks()];
        }
        catch
        {
            _zoo.Dispose();
            throw;
        }
    }

    public string Kind => "zoo";

    public string Population => _zoo.Population.Name;

    public IReadOnlyList<StoredNetwork> Networks { get; }

    /// <summary>Whether any checkpoint is kept.</summary>
    public bool HasKept => _zoo.Database.Version >= 2 && _zoo.Database.Scalar("SELECT 1 FROM kept_checkpoints LIMIT 1") is not null;

    public void Dispose() => _zoo.Dispose();

    /// <summary>The whole file against its seal; also for a database that can't be opened any more.</summary>
    /// <returns>Whether the zoo may be opened: not if one of its files is no file.</returns>
    public static bool CheckSeal(string folder, VerificationLog log, CancellationToken cancellation) =>
        log.Try(Checks.Files, ZooDatabase.FileName, () => ZooDatabase.CheckFiles(folder))
        && (log.Try(Checks.Files, ZooSeal.FileName, () => CompareSeal(folder, log, cancellation)) || true);

    static void CompareSeal(string folder, VerificationLog log, CancellationToken cancellation)
    {
        switch (ZooSeal.IsWhole(folder, cancellation))
        {
            case null:
                log.Note(
                    Checks.Files,
                    "the zoo isn't sealed: its writer is at work, was killed or is of an older version; "
                    + "what only the seal covers (unused bytes, provenance) can't be checked");
                break;
            case false:
                log.Count(Checks.Files);
                log.Doubt(
                    Checks.Files, ZooDatabase.FileName, $"it isn't what its writer left: its SHA-256 is not the one in {ZooSeal.FileName}");
                break;
            default:
                log.Count(Checks.Files);
                break;
        }
    }

    /// <summary>What the zoo was asked for; known after <see cref="CheckWhole"/>.</summary>
    public AskedNetworks? Asked { get; private set; }

    public void CheckWhole(VerificationLog log, CancellationToken cancellation)
    {
        log.Begin(Checks.Population, "the population file has its recorded SHA-256 and leads to the zoo's machines");
        log.Try(Checks.Files, ZooDatabase.FileName, () =>
        {
            using var interruption = _zoo.Database.Interruptible(cancellation);
            log.Count(Checks.Files);
            foreach (var fault in _zoo.Database.Rows("PRAGMA integrity_check(20)").Select(row => row.GetString(0))
                .Where(text => text != "ok").ToList())
            {
                log.Doubt(Checks.Files, ZooDatabase.FileName, $"SQLite finds: {fault}");
            }

            foreach (var table in _zoo.Database.Rows("PRAGMA foreign_key_check").Select(row => row.GetString(0)).Distinct().ToList())
                log.Doubt(Checks.Files, ZooDatabase.FileName, $"the table {table} has rows that belong to nothing");
        });
        cancellation.ThrowIfCancellationRequested();
        log.Try(Checks.Population, "population_json", CheckPopulation(log));
        log.Try(Checks.Population, "parts", () => CheckAsked(log));
        log.Try(Checks.Files, "checkpoints", () => CheckUnfinished(log, cancellation));
    }

    /// <summary>A missing network casts no doubt on those that are there, but whoever takes the zoo for the whole should know.</summary>
    void CheckAsked(VerificationLog log)
    {
        Asked = AskedNetworks.Of(_zoo);
        if (Asked is null) return;
        log.Begin(Checks.Asked, "networks that the zoo was asked for are there");
        log.Count(Checks.Asked, Asked.Asked);
        if (!Asked.IsAll) log.Note(Checks.Asked, $"{Asked}");
    }

    Action CheckPopulation(VerificationLog log) => () =>
    {
        log.Count(Checks.Population);
        var json = _zoo.Population.CanonicalJson;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
        if (hash != _zoo.Population.Sha256)
            log.Doubt(Checks.Population, "population_json", $"its SHA-256 is {hash}, recorded {_zoo.Population.Sha256}");
        var population = Recipes.Population.Parse(json, "The zoo's population", KnownFiles());
        if (population.Name != _zoo.Population.Name || !population.MachineNames.SequenceEqual(_zoo.Machines))
        {
            log.Doubt(
                Checks.Population, "machines",
                $"the zoo has {string.Join(", ", _zoo.Machines)}; "
                + $"its population '{population.Name}' has {string.Join(", ", population.MachineNames)}");
        }

        // One recipe per machine is worked out; its other recipes have the same form, so they differ in nothing but the seed.
        foreach (var machine in Networks.GroupBy(network => network.Machine))
        {
            foreach (var form in machine.GroupBy(network => network.Form))
            {
                var network = form.First();
                if (population.MachineNames.Contains(network.Machine)
                    && population.Recipe(network.Machine, network.Seed).Id != network.RecipeId)
                {
                    log.Doubt(
                        Checks.Recipes, network,
                        $"its population leads to another recipe, {population.Recipe(network.Machine, network.Seed).Id}");
                }
            }
        }
    };

    /// <summary>
    /// What the recipes say of files of sequences: whether a file leads to what its recipe says is another check, and it may be missing.
    /// </summary>
    TaskFiles KnownFiles()
    {
        var forms = Networks.DistinctBy(network => (network.Machine, network.Form)).ToList();
        return TaskFiles.In(ZooFiles.FoldersOf(_zoo.Folder), forms.Select(Known).OfType<PlannedTask>());
    }

    /// <summary>Null for a recipe that can't be read, which is a doubt of its own.</summary>
    PlannedTask? Known(StoredNetwork network)
    {
        try
        {
            var recipe = _zoo.ReadRecipe(network);
            return new PlannedTask(recipe.Task, recipe.DataSha256);
        }
        catch (Exception damaged) when (damaged is ZooException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Checkpoints of unfinished runs: a damaged one only costs time, but it is damage.</summary>
    void CheckUnfinished(VerificationLog log, CancellationToken cancellation)
    {
        foreach (var row in _zoo.Database.Rows(
            "SELECT c.recipe_id, m.name, c.seed, c.checkpoint FROM checkpoints c JOIN machines m USING(machine_id)"))
        {
            cancellation.ThrowIfCancellationRequested();
            log.Count(Checks.Files);
            var id = Convert.ToHexStringLower(row.GetBytes(0));
            var checkpoint = Zoo.Readable(row.GetBytes(3));
            if (checkpoint?.RecipeId == id) continue;
            log.Doubt(
                Checks.Files, $"checkpoint of the unfinished {id} ({row.GetString(1)}, seed {row.GetInt64(2)})",
                "it is damaged; its run will begin again");
        }

        if (_zoo.Database.Version < 2) return;
        foreach (var row in _zoo.Database.Rows(
            "SELECT k.recipe_id, k.epoch FROM kept_checkpoints k WHERE k.recipe_id NOT IN (SELECT recipe_id FROM networks)"))
        {
            cancellation.ThrowIfCancellationRequested();
            log.Count(Checks.Files);
            var id = Convert.ToHexStringLower(row.GetBytes(0));
            var epoch = row.GetInt32(1);
            if (_zoo.ReadableKept(id, epoch) is { } checkpoint && checkpoint.RecipeId == id && checkpoint.Epoch == epoch) continue;
            log.Doubt(Checks.Files, $"checkpoint kept of the unfinished {id} at epoch {epoch}", "it is damaged");
        }
    }

    public IEnumerable<StoredRun> Runs(VerificationLog log)
    {
        foreach (var network in Networks)
            if (Run(network, log) is { } run) yield return run;
    }

    public StoredRun Run(StoredNetwork network, VerificationLog log)
    {
        var run = new StoredRun(network, null, null, null, null, []);
        log.Try(Checks.Recipes, network, () => run = run with { Recipe = _options.WithFiles(_zoo.ReadRecipe(network)) });
        log.Try(Checks.Weights, network, () => run = run with { Weights = _zoo.ReadWeights(network) });
        log.Try(Checks.Records, network, () => run = run with { History = _zoo.History(network) });
        log.Try(Checks.Milestones, network, () => run = run with { Milestones = _zoo.Milestones(network) });
        if (KeptEpochs(network) is { Count: > 0 } epochs)
        {
            var kept = new List<Checkpoint>();
            foreach (var epoch in epochs) log.Try(Checks.Kept, network, () => kept.Add(_zoo.Kept(network, epoch)));
            run = run with { Kept = kept };
        }

        return run;
    }

    public IReadOnlyList<int> KeptEpochs(StoredNetwork network) => _zoo.KeptEpochs(network);
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Cli.Training;

/// <summary>
/// Where the time of whole networks goes, from the recipe to the zoo: networks of one machine trained one after the other by one thread,
/// each stored on its own in a zoo in a temporary folder. Seconds of the wall clock, all networks together.
/// </summary>
/// <param name="Networks">Whole networks, after one that isn't counted.</param>
/// <param name="Epochs">Their epochs, all together.</param>
/// <param name="Data">Making the machine's sequences: once, for all its networks, and in no share below.</param>
/// <param name="Recipes">Writing and hashing recipes.</param>
/// <param name="Hashing">Hashing the trained weights, once per network; part of <paramref name="Store"/> too, which does it again.</param>
/// <param name="Store">One transaction per network; a population's writer gathers many networks in one.</param>
/// <param name="Total">The whole, one network after the other.</param>
/// <param name="Checkpoint">One checkpoint: copied, encoded and stored. Not in the total: networks that take less than `--checkpoint-every`
/// make none.</param>
sealed record NetworkBenchmark(
    string Machine, int Networks, int Epochs, double Data, double Recipes, TrainingTimes Training, double Hashing,
    double Store, double Total, double Checkpoint)
{
    /// <summary>Share of a whole network's time that is spent in training steps.</summary>
    public double StepShare => Training.Steps / Total;

    /// <summary>The parts in the order of the work, in seconds, which add up to <see cref="Total"/>.</summary>
    public IEnumerable<(string Key, string What, double Seconds)> Parts
    {
        get
        {
            (string, string, double)[] known =
            [
                ("recipe", "recipe and its hash", Recipes),
                ("preparation", "initial weights, kernels' memory", Training.Preparation),
                ("shuffles", "shuffles", Training.Shuffles),
                ("steps", "training steps (load, forward, backward, optimiser)", Training.Steps),
                ("validation", "validation", Training.Validation),
                ("milestones", "milestones", Training.Milestones),
                ("long_test", "long test", Training.LongTest),
                ("hashing", "hash of the weights", Hashing),
                ("zoo_write", "zoo write, one transaction each", Store),
            ];
            return [.. known, ("rest", "rest", Math.Max(0, Total - known.Sum(part => part.Item3)))];
        }
    }

    public JsonObject ToJson()
    {
        var parts = new JsonObject();
        foreach (var (key, _, seconds) in Parts)
            parts[key] = new JsonObject { ["milliseconds"] = 1e3 * seconds / Networks, ["share"] = seconds / Total };
        return new JsonObject
        {
            ["machine"] = Machine,
            ["networks"] = Networks,
            ["epochs"] = Epochs,
            ["milliseconds"] = 1e3 * Total / Networks,
            ["step_share"] = StepShare,
            ["parts"] = parts,
            ["data_milliseconds"] = 1e3 * Data,
            ["checkpoint_milliseconds"] = 1e3 * Checkpoint,
        };
    }

    /// <summary>Trains seeds 0, 1, … of <paramref name="machine"/> for about <paramref name="seconds"/>, at least two networks.</summary>
    /// <param name="onNetwork">Called with the seconds gone after every network.</param>
    public static NetworkBenchmark Measure(
        Population population, string machine, double seconds, Action<double> onNetwork, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var data = population.Data(machine);
        var made = clock.Elapsed.TotalSeconds;
        var folder = Directory.CreateTempSubdirectory("mlds-bench-");
        try
        {
            using var writer = ZooWriter.Open(folder.FullName, ZooPopulation.Of(population));
            // The first network pays for what a process does only once: compiling, the first pages, the database's tables.
            var measured = new NetworkBenchmark(machine, 0, 0, made, 0, default, 0, 0, 0, 0);
            for (uint seed = 0; seed < 2 || clock.Elapsed.TotalSeconds < seconds; seed++)
            {
                var one = One(population, machine, seed, data, writer, cancellation);
                if (seed > 0) measured = measured.And(one);
                onNetwork(clock.Elapsed.TotalSeconds);
            }

            return measured;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static NetworkBenchmark One(
        Population population, string machine, uint seed, TrainingData data, ZooWriter writer, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var recipe = population.Recipe(machine, seed);
        _ = recipe.Id;
        var recipes = watch.Elapsed.TotalSeconds;
        using var run = new TrainingRun(recipe, data);
        while (run.Outcome is null)
        {
            cancellation.ThrowIfCancellationRequested();
            run.NextEpoch();
        }

        var network = run.Finish();
        var trained = watch.Elapsed.TotalSeconds;
        _ = network.WeightsSha256;
        var hashed = watch.Elapsed.TotalSeconds;
        writer.Add([network]);
        var stored = watch.Elapsed.TotalSeconds;
        run.Dispose();
        var total = watch.Elapsed.TotalSeconds;
        watch.Restart();
        writer.Store([], [(recipe, run.Checkpoint())]);
        return new NetworkBenchmark(
            machine, 1, network.Epochs, 0, recipes, run.Times, hashed - trained, stored - hashed, total, watch.Elapsed.TotalSeconds);
    }

    NetworkBenchmark And(NetworkBenchmark other) => this with
    {
        Networks = Networks + 1,
        Epochs = Epochs + other.Epochs,
        Recipes = Recipes + other.Recipes,
        Training = new TrainingTimes(
            Training.Preparation + other.Training.Preparation,
            Training.Shuffles + other.Training.Shuffles,
            Training.Steps + other.Training.Steps,
            Training.Validation + other.Training.Validation,
            Training.Milestones + other.Training.Milestones,
            Training.LongTest + other.Training.LongTest),
        Hashing = Hashing + other.Hashing,
        Store = Store + other.Store,
        Total = Total + other.Total,
        Checkpoint = ((Checkpoint * Networks) + other.Checkpoint) / (Networks + 1),
    };
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos;
using Mlds.Zoos.Releases;

namespace Mlds.Benchmarks;

/// <summary>
/// A zoo of 100,000 networks of the DS1 shape, drawn and not trained: how long opening, counting and reading take. Reading the weights of
/// one machine as a matrix, each row checked by its SHA-256, is timed in turn with its rival: the same numbers in a .npy file, read whole
/// and not checked.
/// </summary>
static class ZooSpeed
{
    const int Rounds = 7;

    public static int Run(string[] options)
    {
        var each = options is ["--networks", var text] ? int.Parse(text, CultureInfo.InvariantCulture) / 10 : 10_000;
        var folder = Directory.CreateTempSubdirectory("mlds-zoo-speed-").FullName;
        try
        {
            var population = Synthetic();
            var making = Seconds(() => Make(folder, population, each));
            var file = Path.Combine(folder, "weights.npy");
            var machine = population.MachineNames[3];
            WriteRival(folder, file, machine);
            Console.WriteLine(
                Measure(folder, file, machine, 10 * each, making).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static JsonObject Measure(string folder, string file, string machine, int networks, double making)
    {
        using var zoo = Zoo.Open(folder);
        Check(zoo, file, machine);
        var (open, status, digest, matrix, rival) =
            (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            open.Add(Seconds(() => Zoo.Open(folder).Dispose()));
            status.Add(Seconds(() => zoo.Status()));
            digest.Add(Seconds(() => zoo.WeightsDigest()));
            matrix.Add(Seconds(() => zoo.ReadWeights(machine)));
            rival.Add(Seconds(() => ReadRival(file)));
        }

        return new JsonObject
        {
            ["networks"] = networks,
            ["bytes"] = zoo.Status().Bytes,
            ["made_networks_per_second"] = networks / making,
            ["open_seconds"] = Spread(open),
            ["status_seconds"] = Spread(status),
            ["digest_seconds"] = Spread(digest),
            ["matrix_of_one_machine_seconds"] = Spread(matrix),
            ["npy_unchecked_seconds"] = Spread(rival),
            ["matrix_over_npy"] = Median(matrix.Zip(rival, (a, b) => a / b)),
            ["rounds"] = Rounds,
            ["processors"] = Environment.ProcessorCount,
        };
    }

    /// <summary>Both readers give the same numbers.</summary>
    static void Check(Zoo zoo, string file, string machine)
    {
        if (!zoo.ReadWeights(machine).Weights.AsSpan().SequenceEqual(ReadRival(file)))
            throw new InvalidOperationException("The zoo and the file have different weights.");
    }

    static Population Synthetic()
    {
        string[] names = ["EightBitMachine", "SingleDirectMachine", "SingleInvertMachine", "SimpleXORMachine", "ParityMachine"];
        var machines = names.Concat(names.Select(name => name + "2"))
            .Select(name => $$"""{"machine": "{{name.TrimEnd('2')}}", "name": "{{name}}"}""");
        return Population.Parse(
            $$$"""
            {"name": "synthetic", "licence": "CC-BY-SA-4.0", "networks": 1,
              "network": {"inputs": 9, "hidden": 12, "layers": 4, "linear": [12, 12, 12, 12, 8], "activation": "none"},
              "defaults": {
                "data": {"seed": 1, "training": 128, "validation": 32, "length": 4, "long_test": 8, "long_length": 16},
                "training": {"optimizer": "adam", "loss": "mean_squared_error", "batch": 16, "learning_rate": 0.01, "beta1": 0.9,
                  "beta2": 0.999, "epsilon": 1e-8, "goal_loss": 0.02, "epoch_limit": 60, "milestone_every": 10}},
              "machines": [{{{string.Join(", ", machines)}}}]}
            """,
            "synthetic");
    }

    static void Make(string folder, Population population, int each)
    {
        using var writer = ZooWriter.Open(folder, ZooPopulation.Of(population));
        var layout = population.Network.Layout;
        foreach (var machine in population.MachineNames)
        {
            foreach (var seeds in Enumerable.Range(0, each).Chunk(500))
                writer.Add([.. seeds.AsParallel().AsOrdered().Select(seed => Network(population.Recipe(machine, (uint)seed), layout))]);
        }
    }

    static TrainedNetwork Network(Recipe recipe, WeightLayout layout)
    {
        var weights = InitialWeights.Draw(layout, recipe.Seed);
        EpochRecord[] history = [.. Enumerable.Range(1, 40).Select(epoch => new EpochRecord(epoch, 1f / epoch, 1f / epoch, 0.01f))];
        Milestone[] milestones = [.. Enumerable.Range(1, 4).Select(i => Milestone.Link(recipe.Id, 10 * i, 0.1f, recipe.Id))];
        return new TrainedNetwork(
            recipe, Outcome.Converged, 40, 1f / 40, 0.1f, weights, history, milestones, new Provenance("0", "synthetic", "none", "", 1));
    }

    static void WriteRival(string folder, string file, string machine)
    {
        using var zoo = Zoo.Open(folder);
        var weights = zoo.ReadWeights(machine);
        using var npy = new NpyFile(file, weights.Networks.Count, weights.Parameters);
        for (var i = 0; i < weights.Networks.Count; i++) npy.WriteRow(weights.Row(i));
    }

    static float[] ReadRival(string file)
    {
        using var stream = File.OpenRead(file);
        stream.Position = 128;
        var weights = GC.AllocateUninitializedArray<float>((int)((stream.Length - 128) / sizeof(float)));
        stream.ReadExactly(MemoryMarshal.AsBytes(weights.AsSpan()));
        return weights;
    }

    static double Seconds(Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    static JsonObject Spread(List<double> times) => new() { ["median"] = Median(times), ["least"] = times.Min(), ["most"] = times.Max() };

    static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Releases;
using Mlds.Training;

namespace Mlds.Zoos.Tests;

/// <summary>Releases as others' readers see them: NumPy, h5py, h5dump, sha256sum and Parquet.Net.</summary>
public sealed class ReleaseTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public ReleaseTests()
    {
        using var writer = ZooWriter.Open(_scratch["z"], Example.Of(Example.Small));
        foreach (var machine in Example.Small.MachineNames)
        {
            // Seed 2 of each didn't converge; Parity has one network less than the others.
            writer.Add([.. Enumerable.Range(0, machine == "ParityMachine" ? 5 : 6)
                .Select(seed => Example.Network(Example.Small, machine, (uint)seed, seed == 2 ? Outcome.NotConverged : Outcome.Converged, 5 + seed))]);
        }
    }

    public void Dispose() => _scratch.Dispose();

    WrittenRelease Write(string name, int[] subsets, params string[] formats)
    {
        using var zoo = Zoo.Open(_scratch["z"]);
        return ReleaseWriter.Write(zoo, _scratch[name], new ReleaseOptions(subsets, formats), (_, _, _) => { }, default);
    }

    List<StoredNetwork> Expected(params int[] subsets)
    {
        using var zoo = Zoo.Open(_scratch["z"]);
        uint[] seeds = [0, 1, 3, 4];
        var rows = new List<StoredNetwork>();
        for (var i = 0; i < subsets.Length; i++)
        {
            foreach (var machine in Example.Small.MachineNames)
                rows.AddRange(seeds[(i == 0 ? 0 : subsets[i - 1])..subsets[i]].Select(seed => zoo.Networks(machine).Single(network => network.Seed == seed)));
        }

        return rows;
    }

    static string Run(string program, string folder, params string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"There is no {program} on this machine.");
            throw;
        }

        using (process)
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (error.Result.Contains("ModuleNotFoundError", StringComparison.Ordinal)) Assert.Skip(error.Result.TrimEnd().Split('\n')[^1]);
            Assert.True(process.ExitCode == 0, error.Result);
            return output;
        }
    }

    static string Python(string folder, string code) => Run("/usr/bin/python3", folder, "-c", code);

    [Fact]
    public void NumPy_reads_the_weights_in_subset_then_machine_then_seed_order()
    {
        var release = Write("r", [1, 3], "npy");
        var networks = Expected(1, 3);
        Assert.Equal(networks.Select(network => network.RecipeId), release.Plan.Networks.Select(released => released.Network.RecipeId));
        Assert.Equal([1, 1, 1, 3, 3, 3, 3, 3, 3], release.Plan.Networks.Select(released => released.Subset));
        var lines = Python(_scratch["r"], "import numpy, hashlib; w = numpy.load('weights.npy', mmap_mode='r'); print(w.dtype, w.shape)\nfor row in w: print(hashlib.sha256(row.tobytes()).hexdigest())")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"float32 (9, {Example.Network(Example.Small, "ParityMachine", 0).Weights.Length})", lines[0]);
        Assert.Equal(networks.Select(network => network.WeightsSha256), lines[1..]);
    }

    [Fact]
    public void H5py_and_h5dump_read_the_whole_release_from_one_file()
    {
        Write("r", [2], "npy", "h5");
        var networks = Expected(2);
        var lines = Python(
            _scratch["r"],
            """
            import h5py, numpy, hashlib
            f = h5py.File('mlds.h5')
            assert (f['weights'][...] == numpy.load('weights.npy')).all()
            assert f['weights'].dtype == 'float32' and f.attrs['format'] == 'mlds-release' and f.attrs['version'] == 1
            t = f['networks']; h = f['history']; start = h['start'][...]
            for i in range(len(t['seed'])):
                print(t['recipe_id'][i].decode(), t['machine'][i].decode(), t['seed'][i], t['subset'][i], t['outcome'][i].decode(), t['epochs'][i], t['weights_sha256'][i].decode())
                assert start[i + 1] - start[i] == t['epochs'][i] and h['validation_loss'][start[i + 1] - 1] == t['validation_loss'][i]
            assert list(f['layout']['tensor'][:2]) == [b'gru.weight_ih_l0', b'gru.weight_hh_l0']
            print(f['population_json'][0].decode())
            """).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            networks.Select(n => $"{n.RecipeId} {n.Machine} {n.Seed} 2 converged {n.Epochs} {n.WeightsSha256}"),
            lines[..^1]);
        Assert.Equal(Example.Small.CanonicalJson, lines[^1]);
        var header = Run("h5dump", _scratch["r"], "-H", "mlds.h5");
        Assert.Contains("DATASET \"weights\"", header);
        Assert.Contains("H5T_IEEE_F32LE", header);
    }

    [Fact]
    public async Task Another_Parquet_reader_finds_every_column_and_every_history()
    {
        Write("r", [1, 3], "npy");
        var networks = Expected(1, 3);
        using var zoo = Zoo.Open(_scratch["z"]);
        await using var reader = await Parquet.ParquetReader.CreateAsync(Path.Combine(_scratch["r"], "networks.parquet"), cancellationToken: TestContext.Current.CancellationToken);
        var readme = File.ReadAllText(Path.Combine(_scratch["r"], "README.md"));
        foreach (var field in reader.Schema.Fields) Assert.Contains($"| `{field.Name}` | ", readme);
        var table = new ParquetTable(reader);

        async Task Holds<T>(string column, Func<StoredNetwork, T> value)
            where T : struct => Assert.Equal(networks.Select(value), await table.Values<T>(column));
        async Task HoldsText(string column, Func<StoredNetwork, string> value) => Assert.Equal(networks.Select(value), await table.Texts(column));
        async Task HoldsLists<T>(string column, Func<StoredNetwork, IEnumerable<T>> values)
            where T : struct => Assert.Equal(networks.Select(values), await table.Lists<T>(column));

        await Holds("row", networks.IndexOf);
        await HoldsText("recipe_id", network => network.RecipeId);
        await HoldsText("machine", network => network.Machine);
        await Holds("seed", network => (long)network.Seed);
        await Holds("subset", network => networks.IndexOf(network) < 3 ? 1 : 3);
        await HoldsText("outcome", _ => "converged");
        await Holds("epochs", network => network.Epochs);
        await Holds("training_loss", network => network.TrainingLoss);
        await Holds("validation_loss", network => network.ValidationLoss);
        await Holds("long_loss", network => network.LongLoss);
        await HoldsText("weights_sha256", network => network.WeightsSha256);
        await Holds("core_seconds", _ => 1.5);
        await HoldsText("program_version", _ => "0.1.0");
        await HoldsText("processor", _ => "a processor");
        await HoldsText("kernel_set", _ => "avx2");
        await HoldsLists("history_training_loss", network => zoo.History(network).Select(epoch => epoch.TrainingLoss));
        await HoldsLists("history_validation_loss", network => zoo.History(network).Select(epoch => epoch.ValidationLoss));
        await HoldsLists("history_learning_rate", network => zoo.History(network).Select(epoch => epoch.LearningRate));
        await HoldsLists("milestone_epoch", network => zoo.Milestones(network).Select(milestone => milestone.Epoch));
        Assert.Equal(networks.Select(network => zoo.Milestones(network).Single().WeightsSha256), await table.Texts("milestone_weights_sha256"));
        await HoldsText("milestone_chain", network => zoo.Milestones(network)[^1].Chain);
    }

    [Fact]
    public void Two_releases_of_one_zoo_are_the_same_bytes_and_sha256sum_agrees()
    {
        Write("a", [1, 4], "npy", "h5");
        Write("b", [4, 1, 1], "npy", "h5");
        var names = Directory.GetFiles(_scratch["a"]).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(["LICENSE", "README.md", "SHA256SUMS", "layout.csv", "manifest.json", "mlds.h5", "networks.parquet", "population.json", "recipes.json", "weights.npy"], names);
        foreach (var name in names) Assert.True(File.ReadAllBytes(Path.Combine(_scratch["a"], name!)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(_scratch["b"], name!))), name);
        Assert.Equal(9, Run("sha256sum", _scratch["a"], "-c", "SHA256SUMS").Split("OK").Length - 1);
    }

    [Fact]
    public void Recipes_and_seeds_in_the_release_give_the_recipe_ids()
    {
        Write("r", [3], "npy");
        var recipes = JsonNode.Parse(File.ReadAllText(Path.Combine(_scratch["r"], "recipes.json")))!.AsArray();
        Assert.Equal(3, recipes.Count);
        foreach (var network in Expected(3))
        {
            var recipe = recipes.Single(recipe => recipe!["machine_name"]!.GetValue<string>() == network.Machine)!.DeepClone();
            recipe["seed"] = network.Seed;
            Assert.Equal(network.RecipeId, Recipe.Parse(Canonical.Serialize(recipe)).Id);
        }

        Assert.Equal(Example.Small.Sha256, Population.Parse(File.ReadAllText(Path.Combine(_scratch["r"], "population.json")), "release").Sha256);
    }

    [Fact]
    public void Without_subsets_every_machine_has_as_many_as_the_one_with_the_fewest()
    {
        var release = Write("r", [], "npy");
        Assert.Equal([4], release.Plan.Subsets);
        Assert.Equal(12, release.Plan.Networks.Count);
        var readme = File.ReadAllText(Path.Combine(_scratch["r"], "README.md"));
        Assert.Contains("| SimpleXORMachine | 4 | 5 | 1 | 0 |", readme);
        Assert.Contains("| ParityMachine | 4 | 4 | 1 | 0 |", readme);
        Assert.Contains("Left out: 3 networks", readme);
        Assert.Contains("and 2 converged networks of higher seeds", readme);
    }

    [Fact]
    public void Too_few_networks_name_the_machine_that_holds_the_subset_back()
    {
        var error = Assert.Throws<ZooException>(() => Write("r", [1, 5], "npy"));
        Assert.Contains("ParityMachine has 4", error.Message);
        Assert.Contains("a subset of 4 is the largest", error.Message);
        Assert.False(Path.Exists(_scratch["r"]));
    }

    [Fact]
    public void A_folder_that_exists_is_left_alone()
    {
        Directory.CreateDirectory(_scratch["r"]);
        Assert.Contains("already there", Assert.Throws<ZooException>(() => Write("r", [1], "npy")).Message);
        Assert.Empty(Directory.GetFiles(_scratch["r"]));
    }

    [Fact]
    public void A_release_that_fails_half_way_leaves_nothing()
    {
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_scratch["z"]}/zoo.db;Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE weights SET weights = zeroblob(length(weights)) WHERE network_id = (SELECT max(network_id) - 1 FROM networks)";
            command.ExecuteNonQuery();
        }

        Assert.Contains("are damaged", Assert.Throws<ZooException>(() => Write("r", [4], "npy", "h5")).Message);
        Assert.Equal(["z"], Directory.GetFileSystemEntries(_scratch.Path).Select(Path.GetFileName));
        Write("r", [1], "npy");
    }

    [Fact]
    public void The_layout_names_every_column_once()
    {
        Write("r", [1], "npy");
        var next = 0;
        foreach (var line in File.ReadAllLines(Path.Combine(_scratch["r"], "layout.csv"))[1..])
        {
            var fields = line.Split(',');
            var (rows, columns, offset, length) = (Number(fields[1]), Number(fields[2]), Number(fields[3]), Number(fields[4]));
            Assert.Equal((next, rows * columns), (offset, length));
            next += length;
        }

        Assert.Equal(Example.Network(Example.Small, "ParityMachine", 0).Weights.Length, next);
        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("npy")]
    [InlineData("h5")]
    public void What_was_written_is_read_again_from_either_format(string format)
    {
        var written = Write("r", [1, 3], format);
        var release = Release.Open(_scratch["r"]);
        Assert.Equal(("small", written.WeightsDigest), (release.Population, release.WeightsDigest));
        Assert.Equal([1, 3], release.Subsets);
        Assert.Equal(Example.Small.MachineNames, release.Machines);
        using var zoo = Zoo.Open(_scratch["z"]);
        var networks = Expected(1, 3);
        var weights = release.ReadWeights();
        for (var i = 0; i < networks.Count; i++)
        {
            Assert.Equal(networks[i] with { Provenance = networks[i].Provenance with { Host = "" }, Row = 0, Form = 0 }, release.Networks[i]);
            Assert.Equal(zoo.ReadWeights(networks[i]), weights.Row(i).ToArray());
            Assert.Equal(zoo.History(networks[i]), release.History(i));
        }

        Assert.Equal(3, release.ReadWeights(1).Networks.Count);
        Assert.Throws<ArgumentException>(() => release.ReadWeights(2));
    }

    [Fact]
    public void A_damaged_release_is_refused_naming_what_is_wrong()
    {
        Write("r", [2], "npy");
        var weights = Path.Combine(_scratch["r"], "weights.npy");
        var bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        var release = Release.Open(_scratch["r"]);
        Assert.Contains(release.Networks[^1].RecipeId, Assert.Throws<InvalidDataException>(() => release.ReadWeights()).Message);
        File.WriteAllBytes(weights, bytes[..^4]);
        Assert.Contains("weights.npy", Assert.Throws<InvalidDataException>(() => release.ReadWeights()).Message);
        foreach (var name in new[] { "networks.parquet", "recipes.json", "manifest.json" })
        {
            var whole = File.ReadAllBytes(Path.Combine(_scratch["r"], name));
            File.WriteAllBytes(Path.Combine(_scratch["r"], name), whole[..(whole.Length / 2)]);
            Assert.Throws<InvalidDataException>(() => Release.Open(_scratch["r"]));
            File.WriteAllBytes(Path.Combine(_scratch["r"], name), whole);
        }

        File.WriteAllText(Path.Combine(_scratch["r"], "manifest.json"), File.ReadAllText(Path.Combine(_scratch["r"], "manifest.json")).Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal));
        Assert.Contains("update mlds", Assert.Throws<InvalidDataException>(() => Release.Open(_scratch["r"])).Message);
    }
}

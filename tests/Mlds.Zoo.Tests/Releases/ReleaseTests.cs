using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>Releases as others' readers see them: NumPy, h5py, h5dump, sha256sum and DuckDB.</summary>
public sealed class ReleaseTests : IDisposable
{
    readonly ExampleZoo _zoo = ExampleZoo.Drawn();

    public void Dispose() => _zoo.Dispose();

    WrittenRelease Write(string name, int[] subsets, params string[] formats) => _zoo.Write(name, subsets, formats);

    [Fact]
    public void NumPy_reads_the_weights_in_subset_then_machine_then_seed_order()
    {
        var release = Write("r", [1, 3], "npy");
        var networks = _zoo.Expected(1, 3);
        Assert.Equal(networks.Select(network => network.RecipeId), release.Plan.Networks.Select(released => released.Network.RecipeId));
        Assert.Equal([1, 1, 1, 3, 3, 3, 3, 3, 3], release.Plan.Networks.Select(released => released.Subset));
        var lines = OtherPrograms.Python(
            _zoo["r"],
            "import numpy, hashlib; w = numpy.load('weights.npy', mmap_mode='r'); print(w.dtype, w.shape)\n"
            + "for row in w: print(hashlib.sha256(row.tobytes()).hexdigest())")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"float32 (9, {Example.Network(Example.Small, "ParityMachine", 0).Weights.Length})", lines[0]);
        Assert.Equal(networks.Select(network => network.WeightsSha256), lines[1..]);
    }

    [Fact]
    public void H5py_and_h5dump_read_the_whole_release_from_one_file()
    {
        Write("r", [2], "npy", "h5");
        var networks = _zoo.Expected(2);
        var lines = OtherPrograms.Python(
            _zoo["r"],
            """
            import h5py, numpy, hashlib
            f = h5py.File('mlds.h5')
            assert (f['weights'][...] == numpy.load('weights.npy')).all()
            assert f['weights'].dtype == 'float32' and f.attrs['format'] == 'mlds-release' and f.attrs['version'] == 1
            t = f['networks']; h = f['history']; start = h['start'][...]
            for i in range(len(t['seed'])):
                text = [t[column][i].decode() for column in ('recipe_id', 'machine', 'outcome', 'weights_sha256')]
                print(text[0], text[1], t['seed'][i], t['subset'][i], text[2], t['epochs'][i], text[3])
                assert start[i + 1] - start[i] == t['epochs'][i] and h['validation_loss'][start[i + 1] - 1] == t['validation_loss'][i]
            assert list(f['layout']['tensor'][:2]) == [b'gru.weight_ih_l0', b'gru.weight_hh_l0']
            print(f['population_json'][0].decode())
            """).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            networks.Select(n => $"{n.RecipeId} {n.Machine} {n.Seed} 2 converged {n.Epochs} {n.WeightsSha256}"),
            lines[..^1]);
        Assert.Equal(Example.Small.CanonicalJson, lines[^1]);
        var header = OtherPrograms.Run("h5dump", _zoo["r"], "-H", "mlds.h5");
        Assert.Contains("DATASET \"weights\"", header);
        Assert.Contains("H5T_IEEE_F32LE", header);
    }

    [Fact]
    public void DuckDB_finds_every_column_and_every_history_in_Parquet_and_the_rest_in_CSV()
    {
        Write("r", [1, 3], "npy");
        var networks = _zoo.Expected(1, 3);
        using var zoo = _zoo.Open();
        var names = OtherPrograms.DuckDb(_zoo["r"], "DESCRIBE SELECT * FROM 'networks.parquet'").Select(row => (string)row[0]).ToList();
        var readme = File.ReadAllText(Path.Combine(_zoo["r"], "README.md"));
        Assert.All(names, name => Assert.Contains($"| `{name}` | ", readme));
        var rows = OtherPrograms.DuckDb(_zoo["r"], "SELECT * FROM 'networks.parquet' ORDER BY row");
        Assert.Equal(networks.Count, rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var (network, history, milestone) = (networks[i], zoo.History(networks[i]), zoo.Milestones(networks[i]).Single());
            object[] expected =
            [
                i, network.RecipeId, network.Machine, (long)network.Seed, i < 3 ? 1 : 3, network.Seed == 3 ? "test" : "train", "converged",
                network.Epochs, network.TrainingLoss, network.ValidationLoss, network.LongLoss, network.WeightsSha256, 1.5, "0.1.0",
                "a processor", "avx2",
                Text(history.Select(epoch => epoch.TrainingLoss)), Text(history.Select(epoch => epoch.ValidationLoss)),
                Text(history.Select(epoch => epoch.LearningRate)), Text([(float)milestone.Epoch]), milestone.WeightsSha256, milestone.Chain,
            ];
            Assert.Equal(names.Zip(expected), names.Zip(rows[i]));
        }

        var scalars = string.Join(", ", names.TakeWhile(name => !name.StartsWith("history_", StringComparison.Ordinal))
            .Select(name => name.EndsWith("_loss", StringComparison.Ordinal) ? $"{name}::FLOAT" : name));
        var csv = OtherPrograms.DuckDb(_zoo["r"], $"SELECT {scalars} FROM read_csv('networks.csv') ORDER BY row");
        Assert.Equal(rows.Select(row => Text(row[..16])), csv.Select(Text));

        static string Text<T>(IEnumerable<T> values) =>
            string.Join(';', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Two_releases_of_one_zoo_are_the_same_bytes_and_sha256sum_agrees()
    {
        Write("a", [1, 4], "npy", "h5", "safetensors");
        Write("b", [4, 1, 1], "safetensors", "h5", "npy");
        var names = Directory.GetFiles(_zoo["a"], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_zoo["a"], path))
            .Order(StringComparer.Ordinal).ToList();
        Assert.Equal(
            [
                "LICENSE", "README.md", "SHA256SUMS", "croissant.json", "layout.csv", "machines/ParityMachine.json",
                "machines/SimpleXORMachine.json", "machines/SingleDirectMachine.json", "manifest.json",
                "mlds.h5", "mlds.py", "networks.csv", "networks.parquet", "population.json", "recipes.json",
                "splits/by_machine.csv", "splits/by_seed.csv", "weights.npy", "weights.safetensors",
            ],
            names);
        foreach (var name in names)
        {
            Assert.True(
                File.ReadAllBytes(Path.Combine(_zoo["a"], name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(_zoo["b"], name))),
                name);
        }

        Assert.Equal(18, OtherPrograms.Run("sha256sum", _zoo["a"], "-c", "SHA256SUMS").Split("OK").Length - 1);
    }

    [Fact]
    public void Recipes_and_seeds_in_the_release_give_the_recipe_ids()
    {
        Write("r", [3], "npy");
        var recipes = JsonNode.Parse(File.ReadAllText(Path.Combine(_zoo["r"], "recipes.json")))!.AsArray();
        Assert.Equal(3, recipes.Count);
        foreach (var network in _zoo.Expected(3))
        {
            var recipe = recipes.Single(recipe => recipe!["machine_name"]!.GetValue<string>() == network.Machine)!.DeepClone();
            recipe["seed"] = network.Seed;
            Assert.Equal(network.RecipeId, Recipe.Parse(Canonical.Serialize(recipe)).Id);
        }

        Assert.Equal(
            Example.Small.Sha256, Population.Parse(File.ReadAllText(Path.Combine(_zoo["r"], "population.json")), "release").Sha256);
    }

    [Fact]
    public void Without_subsets_every_machine_has_as_many_as_the_one_with_the_fewest()
    {
        var release = Write("r", [], "npy");
        Assert.Equal([4], release.Plan.Subsets);
        Assert.Equal(12, release.Plan.Networks.Count);
        var readme = File.ReadAllText(Path.Combine(_zoo["r"], "README.md"));
        Assert.Contains("| SimpleXORMachine | 4 | 5 | 1 | 0 | 4 |", readme);
        Assert.Contains("| ParityMachine | 4 | 4 | 1 | 0 | 256 |", readme);
        Assert.Contains("Left out: 3 networks that did not converge", readme);
        Assert.Contains("Left out: 2 converged networks of higher seeds", readme);
    }

    [Fact]
    public void Too_few_networks_name_the_machine_that_holds_the_subset_back()
    {
        var error = Assert.Throws<ZooException>(() => Write("r", [1, 5], "npy"));
        Assert.Contains("ParityMachine has 4", error.Message);
        Assert.Contains("a subset of 4 is the largest", error.Message);
        Assert.False(Path.Exists(_zoo["r"]));
    }

    [Fact]
    public void A_folder_that_exists_is_left_alone()
    {
        Directory.CreateDirectory(_zoo["r"]);
        Assert.Contains("already there", Assert.Throws<ZooException>(() => Write("r", [1], "npy")).Message);
        Assert.Empty(Directory.GetFiles(_zoo["r"]));
    }

    [Fact]
    public void A_release_that_fails_half_way_leaves_nothing()
    {
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_zoo["z"]}/zoo.db;Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText =
                "UPDATE weights SET weights = zeroblob(length(weights)) WHERE network_id = (SELECT max(network_id) - 1 FROM networks)";
            command.ExecuteNonQuery();
        }

        Assert.Contains("are damaged", Assert.Throws<ZooException>(() => Write("r", [4], "npy", "h5")).Message);
        Assert.Equal(["z"], Directory.GetFileSystemEntries(_zoo.Folder).Select(Path.GetFileName));
        Write("r", [1], "npy");
    }

    [Fact]
    public void The_layout_names_every_column_once()
    {
        Write("r", [1], "npy");
        var next = 0;
        foreach (var line in File.ReadAllLines(Path.Combine(_zoo["r"], "layout.csv"))[1..])
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
    [InlineData("safetensors")]
    public void What_was_written_is_read_again_from_any_format(string format)
    {
        var written = Write("r", [1, 3], format);
        var release = Release.Open(_zoo["r"]);
        Assert.Equal(("small", written.WeightsDigest), (release.Population, release.WeightsDigest));
        Assert.Equal([1, 3], release.Subsets);
        Assert.Equal(Example.Small.MachineNames, release.Machines);
        using var zoo = _zoo.Open();
        var networks = _zoo.Expected(1, 3);
        var weights = release.ReadWeights();
        for (var i = 0; i < networks.Count; i++)
        {
            Assert.Equal(
                networks[i] with { Provenance = networks[i].Provenance with { Host = "" }, Row = 0, Form = 0 }, release.Networks[i]);
            Assert.Equal(zoo.ReadWeights(networks[i]), weights.Row(i).ToArray());
            Assert.Equal(zoo.History(networks[i]), release.History(i));
            Assert.Equal(networks[i].RecipeId, release.RecipeOf(networks[i].Machine, networks[i].Seed).Id);
        }

        var unknown = Assert.Throws<InvalidDataException>(() => release.RecipeOf("NoMachine"));
        Assert.Contains("no recipe of NoMachine", unknown.Message, StringComparison.Ordinal);

        Assert.Equal(3, release.ReadWeights(1).Networks.Count);
        Assert.Throws<ArgumentException>(() => release.ReadWeights(2));
    }

    [Fact]
    public void A_damaged_release_is_refused_naming_what_is_wrong()
    {
        Write("r", [2], "npy");
        var weights = Path.Combine(_zoo["r"], "weights.npy");
        var bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        var release = Release.Open(_zoo["r"]);
        Assert.Contains(release.Networks[^1].RecipeId, Assert.Throws<InvalidDataException>(() => release.ReadWeights()).Message);
        File.WriteAllBytes(weights, bytes[..^4]);
        Assert.Contains("weights.npy", Assert.Throws<InvalidDataException>(() => release.ReadWeights()).Message);
        foreach (var name in new[] { "networks.parquet", "recipes.json", "manifest.json" })
        {
            var whole = File.ReadAllBytes(Path.Combine(_zoo["r"], name));
            File.WriteAllBytes(Path.Combine(_zoo["r"], name), whole[..(whole.Length / 2)]);
            Assert.Throws<InvalidDataException>(() => Release.Open(_zoo["r"]));
            File.WriteAllBytes(Path.Combine(_zoo["r"], name), whole);
        }

        var manifest = Path.Combine(_zoo["r"], "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"version\": 1", "\"version\": 5", StringComparison.Ordinal));
        Assert.Contains("update mlds", Assert.Throws<InvalidDataException>(() => Release.Open(_zoo["r"])).Message);
    }
}

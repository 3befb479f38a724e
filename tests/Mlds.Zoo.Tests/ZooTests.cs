using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Microsoft.Data.Sqlite;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos.Tests;

public sealed class ZooTests : IDisposable
{
    static readonly Population s_small = Example.Small;

    readonly ScratchFolder _scratch = new();

    string Folder => _scratch.In("z");

    public void Dispose() => _scratch.Dispose();

    static TrainedNetwork Network(
        string machine, uint seed, Outcome outcome = Outcome.Converged, int epochs = 7, int salt = 0, string host = "host") =>
        Example.Network(s_small, machine, seed, outcome, epochs, salt, host);

    ZooWriter Writer() => ZooWriter.Open(Folder, Example.Of(s_small));

    void Store(params TrainedNetwork[] networks)
    {
        using var writer = Writer();
        writer.Add(networks);
    }

    void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "zoo.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    static void AreEqual(TrainedNetwork expected, TrainedNetwork actual)
    {
        Assert.Equal(expected.Recipe.Id, actual.Recipe.Id);
        Assert.Equal(expected.Recipe.CanonicalJson, actual.Recipe.CanonicalJson);
        Assert.Equal(
            (expected.Outcome, expected.Epochs, expected.ValidationLoss, expected.LongLoss),
            (actual.Outcome, actual.Epochs, actual.ValidationLoss, actual.LongLoss));
        Assert.Equal(expected.Weights, actual.Weights);
        Assert.Equal(expected.History, actual.History);
        Assert.Equal(expected.Milestones, actual.Milestones);
        Assert.Equal(expected.Provenance, actual.Provenance);
    }

    [Fact]
    public void A_network_that_turned_out_to_be_false_is_withdrawn_with_all_that_is_of_it()
    {
        var (one, other) = (Network(s_small.MachineNames[0], 1, host: "cheat"), Network(s_small.MachineNames[0], 2));
        Store(other);
        string digest;
        using (var zoo = Zoo.Open(Folder)) digest = zoo.WeightsDigest();
        Store(one);
        using (var writer = Writer())
        {
            Assert.Equal(0, writer.Withdraw([(one.Recipe.Id, other.WeightsSha256)])); // there with other weights
            Assert.Equal(1, writer.Withdraw([(one.Recipe.Id, one.WeightsSha256), (one.Recipe.Id, one.WeightsSha256)]));
            Assert.Equal(0, writer.Withdraw([]));
            Assert.Equal(digest, writer.Zoo.WeightsDigest());
            var again = Network(s_small.MachineNames[0], 1, salt: 5, host: "cheat");
            writer.Add([again]); // its recipe may come again, with other weights
            AreEqual(again, writer.Zoo.Read(Assert.Single(writer.Zoo.Find(one.Recipe.Id))));
            Assert.Equal(1, writer.Withdraw([(again.Recipe.Id, again.WeightsSha256)]));
        }

        Assert.True(ZooSeal.IsWhole(Folder, TestContext.Current.CancellationToken));
        using var left = Zoo.Open(Folder);
        Assert.Equal(digest, left.WeightsDigest());
        Assert.Equal([other.Recipe.Id], left.Networks().Select(network => network.RecipeId));
        foreach (var (table, rows) in new[] { ("weights", 1L), ("runs", 1L), ("origins", 1L) })
        {
            Assert.Equal(
                rows, left.Database.Scalar($"SELECT count(*) FROM {table}"));
        }
    }

    [Fact]
    public void Any_network_comes_back_as_it_was_stored()
    {
        var network = Gen.Select(
            Gen.Int[0, 2].Select(i => s_small.MachineNames[i]),
            Gen.UInt,
            Gen.Enum<Outcome>(),
            Gen.Int[1, 300],
            (machine, seed, outcome, epochs) => Network(machine, seed, outcome, epochs));
        using var writer = Writer();
        network.Sample(
            stored =>
            {
                if (writer.Zoo.Find(stored.Recipe.Id).Count > 0) return;
                writer.Add([stored]);
                AreEqual(stored, writer.Zoo.Read(Assert.Single(writer.Zoo.Find(stored.Recipe.Id))));
            },
            iter: 100,
            threads: 1);
    }

    [Fact]
    public void Another_process_finds_what_was_stored()
    {
        var network = Network("ParityMachine", 3, Outcome.Diverged);
        Store(network);
        using var zoo = Zoo.Open(Folder);
        AreEqual(network, zoo.Read(zoo.Networks().Single()));
        Assert.Equal(s_small.CanonicalJson, zoo.Population.CanonicalJson);
        Assert.Equal(s_small.MachineNames, zoo.Machines);
    }

    [Fact]
    public void Networks_come_by_machine_in_the_populations_order_and_by_seed()
    {
        Store(
            Network("ParityMachine", 2), Network("SingleDirectMachine", 4_000_000_000), Network("SimpleXORMachine", 1),
            Network("SingleDirectMachine", 3), Network("ParityMachine", 0));
        using var zoo = Zoo.Open(Folder);
        Assert.Equal(
            [
                ("SingleDirectMachine", 3u), ("SingleDirectMachine", 4_000_000_000u), ("SimpleXORMachine", 1u),
                ("ParityMachine", 0u), ("ParityMachine", 2u)],
            zoo.Networks().Select(network => (network.Machine, network.Seed)));
        Assert.Equal([0u, 2u], zoo.Networks("ParityMachine").Select(network => network.Seed));
        Assert.Equal([0u, 2u], zoo.Seeds("ParityMachine").Order());
    }

    [Fact]
    public void Status_counts_every_outcome_and_names_machines_without_networks()
    {
        Store(
            Network("ParityMachine", 0), Network("ParityMachine", 1, Outcome.NotConverged, 40),
            Network("ParityMachine", 2, Outcome.Diverged, 3), Network("SingleDirectMachine", 0));
        using var zoo = Zoo.Open(Folder);
        var status = zoo.Status();
        Assert.Equal(
            [
                new MachineStatus("SingleDirectMachine", 1, 0, 0, 1.5, 7, 0),
                new MachineStatus("SimpleXORMachine", 0, 0, 0, 0, 0, 0),
                new MachineStatus("ParityMachine", 1, 1, 1, 4.5, 50, 0),
            ],
            status.Machines);
        Assert.Equal(4, status.Networks);
    }

    [Fact]
    public void The_digest_is_of_the_sorted_lines_whatever_the_order_of_storing()
    {
        TrainedNetwork[] networks = [.. Enumerable.Range(0, 9).Select(i => Network(s_small.MachineNames[i % 3], (uint)i))];
        Store([.. networks.Reverse()]);
        var lines = networks.Select(network => $"{network.Recipe.Id} {network.WeightsSha256}\n").Order(StringComparer.Ordinal);
        using var zoo = Zoo.Open(Folder);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(lines)))), zoo.WeightsDigest());
    }

    [Fact]
    public void A_machines_weights_come_as_one_matrix_by_seed()
    {
        TrainedNetwork[] networks = [.. Enumerable.Range(0, 600)
            .Select(i => Network("ParityMachine", (uint)i, i % 5 == 0 ? Outcome.NotConverged : Outcome.Converged))];
        Store([.. networks.Reverse(), Network("SimpleXORMachine", 1)]);
        using var zoo = Zoo.Open(Folder);
        var all = zoo.ReadWeights("ParityMachine");
        Assert.Equal(600, all.Networks.Count);
        for (var i = 0; i < 600; i++) Assert.Equal(networks[i].Weights, all.Row(i).ToArray());
        var converged = zoo.ReadWeights("ParityMachine", network => network.Outcome == Outcome.Converged);
        Assert.Equal(480, converged.Networks.Count);
        Assert.Equal(networks[1].Weights, converged.Row(0).ToArray());
        Assert.Empty(zoo.ReadWeights("SingleDirectMachine").Weights);
    }

    [Fact]
    public void A_network_costs_little_more_than_its_weights()
    {
        using (var writer = ZooWriter.Open(Folder, Example.Of(Example.Ds1Shape)))
        {
            writer.Add([.. Enumerable.Range(0, 300).Select(i => Example.Network(Example.Ds1Shape, "ParityMachine", (uint)i, epochs: 60))]);
        }

        using var zoo = Zoo.Open(Folder);
        Assert.InRange(zoo.Status().Bytes / 300.0, 4364 * 4, 19_500);
    }

    [Fact]
    public void A_recipe_id_may_be_shortened()
    {
        TrainedNetwork[] networks = [.. Enumerable.Range(0, 40).Select(i => Network("ParityMachine", (uint)i))];
        Store(networks);
        using var zoo = Zoo.Open(Folder);
        var id = networks[0].Recipe.Id;
        Assert.Equal(id, Assert.Single(zoo.Find(id[..9])).RecipeId);
        Assert.Equal(
            networks.Select(network => network.Recipe.Id).Where(other => other[0] == id[0]).Order(StringComparer.Ordinal),
            zoo.Find(id[..1], 40).Select(network => network.RecipeId));
        Assert.Throws<ArgumentException>(() => zoo.Find("xyz"));
    }

    [Fact]
    public void Storing_the_same_network_again_changes_nothing()
    {
        Store(Network("ParityMachine", 1));
        Store(Network("ParityMachine", 1, host: "another"));
        using var zoo = Zoo.Open(Folder);
        Assert.Equal("host", zoo.Networks().Single().Provenance.Host);
    }

    [Fact]
    public void Other_bits_for_a_stored_recipe_are_an_error_that_names_both_origins_and_nothing_of_the_batch_is_stored()
    {
        Store(Network("ParityMachine", 1, host: "first-host"));
        using var writer = Writer();
        var error = Assert.Throws<ZooException>(
            () => writer.Add([Network("ParityMachine", 0), Network("ParityMachine", 1, salt: 1, host: "second-host")]));
        Assert.Contains("first-host", error.Message);
        Assert.Contains("second-host", error.Message);
        Assert.Equal([1u], writer.Zoo.Seeds("ParityMachine"));
        writer.Add([Network("ParityMachine", 0), Network("ParityMachine", 2, host: "third-host")]);
        Assert.Equal([0u, 1u, 2u], writer.Zoo.Networks().Select(network => network.Seed));
    }

    [Fact]
    public void A_checkpoint_is_kept_until_its_network_is_stored()
    {
        var recipe = s_small.Recipe("ParityMachine", 5);
        using (var writer = Writer())
        {
            writer.Store([], [(recipe, Example.Checkpoint(recipe, 3))]);
            writer.Store([], [(recipe, Example.Checkpoint(recipe, 6))]);
        }

        using (var zoo = Zoo.Open(Folder))
        {
            Assert.Equal(6, zoo.Checkpoint(recipe.Id)!.Epoch);
            Assert.Equal([5u], zoo.Begun("ParityMachine").Keys);
            Assert.Equal(1, zoo.Status().Machines[2].InProgress);
        }

        Store(Network("ParityMachine", 5));
        using var after = Zoo.Open(Folder);
        Assert.Null(after.Checkpoint(recipe.Id));
    }

    [Fact]
    public void Kept_checkpoints_stay_beside_each_other_and_beside_the_network()
    {
        var recipe = s_small.Recipe("ParityMachine", 5);
        Checkpoint[] kept = [Example.Checkpoint(recipe, 3), Example.Checkpoint(recipe, 6)];
        using (var writer = Writer())
        {
            writer.Store([], [(recipe, kept[0])], kept);
            writer.Store([Network("ParityMachine", 5)], [], [kept[1] with { CoreSeconds = 7 }]);
        }

        using var zoo = Zoo.Open(Folder);
        var network = zoo.Networks().Single();
        Assert.Equal([3, 6], zoo.KeptEpochs(network));
        Assert.All(kept, checkpoint => Assert.Equal(checkpoint.ToBytes(), zoo.Kept(network, checkpoint.Epoch).ToBytes()));
        Assert.Contains("there are 3, 6", Assert.Throws<ArgumentException>(() => zoo.Kept(network, 4)).Message);
    }

    [Fact]
    public void A_kept_checkpoint_with_other_bits_is_an_error_and_a_damaged_one_is_replaced()
    {
        var recipe = s_small.Recipe("ParityMachine", 5);
        var checkpoint = Example.Checkpoint(recipe, 3);
        Store(Network("ParityMachine", 5));
        using (var writer = Writer())
        {
            writer.Store([], [], [checkpoint]);
            var other = checkpoint with
            {
                OptimizerState = [checkpoint.OptimizerState[0], Array.ConvertAll(checkpoint.OptimizerState[1], value => value + 1)],
            };
            Assert.Contains(recipe.Id, Assert.Throws<ZooException>(() => writer.Store([], [], [other])).Message);
        }

        Sql("UPDATE kept_checkpoints SET checkpoint = zeroblob(length(checkpoint))");
        using (var zoo = Zoo.Open(Folder))
            Assert.Contains(recipe.Id, Assert.Throws<ZooException>(() => zoo.Kept(zoo.Networks().Single(), 3)).Message);
        using (var writer = Writer())
        {
            writer.Store([], [], [checkpoint]);
            Assert.Equal(checkpoint.ToBytes(), writer.Zoo.Kept(writer.Zoo.Networks().Single(), 3).ToBytes());
        }
    }

    [Fact]
    public void A_damaged_checkpoint_counts_as_none()
    {
        var recipe = s_small.Recipe("ParityMachine", 5);
        using (var writer = Writer()) writer.Store([], [(recipe, Example.Checkpoint(recipe, 3))]);
        Sql("UPDATE checkpoints SET checkpoint = zeroblob(length(checkpoint))");
        using var zoo = Zoo.Open(Folder);
        Assert.Null(zoo.Checkpoint(recipe.Id));
    }

    [Theory]
    [InlineData("UPDATE weights SET weights = substr(weights, 1, length(weights) - 4)")]
    [InlineData("UPDATE weights SET weights = CAST(x'FF' || substr(weights, 2) AS BLOB)")]
    [InlineData("DELETE FROM weights")]
    public void A_damaged_weights_blob_is_named_not_read(string damage)
    {
        var network = Network("ParityMachine", 1);
        network.Weights[0] = 1f; // Its first byte is 0.
        Store(Network("ParityMachine", 0), network);
        Sql(damage + " WHERE network_id = (SELECT network_id FROM networks WHERE seed = 1)");
        using var zoo = Zoo.Open(Folder);
        var stored = zoo.Networks().Last();
        foreach (var error in new[]
        {
            Assert.Throws<ZooException>(() => zoo.ReadWeights(stored)),
            Assert.Throws<ZooException>(() => zoo.ReadWeights("ParityMachine")),
        })
        {
            Assert.Contains(stored.RecipeId, error.Message);
            Assert.Contains("seed 1", error.Message);
        }

        Assert.NotEmpty(zoo.ReadWeights(zoo.Networks().First()));
    }

    [Fact]
    public void A_damaged_history_or_recipe_is_named()
    {
        Store(Network("ParityMachine", 1));
        Sql("UPDATE runs SET history = substr(history, 1, 20); UPDATE recipe_forms SET after_seed = after_seed || ' '");
        using var zoo = Zoo.Open(Folder);
        var stored = zoo.Networks().Single();
        Assert.Contains(stored.RecipeId, Assert.Throws<ZooException>(() => zoo.History(stored)).Message);
        Assert.Contains(stored.RecipeId, Assert.Throws<ZooException>(() => zoo.RecipeJson(stored)).Message);
    }

    [Fact]
    public void A_second_writer_is_told_and_readers_are_not_kept_waiting()
    {
        using var writer = Writer();
        writer.Add([Network("ParityMachine", 1)]);
        var error = Assert.Throws<ZooException>(Writer);
        Assert.Contains("Another process is writing", error.Message);
        Assert.Contains($"process {Environment.ProcessId}", error.Message);
        using var zoo = Zoo.Open(Folder); // who waited for the writer here would wait for ever
        Assert.Equal(1, zoo.Status().Networks);
        writer.Add([Network("ParityMachine", 2)]);
        Assert.Equal(2, zoo.Status().Networks);
    }

    [Fact]
    public void A_zoo_of_a_newer_version_is_neither_read_nor_written()
    {
        Store(Network("ParityMachine", 1));
        Sql("PRAGMA user_version = 99");
        var before = File.ReadAllBytes(Path.Combine(Folder, "zoo.db"));
        foreach (var error in new[] { Assert.Throws<ZooException>(() => Zoo.Open(Folder)), Assert.Throws<ZooException>(Writer) })
            Assert.Contains("newer version of mlds (its schema is 99", error.Message);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(Folder, "zoo.db")));
    }

    [Fact]
    public void A_zoo_of_another_population_takes_none_of_its_networks()
    {
        Store(Network("ParityMachine", 1));
        var before = File.ReadAllBytes(Path.Combine(Folder, "zoo.db"));
        var error = Assert.Throws<ZooException>(() => ZooWriter.Open(Folder, Example.Of(Example.Ds1Shape)));
        Assert.Contains("holds the population 'small', not 'shape'", error.Message);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(Folder, "zoo.db")));
    }

    [Fact]
    public void An_older_zoo_is_read_as_it_is_and_migrated_by_a_writer()
    {
        Store(Network("ParityMachine", 1));
        IReadOnlyList<string> steps =
            [.. ZooSchema.Steps, "ALTER TABLE machines ADD COLUMN note TEXT; UPDATE machines SET note = 'n' || machine_id;"];
        using (var older = Zoo.Open(Folder, steps)) Assert.Equal(1, older.Status().Networks);
        using (var writer = ZooWriter.Open(Folder, Example.Of(s_small), steps)) Assert.Equal(1, writer.Zoo.Status().Networks);
        using var zoo = Zoo.Open(Folder, steps);
        Assert.Equal(Network("ParityMachine", 1).Weights, zoo.ReadWeights(zoo.Networks().Single()));
    }

    [Fact]
    public void A_migration_that_fails_leaves_the_zoo_as_it_was()
    {
        Store(Network("ParityMachine", 1));
        IReadOnlyList<string> steps = [.. ZooSchema.Steps, "ALTER TABLE machines ADD COLUMN note TEXT; SELECT nothing FROM nowhere;"];
        Assert.Throws<ZooException>(() => ZooWriter.Open(Folder, Example.Of(s_small), steps));
        using var zoo = Zoo.Open(Folder);
        Assert.Equal(1, zoo.Status().Networks);
    }

    [Fact]
    public void What_is_no_zoo_is_said_so()
    {
        Assert.Contains("no folder", Assert.Throws<ZooException>(() => Zoo.Open(Folder)).Message);
        Directory.CreateDirectory(Folder);
        Assert.Contains("no zoo", Assert.Throws<ZooException>(() => Zoo.Open(Folder)).Message);
        File.WriteAllText(Path.Combine(Folder, "zoo.db"), new string('x', 5000));
        Assert.Contains("not a readable SQLite database", Assert.Throws<ZooException>(() => Zoo.Open(Folder)).Message);
        Assert.Contains("not a readable SQLite database", Assert.Throws<ZooException>(Writer).Message);
        File.Delete(Path.Combine(Folder, "zoo.db"));
        Sql("CREATE TABLE something(a)");
        Assert.Contains("some other SQLite database", Assert.Throws<ZooException>(() => Zoo.Open(Folder)).Message);
        Assert.Contains("some other SQLite database", Assert.Throws<ZooException>(Writer).Message);
    }

    [Fact]
    public void A_zoo_whose_making_was_cut_off_is_made_anew()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllBytes(Path.Combine(Folder, "zoo.db"), []);
        Assert.Contains("is empty", Assert.Throws<ZooException>(() => Zoo.Open(Folder)).Message);
        Store(Network("ParityMachine", 1));
        using var zoo = Zoo.Open(Folder);
        Assert.Equal(1, zoo.Status().Networks);
    }

    [Fact]
    public void Another_recipe_for_a_stored_seed_is_an_error()
    {
        Store(Network("ParityMachine", 1));
        var network = Network("ParityMachine", 1);
        using var writer = Writer();
        var other = network with { Recipe = network.Recipe with { Training = network.Recipe.Training with { Batch = 8 } } };
        Assert.Contains("by another recipe", Assert.Throws<ZooException>(() => writer.Add([other])).Message);
    }
}

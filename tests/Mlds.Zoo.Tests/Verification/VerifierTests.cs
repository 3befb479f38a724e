using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos.Generation;
using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests.Verification;

/// <summary>Every planted fault is found and named; a sound zoo has none.</summary>
public sealed class VerifierTests(Trained trained) : IClassFixture<Trained>, IDisposable
{
    readonly ScratchFolder _scratch = new();

    string Folder => _scratch.In("z");

    public void Dispose() => _scratch.Dispose();

    static VerificationReport Verify(string folder, int retrain = 0, int segments = 0, uint seed = 1) =>
        Verifier.Run(folder, new VerificationOptions(retrain, segments, seed, 2), _ => { }, TestContext.Current.CancellationToken);

    void Sql(string sql, params object[] values)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "zoo.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${i + 1}", values[i]);
        command.ExecuteNonQuery();
        // A forger would take the seal away or make a new one; the other checks must do without it.
        File.Delete(Path.Combine(Folder, "zoo.seal"));
    }

    /// <summary>
    /// Copies the zoo, plants a fault, and expects doubts about exactly this network in this check, perhaps in others too.
    /// </summary>
    void Finds(string check, string sql, params object[] values)
    {
        trained.Copy(release: false, Folder);
        Sql(sql, values);
        var report = Verify(Folder);
        Assert.Contains(report.Doubts, doubt =>
            doubt.Check == check && doubt.RecipeId == Target.RecipeId && doubt.Subject.Contains("seed 1", StringComparison.Ordinal));
        Assert.All(report.Doubts, doubt => Assert.Equal(Target.RecipeId, doubt.RecipeId));
    }

    /// <summary>The network that faults are planted in.</summary>
    static Recipe TargetRecipe => Trained.Population.Recipe("SimpleXORMachine", 1);

    static StoredNetwork Target { get; } = new(
        TargetRecipe.Id, TargetRecipe.MachineName, 1, Outcome.Converged, 0, 0, 0, 0, "", new Provenance("", "", "", "", 0));

    static string Where => $"network_id = (SELECT network_id FROM networks WHERE recipe_id = x'{TargetRecipe.Id}')";

    [Fact]
    public void A_sound_zoo_has_no_doubt_and_every_check_checked_something()
    {
        trained.Copy(release: false, Folder);
        var before = File.ReadAllBytes(Path.Combine(Folder, "zoo.db"));
        var report = Verify(Folder, retrain: 5, segments: 7);
        Assert.Empty(report.Doubts);
        Assert.Equal(3 * Trained.Networks, report.Networks);
        Assert.All(report.Checks, check => Assert.True(check.Count > 0 && check.Notes.Count == 0, check.Name));
        Assert.Equal((5, 7), (report.Retrained.Count, report.Segments.Count));
        Assert.All(report.Retrained.Concat(report.Segments), again => Assert.True(again.IsEqual));
        Assert.Contains(report.Segments, segment => segment.FromEpoch > 0);
        Assert.All(
            report.Retrained, again => Assert.Equal((Trained.Provenance, Environment.MachineName), (again.Recorded, again.Here.Host)));
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(Folder, "zoo.db")));
    }

    [Fact]
    public void A_sound_release_has_no_doubt()
    {
        trained.Copy(release: true, Folder);
        var report = Verify(Folder, retrain: 5);
        Assert.Empty(report.Doubts);
        Assert.Equal("release", report.Kind);
        Assert.Equal(5, report.Retrained.Count(again => again.IsEqual));
    }

    [Fact]
    public void The_draw_takes_machines_in_turn_and_another_seed_draws_others()
    {
        trained.Copy(release: false, Folder);
        string[] Drawn(uint seed, int count) =>
            [.. Verify(Folder, retrain: count, seed: seed).Retrained.Select(again => $"{again.Machine} {again.Seed}")];
        var first = Drawn(1, 6);
        Assert.Equal(6, first.Distinct().Count());
        Assert.All(first.CountBy(name => name.Split(' ')[0]), pair => Assert.Equal(2, pair.Value));
        Assert.Equal(first[..3], Drawn(1, 3));
        Assert.NotEqual(first, Drawn(2, 6));
        Assert.Equal(3 * Trained.Networks, Drawn(1, 1000).Length);
    }

    [Fact]
    public void A_changed_weight_is_found_even_with_its_hash_made_to_fit()
    {
        Finds("weights", $"UPDATE weights SET weights = CAST(substr(weights, 1, 3) || x'3f' || substr(weights, 5) AS BLOB) WHERE {Where}");
        Directory.Delete(Folder, recursive: true);
        trained.Copy(release: false, Folder);
        byte[] weights;
        using (var zoo = Zoo.Open(Folder)) weights = WeightsHash.Bytes(zoo.ReadWeights(zoo.Find(TargetRecipe.Id).Single()));
        weights[3] ^= 0x40;
        Sql(
            $"UPDATE weights SET weights = $1, packing = 0 WHERE {Where}; UPDATE networks SET weights_sha256 = $2 WHERE {Where}",
            weights, SHA256.HashData(weights));
        Assert.Superset(new HashSet<string> { "losses", "milestones" }, Verify(Folder).Doubts.Select(doubt => doubt.Check).ToHashSet());
    }

    [Fact]
    public void A_weight_that_is_no_number_is_found()
    {
        trained.Copy(release: false, Folder);
        byte[] weights;
        using (var zoo = Zoo.Open(Folder)) weights = WeightsHash.Bytes(zoo.ReadWeights(zoo.Find(TargetRecipe.Id).Single()));
        BitConverter.TryWriteBytes(weights.AsSpan(8), float.NaN);
        Sql(
            $"UPDATE weights SET weights = $1, packing = 0 WHERE {Where}; UPDATE networks SET weights_sha256 = $2 WHERE {Where}",
            weights, SHA256.HashData(weights));
        Assert.Contains(
            Verify(Folder).Doubts,
            doubt => doubt.Check == "weights" && doubt.Message.Contains("weight 2 is NaN", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("losses", "UPDATE networks SET validation_loss = validation_loss * 0.5")]
    [InlineData("losses", "UPDATE networks SET long_loss = long_loss * 1.001")]
    [InlineData("records", "UPDATE networks SET training_loss = training_loss * 0.5")]
    [InlineData("records", "UPDATE networks SET outcome = 2")]
    [InlineData("records", "UPDATE networks SET epochs = epochs - 1")]
    [InlineData("records", "UPDATE runs SET history = CAST(substr(history, 1, length(history) - 1) || x'3e' AS BLOB)")]
    [InlineData("records", "UPDATE runs SET history = substr(history, 1, 20)")]
    [InlineData("milestones", "UPDATE runs SET milestones = CAST(substr(milestones, 1, 30) || x'00' || substr(milestones, 32) AS BLOB)")]
    [InlineData("milestones", "UPDATE runs SET milestones = substr(milestones, 1, 73)")]
    [InlineData("weights", "DELETE FROM weights")]
    public void A_changed_record_is_found(string check, string sql) => Finds(check, $"{sql} WHERE {Where}");

    [Fact]
    public void A_kept_checkpoint_that_is_damaged_or_of_another_run_is_found()
    {
        Finds(
            "kept_checkpoints",
            $"UPDATE kept_checkpoints SET checkpoint = zeroblob(length(checkpoint)) WHERE recipe_id = x'{TargetRecipe.Id}'");
        Directory.Delete(Folder, recursive: true);
        Finds(
            "kept_checkpoints",
            "UPDATE kept_checkpoints SET checkpoint = (SELECT checkpoint FROM kept_checkpoints k WHERE "
            + $"k.recipe_id = x'{Trained.Population.Recipe("SimpleXORMachine", 2).Id}' LIMIT 1) WHERE recipe_id = x'{TargetRecipe.Id}'");
    }

    [Fact]
    public void A_kept_checkpoint_with_other_moments_is_found_by_training_its_segment_again()
    {
        trained.Copy(release: false, Folder);
        using (var zoo = Zoo.Open(Folder))
        {
            var network = zoo.Find(TargetRecipe.Id).Single();
            var epoch = zoo.KeptEpochs(network)[^1];
            var kept = zoo.Kept(network, epoch);
            kept.OptimizerState[1][0] *= 2;
            Sql(
                $"UPDATE kept_checkpoints SET checkpoint = $1, packing = 0 WHERE recipe_id = x'{TargetRecipe.Id}' AND epoch = {epoch}",
                kept.ToBytes());
        }

        Assert.Empty(Verify(Folder).Doubts);
        var doubt = Assert.Single(Verify(Folder, segments: 1000).Doubts);
        Assert.Equal(("segments", TargetRecipe.Id), (doubt.Check, doubt.RecipeId));
    }

    [Fact]
    public void A_record_forged_as_a_whole_is_found_by_training_it_again_with_both_origins_named()
    {
        trained.Copy(release: false, Folder);
        var other = TargetRecipe with { Training = TargetRecipe.Training with { Batch = 32 } };
        var forged = Trainer.Train(other, Trained.Population.Data(other.MachineName), cancellation: TestContext.Current.CancellationToken);
        var milestones = new List<Milestone>();
        foreach (var milestone in forged.Milestones)
        {
            milestones.Add(Milestone.Link(
                milestones.Count == 0 ? TargetRecipe.Id : milestones[^1].Chain, milestone.Epoch,
                milestone.ValidationLoss, milestone.WeightsSha256));
        }

        Sql(
            $"DELETE FROM kept_checkpoints WHERE recipe_id = x'{TargetRecipe.Id}'; DELETE FROM weights WHERE {Where}; "
            + $"DELETE FROM runs WHERE {Where}; DELETE FROM networks WHERE {Where}");
        using (var writer = ZooWriter.Open(Folder, ZooPopulation.Of(Trained.Population)))
        {
            writer.Add(
                [forged with { Recipe = TargetRecipe, Milestones = milestones, Provenance = forged.Provenance with { Host = "forger" } }]);
        }

        Assert.Empty(Verify(Folder).Doubts);
        var doubt = Assert.Single(Verify(Folder, retrain: 1000).Doubts);
        Assert.Equal(("retrained", TargetRecipe.Id), (doubt.Check, doubt.RecipeId));
        Assert.Contains("from forger", doubt.Message, StringComparison.Ordinal);
        Assert.Contains($"from {Environment.MachineName}", doubt.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_copy_of_a_network_under_another_seed_is_found_plain_or_disguised(bool disguised)
    {
        trained.Copy(release: false, Folder);
        var layout = TargetRecipe.Network.Layout;
        using (var zoo = Zoo.Open(Folder))
        {
            var weights = zoo.ReadWeights(zoo.Find(TargetRecipe.Id).Single());
            if (disguised) weights = Disguises.BiasesShifted(layout, Disguises.Relabelled(layout, weights, new Random(1)), new Random(2));
            var bytes = WeightsHash.Bytes(weights);
            var where = "network_id = (SELECT network_id FROM networks "
                + $"WHERE recipe_id = x'{Trained.Population.Recipe("SimpleXORMachine", 3).Id}')";
            Sql(
                $"UPDATE weights SET weights = $1, packing = 0 WHERE {where}; UPDATE networks SET weights_sha256 = $2 WHERE {where}",
                bytes, SHA256.HashData(bytes));
        }

        var doubt = Assert.Single(Verify(Folder).Doubts, doubt => doubt.Check == "duplicates");
        Assert.Contains(disguised ? "disguised copy of" : "the same as", doubt.Message, StringComparison.Ordinal);
        Assert.Contains("seed 1", doubt.Subject + doubt.Message, StringComparison.Ordinal);
        Assert.Contains("seed 3", doubt.Subject + doubt.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recipe_or_population_that_was_changed_is_found()
    {
        trained.Copy(release: false, Folder);
        Sql("UPDATE meta SET value = replace(value, '0.01', '0.02') WHERE key = 'population_json'");
        Assert.Superset(new HashSet<string> { "population", "recipes" }, Verify(Folder).Doubts.Select(doubt => doubt.Check).ToHashSet());
        Directory.Delete(Folder, recursive: true);
        trained.Copy(release: false, Folder);
        Sql("UPDATE recipe_forms SET after_seed = replace(after_seed, '\"batch\":16', '\"batch\":17')");
        Sql("UPDATE recipe_forms SET before_seed = replace(before_seed, '\"length\":4', '\"length\":5')");
        Assert.Equal(3 * Trained.Networks, Verify(Folder).Doubts.Count(doubt => doubt.Check == "recipes"));
    }

    [Fact]
    public void Segments_of_what_keeps_no_checkpoints_are_refused_with_the_way_out()
    {
        trained.Copy(release: false, Folder);
        Sql("DELETE FROM kept_checkpoints");
        Assert.Contains("--keep-milestones", Assert.Throws<ZooException>(() => Verify(Folder, segments: 1)).Message);
        trained.Copy(release: true, _scratch.In("r"));
        Assert.Contains("--retrain takes both", Assert.Throws<ZooException>(() => Verify(_scratch.In("r"), segments: 1)).Message);
        Assert.Contains("neither a zoo", Assert.Throws<ZooException>(() => Verify(_scratch.Path)).Message);
    }

    [Fact]
    public void Networks_of_one_seed_and_data_may_be_alike()
    {
        // The same machine under two names: the same run, so the same weights, and no duplicate.
        var population = Population.Parse(
            Trained.Population.CanonicalJson.Replace(
                """{"machine":"SimpleXORMachine"}""",
                """{"machine":"SingleInvertMachine","name":"AgainMachine"}""", StringComparison.Ordinal),
            "twice");
        using (var writer = ZooWriter.Open(Folder, ZooPopulation.Of(population)))
            new GenerationRun(writer, population, new GenerationOptions(1)).Run(_ => { }, TestContext.Current.CancellationToken);
        var report = Verify(Folder);
        Assert.Empty(report.Doubts);
        Assert.Contains(
            report.Checks.Single(check => check.Name == "duplicates").Notes,
            note => note.Contains("whose seed and data it shares", StringComparison.Ordinal));
    }
}

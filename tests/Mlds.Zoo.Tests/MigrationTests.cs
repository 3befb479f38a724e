using Microsoft.Data.Sqlite;
using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos.Generation;

namespace Mlds.Zoos.Tests;

/// <summary>
/// A zoo of every earlier schema version, as that version's program wrote it (Golden/README.md), read and brought up to date.
/// </summary>
public sealed class MigrationTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    string Database => Path.Combine(_scratch.Path, "zoo.db");

    public void Dispose() => _scratch.Dispose();

    /// <summary>Copies the golden zoo and says what population it is of.</summary>
    Population Golden(int version)
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Golden", $"zoo-v{version}", "zoo.db"), Database);
        using var zoo = Zoo.Open(_scratch.Path);
        return Population.Parse(zoo.Population.CanonicalJson, "the golden zoo");
    }

    static string[] Everything(Zoo zoo) =>
        [.. zoo.Networks().Select(network =>
            $"{network} {zoo.RecipeJson(network)} {WeightsHash.Of(zoo.ReadWeights(network))} {string.Join(' ', zoo.History(network))} "
            + $"{string.Join(' ', zoo.Milestones(network))}")];

    List<string> Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read()) rows.Add(reader.GetValue(0).ToString()!);
        return rows;
    }

    [Fact]
    public void There_is_a_golden_zoo_of_every_earlier_version() =>
        Assert.All(
            Enumerable.Range(1, ZooSchema.Steps.Count - 1),
            version => Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "Golden", $"zoo-v{version}", "zoo.db"))));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_older_zoo_is_read_without_a_change_to_it(int version)
    {
        Golden(version);
        var before = File.ReadAllBytes(Database);
        using (var zoo = Zoo.Open(_scratch.Path))
        {
            Assert.Equal([(2, 0), (0, 2), (0, 0)], zoo.Status().Machines.Select(machine => (machine.Converged, machine.NotConverged)));
            Assert.Equal(4, Everything(zoo).Length);
            Assert.All(zoo.Networks(), network => Assert.Empty(zoo.KeptEpochs(network)));
            Assert.Equal([6, 6], zoo.Begun("ParityMachine").Values);
            Assert.Empty(zoo.Parts);
        }

        Assert.Equal(before, File.ReadAllBytes(Database));
    }

    /// <summary>Version 3 was before measures; of version 4's networks nothing was measured.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void A_zoo_without_measures_is_brought_up_to_date_and_has_none(int version)
    {
        var population = Golden(version);
        string[] before;
        using (var zoo = Zoo.Open(_scratch.Path)) before = Everything(zoo);
        using (var writer = ZooWriter.Open(_scratch.Path, ZooPopulation.Of(population)))
        {
            Assert.Equal(before, Everything(writer.Zoo));
            Assert.All(writer.Zoo.Networks(), network => Assert.Empty(network.Measures.Values));
        }

        IsOfToday(population);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_writer_brings_an_older_zoo_up_to_date_and_all_that_was_in_it_stays(int version)
    {
        var population = Golden(version);
        string[] before;
        using (var zoo = Zoo.Open(_scratch.Path)) before = Everything(zoo);
        using (var writer = ZooWriter.Open(_scratch.Path, ZooPopulation.Of(population)))
        {
            Assert.Equal(before, Everything(writer.Zoo));
            Assert.Null(AskedNetworks.Of(writer.Zoo));
            Assert.Equal(6, writer.Zoo.Checkpoint(population.Recipe("ParityMachine", 1).Id)!.Epoch);
            var options = new GenerationOptions(1, new Shard(1, 3), 1, TimeSpan.FromSeconds(5)) { KeepMilestones = true };
            new GenerationRun(writer, population, options).Run(_ => { }, TestContext.Current.CancellationToken);
            Assert.Equal([new ZooPart(new Shard(1, 3), 1)], writer.Zoo.Parts);
            Assert.Equal([10, 12], writer.Zoo.KeptEpochs(writer.Zoo.Networks("SimpleXORMachine").First()));
        }

        IsOfToday(population);
    }

    /// <summary>The zoo is sound, and has the tables of one that is begun today, which takes its place.</summary>
    void IsOfToday(Population population)
    {
        Assert.Equal(["ok"], Query("PRAGMA integrity_check"));
        Assert.Equal([$"{ZooSchema.Steps.Count}"], Query("PRAGMA user_version"));
        var migrated = Query("SELECT sql FROM sqlite_schema ORDER BY name");
        File.Delete(Database);
        ZooWriter.Open(_scratch.Path, ZooPopulation.Of(population)).Dispose();
        Assert.Equal(Query("SELECT sql FROM sqlite_schema ORDER BY name"), migrated);
    }
}

using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos.Generation;
using Mlds.Zoos.Merging;
using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests.Merging;

public sealed class ZooMergeTests : IDisposable
{
    static readonly Population s_population = Trained.Population;

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string Generate(string name, int networks, Shard? shard = null, bool keep = true)
    {
        using var writer = ZooWriter.Open(_scratch.In(name), ZooPopulation.Of(s_population));
        var options = new GenerationOptions(networks, shard ?? Shard.All, 2, TimeSpan.FromSeconds(5)) { KeepMilestones = keep };
        new GenerationRun(writer, s_population, options).Run(_ => { }, TestContext.Current.CancellationToken);
        return _scratch.In(name);
    }

    string Store(string name, params TrainedNetwork[] networks)
    {
        using var writer = ZooWriter.Open(_scratch.In(name), ZooPopulation.Of(Example.Small));
        writer.Add(networks);
        return _scratch.In(name);
    }

    MergeResult Merge(string[] sources, string into = "into", Action<int>? report = null, CancellationToken? cancellation = null) =>
        ZooMerge.Run(sources, _scratch.In(into), (done, _) => report?.Invoke(done), cancellation ?? TestContext.Current.CancellationToken);

    static string[] Everything(string folder)
    {
        using var zoo = Zoo.Open(folder);
        return [.. zoo.Networks().Select(network => string.Join(
            '\n',
            [
                $"{network with { Provenance = network.Provenance with { CoreSeconds = 0 } }}",
                zoo.RecipeJson(network),
                WeightsHash.Of(zoo.ReadWeights(network)),
                .. zoo.History(network).Select(epoch => $"{epoch}"),
                .. zoo.Milestones(network).Select(milestone => $"{milestone}"),
                .. zoo.KeptEpochs(network)
                    .Select(epoch => Convert.ToHexString((zoo.Kept(network, epoch) with { CoreSeconds = 0 }).ToBytes())),
            ]))];
    }

    [Fact]
    public void Shards_merged_are_the_zoo_that_one_machine_would_have_made()
    {
        string[] shards = [.. Enumerable.Range(0, 3).Select(i => Generate($"shard{i}", 4, new Shard(i, 3)))];
        Assert.Equal(new MergeResult(12, 0, 0, Kept(Generate("whole", 4))), Merge(shards));
        Assert.Equal(Everything(_scratch.In("whole")), Everything(_scratch.In("into")));
        Assert.Equal(new MergeResult(0, 12, 0, 0), Merge(shards));
        Assert.Empty(
            Verifier.Run(_scratch.In("into"), new VerificationOptions(Threads: 2), _ => { }, TestContext.Current.CancellationToken).Doubts);
    }

    static int Kept(string folder)
    {
        using var zoo = Zoo.Open(folder);
        return zoo.Networks().Sum(network => zoo.KeptEpochs(network).Count);
    }

    [Fact]
    public void Overlapping_zoos_merge_and_kept_checkpoints_reach_networks_that_were_there()
    {
        var (without, with) = (Generate("without", 3, keep: false), Generate("with", 2));
        Assert.Equal((9, 6), (Merge([without, with]).Added, Merge([without], "again").Added - 3));
        Assert.Equal(Kept(with), Kept(_scratch.In("into")));
    }

    [Fact]
    public void A_merge_that_is_stopped_goes_on()
    {
        string[] shards = [.. Enumerable.Range(0, 4).Select(i => Generate($"shard{i}", 4, new Shard(i, 4)))];
        using var stop = new CancellationTokenSource();
        void StopInTheMiddle(int done)
        {
            if (done == 6) stop.Cancel();
        }

        Assert.Throws<OperationCanceledException>(() => Merge(shards, report: StopInTheMiddle, cancellation: stop.Token));
        using (var zoo = Zoo.Open(_scratch.In("into"))) Assert.Equal(6, zoo.Status().Networks);
        Assert.Equal((6, 6), (Merge(shards) is var rest ? rest.Added : 0, rest.WereThere));
        Generate("whole", 4);
        Assert.Equal(Everything(_scratch.In("whole")), Everything(_scratch.In("into")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Other_bits_for_one_network_are_an_error_that_names_both_origins_and_changes_nothing(bool isInTarget)
    {
        var first = Store(isInTarget ? "into" : "first", Example.Network(Example.Small, "ParityMachine", 1, host: "first-host"));
        var second = Store("second", Example.Network(Example.Small, "ParityMachine", 0), Example.Network(
            Example.Small, "ParityMachine", 1, salt: 1, host: "second-host"));
        var before = isInTarget ? File.ReadAllBytes(Path.Combine(first, "zoo.db")) : [];
        var error = Assert.Throws<ZooException>(() => Merge(isInTarget ? [second] : [first, second])).Message;
        foreach (var name in new[]
        {
            "first-host", "second-host", first, second, "ParityMachine, seed 1", Example.Small.Recipe("ParityMachine", 1).Id,
        })
        {
            Assert.Contains(name, error, StringComparison.Ordinal);
        }

        if (isInTarget) Assert.Equal(before, File.ReadAllBytes(Path.Combine(first, "zoo.db")));
        else Assert.False(Directory.Exists(_scratch.In("into")));
    }

    [Fact]
    public void Of_two_checkpoints_the_furthest_wins_and_a_finished_network_needs_none()
    {
        var (begun, done) = (Example.Small.Recipe("ParityMachine", 5), Example.Small.Recipe("ParityMachine", 6));
        void Begin(string name, int epochs)
        {
            using var writer = ZooWriter.Open(_scratch.In(name), ZooPopulation.Of(Example.Small));
            writer.Store(
                [], [(begun, Example.Checkpoint(begun, epochs)), (done, Example.Checkpoint(done, epochs))], [Example.Checkpoint(begun, 2)]);
        }

        Begin("a", 3);
        Begin("b", 8);
        Begin("c", 5);
        Store("into", Example.Network(Example.Small, "ParityMachine", 6));
        var result = Merge([_scratch.In("a"), _scratch.In("b"), _scratch.In("c")]);
        Assert.Equal((2, 1), (result.Checkpoints, result.Kept));
        using var zoo = Zoo.Open(_scratch.In("into"));
        Assert.Equal(8, zoo.Checkpoint(begun.Id)!.Epoch);
        Assert.Null(zoo.Checkpoint(done.Id));
        Assert.Equal([2], zoo.KeptEpochs(begun.Id));
    }

    [Fact]
    public void Zoos_of_several_populations_are_not_merged_nor_a_zoo_into_itself()
    {
        var small = Store("small", Example.Network(Example.Small, "ParityMachine", 1));
        using (var writer = ZooWriter.Open(_scratch.In("shape"), ZooPopulation.Of(Example.Ds1Shape)))
            writer.Add([Example.Network(Example.Ds1Shape, "ParityMachine", 1)]);
        Assert.Contains("'small' and 'shape'", Assert.Throws<ZooException>(() => Merge([small, _scratch.In("shape")])).Message);
        Assert.Contains("'shape' and 'small'", Assert.Throws<ZooException>(() => Merge([_scratch.In("shape")], "small")).Message);
        Assert.Contains("into itself", Assert.Throws<ZooException>(() => Merge([small + "/"], "small")).Message);
        Assert.Contains("no folder", Assert.Throws<ZooException>(() => Merge([_scratch.In("none")])).Message);
        Assert.False(Directory.Exists(_scratch.In("into")));
    }

    [Fact]
    public void A_damaged_source_is_named_with_its_network_and_stays_as_it_is()
    {
        var source = Store("source", Example.Network(Example.Small, "ParityMachine", 1));
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={source}/zoo.db;Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE weights SET weights = zeroblob(length(weights))";
            command.ExecuteNonQuery();
        }

        var before = File.ReadAllBytes(Path.Combine(source, "zoo.db"));
        Assert.Contains(Example.Small.Recipe("ParityMachine", 1).Id, Assert.Throws<ZooException>(() => Merge([source])).Message);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(source, "zoo.db")));
    }
}

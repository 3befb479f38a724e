using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests;

public sealed class ZooBackupTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_backup_made_while_a_writer_writes_is_whole_and_of_one_moment()
    {
        var (batches, stored) = (0, 0);
        using var stop = new CancellationTokenSource();
        using var writer = ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(Example.Small));
        var writing = new Thread(() =>
        {
            // Ten networks per transaction: a copy of one moment has a multiple of ten.
            for (var seed = 0u; !stop.IsCancellationRequested && seed < 20_000; seed += 10, Volatile.Write(ref batches, batches + 1))
                writer.Add([.. Enumerable.Range(0, 10).Select(i => Example.Network(Example.Small, "ParityMachine", seed + (uint)i))]);
        });
        writing.Start();
        using (var zoo = Zoo.Open(_scratch.In("z")))
        {
            for (var i = 0; i < 8; i++)
            {
                var before = Volatile.Read(ref batches);
                while (Volatile.Read(ref batches) < before + 5) Thread.Sleep(1);
                ZooBackup.Write(zoo, _scratch.In($"copy{i}/zoo.db"));
                using var copy = Zoo.Open(_scratch.In($"copy{i}"));
                var networks = copy.Networks().ToList();
                Assert.True(
                    networks.Count >= 10 * before && networks.Count > stored,
                    $"{networks.Count} networks after {before} batches and {stored} networks");
                Assert.Equal(0, networks.Count % 10);
                Assert.Equal(networks.Count, copy.ReadWeights("ParityMachine").Networks.Count);
                stored = networks.Count;
            }
        }

        stop.Cancel();
        writing.Join();
        var report = Verifier.Run(
            _scratch.In("copy7"), new VerificationOptions(Threads: 2), _ => { }, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(report.Doubts, doubt => doubt.Check is "files" or "weights");
        Assert.Empty(report.Checks.Single(check => check.Name == "files").Notes);
    }

    [Fact]
    public void A_backup_overwrites_nothing_and_leaves_nothing_half_written()
    {
        using var writer = ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(Example.Small));
        File.WriteAllText(_scratch.In("there"), "mine");
        Assert.Contains("is already there", Assert.Throws<ZooException>(() => ZooBackup.Write(writer.Zoo, _scratch.In("there"))).Message);
        Assert.Equal("mine", File.ReadAllText(_scratch.In("there")));
        Assert.Contains(
            "could not be written", Assert.Throws<ZooException>(() => ZooBackup.Write(writer.Zoo, _scratch.In("there/zoo.db"))).Message);
        Assert.Equal(["there", "z"], Directory.GetFileSystemEntries(_scratch.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Compacting_gives_space_back_and_keeps_everything()
    {
        string digest;
        var recipe = Example.Small.Recipe("ParityMachine", 5000);
        using (var writer = ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(Example.Small)))
        {
            writer.Store([], [.. Enumerable.Range(0, 300).Select(i => Example.Small.Recipe("ParityMachine", (uint)i))
                .Select(r => (r, Example.Checkpoint(r, 30)))]);
            writer.Add([.. Enumerable.Range(0, 300).Select(i => Example.Network(Example.Small, "ParityMachine", (uint)i))]);
            writer.Store([], [(recipe, Example.Checkpoint(recipe, 3))]);
            digest = writer.Zoo.WeightsDigest();
        }

        var before = new FileInfo(_scratch.In("z/zoo.db")).Length;
        using (var writer = ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(Example.Small))) writer.Compact();
        Assert.InRange(new FileInfo(_scratch.In("z/zoo.db")).Length, 1, (before / 2) + 100_000);
        Assert.True(new FileInfo(_scratch.In("z/zoo.db")).Length < before);
        using var zoo = Zoo.Open(_scratch.In("z"));
        Assert.Equal(digest, zoo.WeightsDigest());
        Assert.Equal(3, zoo.Checkpoint(recipe.Id)!.Epoch);
        Assert.True(ZooSeal.IsWhole(_scratch.In("z"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_seal_is_broken_by_the_first_change_and_made_anew_at_the_end_and_a_run_that_changes_nothing_leaves_it()
    {
        using (var writer = ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(Example.Small)))
        {
            Assert.Null(ZooSeal.IsWhole(_scratch.In("z"), TestContext.Current.CancellationToken));
            writer.Add([Example.Network(Example.Small, "ParityMachine", 1)]);
        }

        Assert.True(ZooSeal.IsWhole(_scratch.In("z"), TestContext.Current.CancellationToken));
        var seal = File.GetLastWriteTimeUtc(_scratch.In("z/zoo.seal"));
        using (ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(Example.Small)))
        {
        }

        Assert.Equal(seal, File.GetLastWriteTimeUtc(_scratch.In("z/zoo.seal")));
        using (var writer = ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(Example.Small)))
        {
            writer.Add([Example.Network(Example.Small, "ParityMachine", 2)]);
            Assert.False(File.Exists(_scratch.In("z/zoo.seal")));
        }

        Assert.True(ZooSeal.IsWhole(_scratch.In("z"), TestContext.Current.CancellationToken));
    }
}

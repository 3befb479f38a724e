using Mlds.Recipes;
using Mlds.Zoos.Generation;
using Mlds.Zoos.Merging;
using Mlds.Zoos.Releases;
using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests;

/// <summary>A zoo knows which part of its population it was asked for, and says what is missing of it.</summary>
public sealed class AskedNetworksTests : IDisposable
{
    static readonly Population s_population = Example.Small;

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string Generate(string name, int networks, string shard)
    {
        using var writer = ZooWriter.Open(_scratch.In(name), Example.Of(s_population));
        new GenerationRun(writer, s_population, new GenerationOptions(networks, Shard.Parse(shard), 2, TimeSpan.FromSeconds(5))).Run(_ =>
            { }, TestContext.Current.CancellationToken);
        return _scratch.In(name);
    }

    /// <summary>A zoo that was asked for a part and stopped before its last networks.</summary>
    string Unfinished(string name, string shard, int networks, int stored)
    {
        using var writer = ZooWriter.Open(_scratch.In(name), Example.Of(s_population));
        writer.Ask(new ZooPart(Shard.Parse(shard), networks));
        foreach (var (index, machine) in s_population.MachineNames.Index())
        {
            writer.Add([.. Enumerable.Range(0, stored).Select(seed => (uint)seed).Where(seed => Shard.Parse(shard).Has(index, seed))
                .Select(seed => Example.Network(s_population, machine, seed))]);
        }

        return _scratch.In(name);
    }

    void Merge(int? shards, params string[] sources) =>
        ZooMerge.Run(sources, _scratch.In("into"), (_, _) => { }, TestContext.Current.CancellationToken, shards);

    string Refusal(int shards, params string[] sources)
    {
        var message = Assert.Throws<ZooException>(() => Merge(shards, sources)).Message;
        Assert.StartsWith("Nothing was merged: ", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.In("into")));
        return message;
    }

    static AskedNetworks Asked(string folder)
    {
        using var zoo = Zoo.Open(folder);
        return AskedNetworks.Of(zoo)!;
    }

    [Fact]
    public void Two_of_four_parts_are_not_the_whole_and_merge_and_verify_and_release_say_so()
    {
        string[] two = [Generate("s0", 8, "0/4"), Generate("s2", 8, "2/4")];

        Assert.Contains("parts 1/4, 3/4 aren't among the zoos", Refusal(4, two), StringComparison.Ordinal);

        Merge(null, two);
        var asked = Asked(_scratch.In("into"));
        Assert.Equal((12, 0, false), (asked.Asked, asked.Missing, asked.IsAll));
        Assert.Equal(["1/4", "3/4"], asked.PartsElsewhere.Select(shard => $"{shard}"));
        var report = Verifier.Run(
            _scratch.In("into"), new VerificationOptions(Threads: 2), _ => { }, TestContext.Current.CancellationToken);
        Assert.Empty(report.Doubts);
        Assert.Contains("parts 1/4, 3/4 are missing", Assert.Single(report.Checks.Single(check => check.Name == "asked_for").Notes),
            StringComparison.Ordinal);
        Assert.False(report.Asked!.IsAll);
    }

    [Fact]
    public void All_parts_whole_are_the_population_and_nothing_is_missing()
    {
        Merge(3, [.. Enumerable.Range(0, 3).Select(i => Generate($"s{i}", 5, $"{i}/3"))]);
        var asked = Asked(_scratch.In("into"));
        Assert.True(asked.IsAll);
        Assert.Equal(15, asked.Asked);
        Assert.Equal("Asked for were parts 0/3, 1/3, 2/3 of 5 networks per machine: all of 15 networks are there.", $"{asked}");
        // Merged again, and with the target as the only one that has a part.
        Merge(3, _scratch.In("s1"));
    }

    [Fact]
    public void An_unfinished_part_is_named_with_what_it_lacks()
    {
        string[] shards = [Unfinished("s0", "0/2", 6, 6), Unfinished("s1", "1/2", 6, 4)];
        Assert.Contains("part 1/2 (3) lacks networks", Refusal(2, shards), StringComparison.Ordinal);
        Merge(null, shards);
        Assert.Equal((18, 3), (Asked(_scratch.In("into")).Asked, Asked(_scratch.In("into")).Missing));
    }

    [Fact]
    public void A_part_of_fewer_networks_than_the_others_is_named()
    {
        string[] shards = [Unfinished("s0", "0/2", 6, 6), Unfinished("s1", "1/2", 4, 4)];
        Assert.Contains("part 1/2 was asked for fewer networks per machine (4", Refusal(2, shards), StringComparison.Ordinal);
    }

    [Fact]
    public void A_zoo_that_does_not_say_which_part_it_is_gets_a_hint_and_no_check()
    {
        using (var writer = ZooWriter.Open(_scratch.In("old"),
            Example.Of(s_population)))
        {
            writer.Add([Example.Network(s_population, "ParityMachine", 0)]);
        }

        using (var zoo = Zoo.Open(_scratch.In("old"))) Assert.Null(AskedNetworks.Of(zoo));
        Assert.Contains("doesn't say which part", Refusal(2, _scratch.In("old"), Unfinished("s1", "1/2", 2, 2)), StringComparison.Ordinal);
    }

    [Fact]
    public void More_networks_later_replace_what_was_asked_for_and_the_same_again_writes_nothing()
    {
        Unfinished("z", "0/1", 2, 2);
        var before = File.ReadAllBytes(Path.Combine(_scratch.In("z"), "zoo.db"));
        Unfinished("z", "0/1", 1, 0);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(_scratch.In("z"), "zoo.db")));
        Assert.True(File.Exists(Path.Combine(_scratch.In("z"), "zoo.seal")));
        Unfinished("z", "0/1", 3, 2);
        Assert.Equal((new ZooPart(Shard.All, 3), 3), (Asked(_scratch.In("z")).Parts.Single(), Asked(_scratch.In("z")).Missing));
    }

    [Fact]
    public void A_release_with_gaps_below_its_highest_seeds_counts_them_and_one_without_says_nothing()
    {
        Unfinished("s0", "0/2", 8, 8);
        using var zoo = Zoo.Open(_scratch.In("s0"));
        var release = ReleaseWriter.Write(zoo, _scratch.In("r"), new ReleaseOptions([], ["npy"]), (_, _, _) => { },
            TestContext.Current.CancellationToken);
        // Even seeds 0 to 6 of the first and third machine, odd ones 1 to 7 of the second.
        Assert.Equal([3, 4, 3], release.Plan.Machines.Select(machine => machine.Untrained));
        Assert.Contains("10 seeds without a network", File.ReadAllText(_scratch.In("r/README.md")), StringComparison.Ordinal);
        Unfinished("whole", "0/1", 3, 3);
        using var whole = Zoo.Open(_scratch.In("whole"));
        ReleaseWriter.Write(whole, _scratch.In("rw"), new ReleaseOptions([], ["npy"]), (_, _, _) => { },
            TestContext.Current.CancellationToken);
        Assert.DoesNotContain("seeds without", File.ReadAllText(_scratch.In("rw/manifest.json")), StringComparison.Ordinal);
    }
}

using System.Text.Json.Nodes;
using Mlds.Bundles;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Science;
using Mlds.Server.Science.Recalls;
using Mlds.Training;
using Mlds.Zoos;
using Mlds.Zoos.Generation;
using Mlds.Zoos.Releases;
using Mlds.Zoos.Verification;

namespace Mlds.Server.Tests.Science.Recalls;

/// <summary>
/// A zoo that took over forged networks before they could be found is put right: they are withdrawn and computed again, and in the end the
/// zoo is the one that generate makes.
/// </summary>
public sealed class RecallTests
{
    const int EpochLimit = 50;
    const int Forger = 9;

    static readonly ReplayPolicy s_policy = new(First: 0, Floor: 1e-9, Release: 1000);

    static Zoo Opened(Volunteers project) => Zoo.Open(Path.Combine(project.Folder, "zoo"));

    /// <summary>A finished population, half of it from the host that forges below.</summary>
    static Volunteers Finished(int networks, int epochLimit = EpochLimit)
    {
        var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(networks, EpochLimit: epochLimit));
        project.Write(session =>
        {
            session.Execute(
                "INSERT INTO account (id, created, email, name, key_hash, sealed_key, cross_project_id, email_hash, external_cpid) VALUES "
                + "(1, 1, 'ada@example.org', 'Ada', 'k', $1, '', '', '')", Array.Empty<byte>());
            return AddHost(session, Forger);
        });
        Finish(project, new Volunteer(1), new Volunteer(Forger));
        return project;
    }

    static int AddHost(Session session, long id) => session.Execute(
        "INSERT INTO host (id, account_id, created, rpc_time, rpc_seqno, cpid, name, client_version, timezone, processors, "
        + "vendor, model, features, fpops, iops, memory_bandwidth, memory, cache, swap, "
        + "disk_total, disk_free, os_name, os_version, on_fraction, active_fraction, upload_rate, download_rate) "
        + "VALUES ($1, 1, 1, 1, 1, '', '', '', 0, 1, '', '', '', 1, 1, 1, 1, 1, 1, 1, 1, '', '', 1, 1, 1, 1)", id);

    static void Finish(Volunteers project, params Volunteer[] hosts)
    {
        project.Run(hosts);
        while (project.Held > 0)
        {
            project.ProveHeld();
            project.Run(hosts);
        }
    }

    /// <summary>
    /// Puts forged networks in place of the forger's, as the old fault did: each does its task, and its record is consistent.
    /// </summary>
    static List<TrainedNetwork> Plant(Volunteers project, int count, Func<StoredNetwork, bool>? which = null)
    {
        project.Restart();
        using var writer = ZooWriter.Open(Path.Combine(project.Folder, "zoo"), ZooPopulation.Of(Small.Population));
        var planted = new List<TrainedNetwork>();
        foreach (var network in writer.Zoo.Networks().Where(
            network => VolunteerOrigin.Host(network.Provenance.Host) == Forger && (which?.Invoke(network) ?? true)).ToList())
        {
            if (planted.Count == count) break;
            if (Forgers.Planted(
                new BundleNetwork(Small.Population.Recipe(network.Machine, network.Seed), null), EpochLimit) is not { } forged)
            {
                continue;
            }

            writer.Withdraw([(network.RecipeId, network.WeightsSha256)]);
            planted.Add(forged.Network(network.Provenance));
            writer.Add([planted[^1]]);
        }

        Assert.Equal(count, planted.Count);
        return planted;
    }

    static (RecallReport Report, List<long> Caught) Recheck(Volunteers project, long host = 0)
    {
        project.Restart();
        var caught = new List<long>();
        var recall = new Recall(project.Database, project.Folder, (_, who, _) => caught.Add(who), TimeProvider.System);
        var options = new RecallOptions(host == 0 ? "small" : null, host, Threads: 2);
        return (Assert.Single(recall.Run(options, delegate { }, TestContext.Current.CancellationToken)), caught);
    }

    static void AssertHonest(Volunteers project, int networks)
    {
        using var zoo = Opened(project);
        using var folder = new ScratchFolder();
        using var writer = ZooWriter.Open(folder.Path, ZooPopulation.Of(Small.Population));
        new GenerationRun(writer, Small.Population, new GenerationOptions(networks)).Run(_ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(writer.Zoo.WeightsDigest(), zoo.WeightsDigest());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Planted_networks_are_withdrawn_and_computed_anew_until_the_zoo_is_generates(bool byHost)
    {
        await using var project = Finished(12);
        AssertHonest(project, 12);
        var planted = Plant(project, 2);
        project.Write(session => session.Execute(
            "UPDATE science_weights SET sha256 = $1, proved = 1 WHERE network_id = (SELECT n.id FROM science_network n JOIN "
            + "science_machine m ON m.id = n.machine_id "
            + "WHERE m.name = $2 AND n.seed = $3)", planted[0].WeightsSha256, planted[0].Recipe.MachineName, (long)planted[0].Recipe.Seed));
        var (report, caught) = Recheck(project, byHost ? Forger : 0);
        Assert.Equal(planted.Select(network => (network.Recipe.Id, network.WeightsSha256)).ToHashSet(), report.Withdrawn.Select(
            network => (network.RecipeId, network.WeightsSha256)).ToHashSet());
        Assert.All(report.Withdrawn, network => Assert.Contains("trained again, ", network.Fault, StringComparison.Ordinal));
        Assert.Equal([Forger], caught);
        Assert.Equal([Forger], report.Caught);
        Assert.Equal(HostStanding.Provisional, project.Database.Read(session => HostTrust.Read(session, Forger)).Standing);
        Assert.Equal(1, project.Database.Read(session => HostTrust.Read(session, Forger)).Times);
        Assert.Equal(0, project.Database.Read(
            session => session.Number("SELECT count(*) FROM science_weights WHERE sha256 = $1", planted[0].WeightsSha256)));
        Assert.Equal(byHost, report.Trained < 24);

        // The zoo is sound, and the recall's record says what it was before and is now.
        using (var zoo = Opened(project))
        {
            Assert.Equal(22, zoo.Networks().Count());
            Assert.Equal(report.DigestAfter, zoo.WeightsDigest());
            Assert.NotEqual(report.DigestBefore, report.DigestAfter);
        }

        Assert.True(Verifier.Run(Path.Combine(project.Folder, "zoo"), new VerificationOptions(0, 0, 1, 1), _ => { },
            TestContext.Current.CancellationToken).IsSound);
        var record = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(project.Folder, report.Record!), TestContext.Current.CancellationToken))!;
        Assert.Equal(report.DigestBefore, (string?)record["weights_digest_before"]);
        Assert.Equal(2, record["withdrawn"]!.AsArray().Count);

        Finish(project, new Volunteer(1));
        AssertHonest(project, 12);
        var (second, again) = Recheck(project);
        Assert.True(second.IsSound);
        Assert.Empty(again);
        Assert.Null(second.Record);
        Assert.Equal(24, second.Trained + second.Known);
        Assert.Equal(report.Trained - 2, second.Known); // what was found right once isn't trained again
        Assert.Equal(0, Recheck(project).Report.Trained);
    }

    [Fact]
    public async Task A_host_that_was_merged_into_another_is_looked_at_and_caught_as_that_one()
    {
        const long GoesOn = Forger + 1;
        await using var project = Finished(12);
        var planted = Plant(project, 1);
        project.Write(session =>
        {
            AddHost(session, GoesOn);
            session.Execute("UPDATE host SET merged_into = $2 WHERE id = $1", (long)Forger, GoesOn);
            return session.Execute("UPDATE result SET host_id = $2 WHERE host_id = $1", (long)Forger, GoesOn);
        });
        var (report, caught) = Recheck(project, Forger);
        Assert.Equal(planted[0].WeightsSha256, Assert.Single(report.Withdrawn).WeightsSha256);
        Assert.Equal([GoesOn], caught);
        Assert.Equal(GoesOn, report.Host);
    }

    [Fact]
    public async Task A_recall_that_was_killed_goes_on_where_it_was()
    {
        await using var project = Finished(6);
        Plant(project, 1);
        using var kill = new CancellationTokenSource();
        var killed = new Recall(project.Database, project.Folder, delegate { }, TimeProvider.System);
        void Kill(string population, int done, int total)
        {
            if (done == 4) kill.Cancel();
        }

        Assert.ThrowsAny<OperationCanceledException>(() => killed.Run(new RecallOptions("small", 0, 2), Kill, kill.Token));
        var before = project.Database.Read(session => session.Number("SELECT count(*) FROM science_recheck"))!.Value;
        Assert.InRange(before, 3, 11);
        var (report, _) = Recheck(project);
        Assert.Equal(12, before + report.Trained);
        Assert.Single(report.Withdrawn);
        Assert.Equal(1, project.Database.Read(session => session.Number("SELECT count(*) FROM science_recall")));
        Finish(project, new Volunteer(1));
        AssertHonest(project, 6);
    }

    [Fact]
    public async Task A_kill_between_the_zoo_and_the_database_is_made_up_for()
    {
        await using var project = Finished(6);
        Plant(project, 2);
        var recall = new Recall(project.Database, project.Folder, (_, _, _) => throw new IOException("killed"), TimeProvider.System);
        Assert.Throws<IOException>(() => recall.Run(new RecallOptions("small", 0, 1), delegate { }, TestContext.Current.CancellationToken));
        using (var zoo = Opened(project)) Assert.Equal(10, zoo.Networks().Count());
        Assert.Equal(0, project.Database.Read(session => session.Number("SELECT count(*) FROM science_network WHERE state = 0")));
        var (report, caught) = Recheck(project);
        Assert.Equal(2, report.Withdrawn.Count);
        Assert.Equal([Forger], caught);
        Finish(project, new Volunteer(1));
        AssertHonest(project, 6);
    }

    [Fact]
    public async Task A_network_that_the_zoo_lacks_though_it_is_done_is_computed_again()
    {
        await using var project = Finished(4);
        project.Restart();
        using (var writer = ZooWriter.Open(Path.Combine(project.Folder, "zoo"), ZooPopulation.Of(Small.Population)))
            writer.Withdraw([.. writer.Zoo.Networks().Take(2).Select(network => (network.RecipeId, network.WeightsSha256))]);
        Assert.Equal(2, Recheck(project).Report.Missing);
        Finish(project, new Volunteer(1));
        AssertHonest(project, 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_goes_on_from_a_forged_checkpoint_and_who_did_is_not_to_blame(bool isOut)
    {
        await using var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(6, EpochLimit: 7));
        var honest = new Volunteer(1);
        while (project.Database.Read(
            session => session.Number("SELECT count(*) FROM science_network WHERE state = 0 AND checkpoint IS NOT NULL")) == 0)
        {
            project.Return(project.Next()!, honest);
            project.ProveHeld();
        }

        // A host's part that was taken over: its optimiser isn't where the recipe leads.
        var (id, bytes) = project.Database.Read(session => session.Row(
            "SELECT id, checkpoint FROM science_network WHERE state = 0 AND checkpoint IS NOT NULL ORDER BY place, id LIMIT 1", row =>
                (row.GetInt64(0), row.GetFieldValue<byte[]>(1))));
        var checkpoint = Checkpoint.FromBytes(bytes);
        var moments = checkpoint.OptimizerState[0].ToArray();
        moments[0] += 1e-3f;
        project.Write(session => session.Execute(
            "UPDATE science_network SET checkpoint = $2 WHERE id = $1",
            id, (checkpoint with { OptimizerState = [moments, checkpoint.OptimizerState[1]] }).ToBytes()));
        string? unit = null;
        var waiting = new Queue<string>();
        while (isOut && unit is null)
        {
            var next = project.Next()!;
            if (project.BundleOf(next).Networks.Any(network => network.From is not null && network.Recipe.Id == checkpoint.RecipeId
                && network.From.OptimizerState[0][0] == moments[0]))
            {
                unit = next;
            }
            else
            {
                waiting.Enqueue(next);
            }
        }

        var (report, caught) = Recheck(project);
        var dropped = Assert.Single(report.Checkpoints);
        Assert.Equal((checkpoint.RecipeId, "trained again, it has other state of its optimiser"), (dropped.RecipeId, dropped.Fault));
        Assert.Empty(report.Withdrawn);
        Assert.Empty(caught); // it isn't known whose it was
        var count = project.Checks.Count;
        if (unit is not null) project.Return(unit, honest);
        while (waiting.TryDequeue(out var other)) project.Return(other, honest);
        Finish(project, honest);
        Assert.All(project.Checks.Skip(count), check => Assert.Equal(Verdict.Valid, check.Check.Verdict));
        AssertHonest(project, 6);
    }

    [Fact]
    public async Task An_honest_host_is_not_caught_by_a_ringer_that_rests_on_a_forged_result()
    {
        await using var project = Finished(8);
        var forged = Assert.Single(Plant(project, 1));
        var network = project.Database.Read(session => session.Number(
            "SELECT n.id FROM science_network n JOIN science_machine m ON m.id = n.machine_id WHERE m.name = $1 AND n.seed = $2",
                forged.Recipe.MachineName, (long)forged.Recipe.Seed))!.Value;

        // A unit that asks for it as a ringer is out: made by having it wait for a moment.
        project.Write(session => session.Execute("UPDATE science_network SET state = 0 WHERE id = $1", network));
        var unit = project.Next()!;
        project.Write(session => session.Execute(
            "UPDATE science_unit_network SET ringer = $2 WHERE unit = $1 AND network_id = $3", unit, forged.WeightsSha256, network)
            + session.Execute("UPDATE science_network SET state = 2 WHERE id = $1", network));
        Assert.Single(Recheck(project).Report.Withdrawn);
        project.Return(unit, new Volunteer(2));
        Assert.Equal(Verdict.Valid, project.Checks[^1].Check.Verdict);
        Finish(project, new Volunteer(1));
        AssertHonest(project, 8);
    }

    [Fact]
    public async Task A_release_that_was_cut_before_is_told_by_what_it_holds()
    {
        await using var project = Finished(12);
        var first = Releasable(project);
        var planted = Plant(project, 1, network => first.Contains(network.RecipeId));
        using var folder = new ScratchFolder();
        var size = Cut(project, folder.In("old"), planted[0].Recipe.Id);
        Recheck(project);
        var withdrawn = RecallReport.EverWithdrawn(project.Database);
        var old = RecalledRelease.Hold(Release.Open(folder.In("old")), withdrawn);
        Assert.Equal([planted[0].Recipe.Id], old.RecipeIds);
        Assert.Equal([size], old.Subsets);
        Finish(project, new Volunteer(1));
        Cut(project, folder.In("new"), planted[0].Recipe.Id);
        Assert.Empty(RecalledRelease.Hold(Release.Open(folder.In("new")), withdrawn).RecipeIds);
    }

    /// <summary>Recipe ids of the networks that the largest release has.</summary>
    static HashSet<string> Releasable(Volunteers project)
    {
        using var zoo = Opened(project);
        return [.. ReleasePlan.Make(zoo, []).Networks.Select(released => released.Network.RecipeId)];
    }

    /// <summary>Cuts the largest release, which has the network of that recipe.</summary>
    /// <returns>Its networks per machine.</returns>
    static int Cut(Volunteers project, string folder, string recipe)
    {
        using var zoo = Opened(project);
        var written = ReleaseWriter.Write(
            zoo, folder, new ReleaseOptions([], ["npy"]), delegate { }, TestContext.Current.CancellationToken);
        Assert.Contains(Release.Open(folder).Networks, network => network.RecipeId == recipe);
        return Assert.Single(written.Plan.Subsets);
    }

    [Fact]
    public async Task A_second_writer_gets_its_turn_while_networks_keep_coming()
    {
        using var folder = new ScratchFolder();
        var zoo = folder.In("zoo");
        using var open = new OpenZoo();
        using var stop = new CancellationTokenSource();
        var network = Volunteer.Train(new BundleNetwork(Small.Population.Recipe("SingleDirectMachine", 1), null), EpochLimit).Network(
            new Provenance("1", "p", "scalar", "h", 0));
        open.Add(zoo, Small.Population, () => [network], stop.Token);
        var adding = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) open.Add(zoo, Small.Population, () => [network], CancellationToken.None);
        }, TestContext.Current.CancellationToken);
        IDisposable? turn = null;
        while (turn is null) turn = ZooTurn.Ask(zoo);
        using (turn)
        using (var writer = OpenZoo.Open(zoo, ZooPopulation.Of(Small.Population), () => true, TestContext.Current.CancellationToken))
            Assert.Equal(1, writer.Withdraw([(network.Recipe.Id, network.WeightsSha256)]));
        await stop.CancelAsync();
        await adding;
        Assert.False(ZooTurn.IsAsked(zoo));
    }
}

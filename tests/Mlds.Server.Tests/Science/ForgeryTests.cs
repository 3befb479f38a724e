using Mlds.Bundles;
using Mlds.Server.Contract;
using Mlds.Server.Science;
using Mlds.Training;
using Mlds.Zoos;
using Mlds.Zoos.Generation;

namespace Mlds.Server.Tests.Science;

/// <summary>
/// Hosts that return false networks which do well: they are caught, and what of them had not earned trust is computed anew by others.
/// </summary>
public sealed class ForgeryTests
{
    static readonly ReplayPolicy s_policy = new(First: 4, Floor: 0.05, Release: 8);

    static readonly Dictionary<string, Func<BundleNetwork, int, TrainedPart?>> s_forgers = new()
    {
        ["wrong seed"] = Forgers.WrongSeed,
        ["permuted copy"] = Forgers.Permuted,
        ["planted key"] = Forgers.Planted,
    };

    const int EpochLimit = 50;

    static string Generated(int networks)
    {
        using var folder = new ScratchFolder();
        using var writer = ZooWriter.Open(folder.Path, ZooPopulation.Of(Small.Population));
        new GenerationRun(writer, Small.Population, new GenerationOptions(networks)).Run(_ => { }, TestContext.Current.CancellationToken);
        return writer.Zoo.WeightsDigest();
    }

    /// <summary>Shows that the forged networks are good ones: no check of record or losses finds them.</summary>
    [Theory]
    [InlineData("wrong seed")]
    [InlineData("permuted copy")]
    [InlineData("planted key")]
    public void A_forged_network_that_does_well_passes_every_look_but_training_it_again(string kind)
    {
        var found = 0;
        for (uint seed = 0; seed < 8; seed++)
        {
            var asked = new BundleNetwork(Small.Population.Recipe("SingleDirectMachine", seed), null);
            if (s_forgers[kind](asked, EpochLimit) is not { } forged) continue;
            found++;
            Assert.Equal(Outcome.Converged, forged.Outcome);
            var honest = Volunteer.Train(asked, EpochLimit);
            Assert.NotEqual(WeightsHash.Of(honest.State.Weights), WeightsHash.Of(forged.State.Weights));
            Assert.NotNull(
                PartCheck.Replay(asked, forged, Small.Population.Data("SingleDirectMachine"), TestContext.Current.CancellationToken));
        }

        Assert.True(found >= 4, $"Only {found} could be forged.");
    }

    [Theory]
    [InlineData("wrong seed")]
    [InlineData("permuted copy")]
    [InlineData("planted key")]
    public async Task A_host_that_forges_from_the_start_is_caught_with_its_first_network(string kind)
    {
        await using var project = new Volunteers(s_policy);
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(12, EpochLimit: EpochLimit));
        var forger = new Volunteer(9, (network, _) => s_forgers[kind](network, EpochLimit));
        project.Return(project.Next()!, forger);
        Assert.Equal(HostStanding.Caught, project.Checks[0].Standing);
        Assert.Contains("trained again, ", project.Checks[0].Check.Reason, StringComparison.Ordinal);
        Finish(project);
        AssertHonest(project, 12);
    }

    [Theory]
    [InlineData("wrong seed")]
    [InlineData("permuted copy")]
    [InlineData("planted key")]
    public async Task A_host_that_forges_once_it_has_been_honest_is_caught_and_all_that_waits_of_it_is_computed_anew(string kind)
    {
        await using var project = new Volunteers(s_policy with { Release = 1000 });
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(60, EpochLimit: EpochLimit));
        var honest = 0;
        var forger = new Volunteer(9, (network, _) => ++honest <= 30 ? null : s_forgers[kind](network, EpochLimit));
        var held = 0;
        while (project.Next() is { } unit)
        {
            project.Return(unit, forger);
            if (project.Checks[^1].Standing == HostStanding.Caught) break;
            held = project.Held;
        }

        project.ProveHeld();
        Assert.Contains(project.Checks, check => check.Standing == HostStanding.Caught);
        Assert.Equal(0, project.Held);
        Finish(project);
        Assert.True(held > 0, "Nothing of it waited, so nothing could be voided.");
        AssertHonest(project, 60);
    }

    [Fact]
    public async Task A_copy_of_another_hosts_network_is_looked_at_closely_however_trusted_its_host()
    {
        await using var project = new Volunteers(new ReplayPolicy(First: 0, Floor: 1e-9, Release: 1000));
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(4, EpochLimit: EpochLimit));
        TrainedPart? sold = null;
        project.Return(project.Next()!, new Volunteer(1, (network, _) =>
        {
            sold ??= Volunteer.Train(network, EpochLimit);
            return null;
        }));
        Assert.Equal(0, project.Checks[0].Check.Retrained);
        var copy = new Volunteer(2, (network, _) => network.Recipe.MachineName == sold!.Recipe.MachineName ? Relabel(network, sold) : null);
        while (project.Checks.TrueForAll(check => check.Standing != HostStanding.Caught) && project.Next() is { } unit)
            project.Return(unit, copy);
        Assert.Contains("trained again, ", project.Checks[^1].Check.Reason, StringComparison.Ordinal);

        static TrainedPart Relabel(BundleNetwork asked, TrainedPart part)
        {
            var chain = asked.Recipe.Id;
            var milestones = part.State.Milestones.Select(milestone =>
            {
                var link = Milestone.Link(chain, milestone.Epoch, milestone.ValidationLoss, milestone.WeightsSha256);
                chain = link.Chain;
                return link;
            }).ToList();
            return part with { Recipe = asked.Recipe, State = part.State with { RecipeId = asked.Recipe.Id, Milestones = milestones } };
        }
    }

    [Fact]
    public async Task A_host_that_isnt_trained_after_is_caught_by_a_ringer()
    {
        await using var project = new Volunteers(new ReplayPolicy(First: 0, Floor: 1e-9, Release: 1000));
        WorkAdding.Add(project.Database, project.Folder, Small.Population, new WorkOptions(300, EpochLimit: EpochLimit));

        // Some networks with an answer: proved ones.
        for (var i = 0; i < 6; i++) project.Return(project.Next()!, new Volunteer(1));
        project.ProveHeld();
        var forger = new Volunteer(9, (network, _) => Forgers.Planted(network, EpochLimit));
        while (project.Checks.TrueForAll(check => check.Standing != HostStanding.Caught) && project.Next() is { } unit)
            project.Return(unit, forger);
        Assert.Contains(
            "its weights aren't those that are known of this recipe", project.Checks[^1].Check.Reason, StringComparison.Ordinal);
    }

    static void Finish(Volunteers project)
    {
        var honest = new Volunteer(1);
        project.Run(honest);
        while (project.Held > 0)
        {
            project.ProveHeld();
            project.Run(honest);
        }
    }

    static void AssertHonest(Volunteers project, int networks)
    {
        using var zoo = Zoo.Open(Path.Combine(project.Folder, "zoo"));
        Assert.Equal(Generated(networks), zoo.WeightsDigest());
    }
}

using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos.Generation;

namespace Mlds.Zoos.Tests.Generation;

public sealed class GenerationRunTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    static GenerationOptions Options(int networks, int threads = 2, Shard? shard = null) =>
        new(networks, shard ?? Shard.All, threads, TimeSpan.Zero);

    (string Digest, GenerationProgress End) Generate(
        string zoo, GenerationOptions options, Action<GenerationProgress>? report = null,
        CancellationTokenSource? stop = null, Population? population = null)
    {
        population ??= Example.Small;
        using var writer = ZooWriter.Open(_scratch.In(zoo), Example.Of(population));
        var end = new GenerationRun(writer, population, options)
            .Run(report ?? (_ => { }), stop?.Token ?? TestContext.Current.CancellationToken);
        return (writer.Zoo.WeightsDigest(), end);
    }

    [Fact]
    public void Every_network_is_what_training_its_recipe_alone_gives()
    {
        var (_, end) = Generate("z", Options(3));
        Assert.Equal((9, 9, 9), (end.Trained, end.Done, end.Total));
        using var zoo = Zoo.Open(_scratch.In("z"));
        foreach (var stored in zoo.Networks())
        {
            var recipe = Example.Small.Recipe(stored.Machine, stored.Seed);
            var alone = Trainer.Train(recipe, Example.Small.Data(stored.Machine), cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(
                (alone.Recipe.Id, alone.WeightsSha256, alone.Outcome, alone.LongLoss),
                (stored.RecipeId, stored.WeightsSha256, stored.Outcome, stored.LongLoss));
            Assert.Equal(alone.History, zoo.History(stored));
            Assert.Equal(alone.Milestones, zoo.Milestones(stored));
        }
    }

    [Fact]
    public void A_network_that_does_not_converge_is_kept_with_that_outcome()
    {
        Generate("z", Options(1), population: Example.Slow);
        using var zoo = Zoo.Open(_scratch.In("z"));
        Assert.All(zoo.Networks(), network => Assert.Equal((Outcome.NotConverged, 30), (network.Outcome, network.Epochs)));
        Assert.Equal(3, zoo.Status().Machines.Sum(machine => machine.NotConverged));
    }

    [Fact]
    public void Threads_and_resumption_and_growth_in_steps_leave_no_trace()
    {
        var (once, _) = Generate("once", Options(4, threads: 1));
        Generate("steps", Options(1, threads: 3));
        var (steps, end) = Generate("steps", Options(4, threads: 3));
        Assert.Equal(once, steps);
        Assert.Equal(9, end.Trained);
    }

    [Fact]
    public void A_run_that_is_stopped_goes_on_from_its_checkpoints()
    {
        var (undisturbed, _) = Generate("once", Options(2), population: Example.Slow);
        var (begun, stored) = (0, 0);
        var (stops, digest) = StopNowAndThen(
            _ => Options(2),
            begin: () => (begun, stored) = (0, 0),
            stopped: zoo =>
            {
                begun += zoo.Status().Machines.Sum(machine => machine.InProgress);
                Assert.True(zoo.Status().Networks >= stored);
                stored = zoo.Status().Networks;
            });
        Assert.Equal(undisturbed, digest);
        Assert.InRange(stops, 2, 1000);
        Assert.InRange(begun, stops, 3 * stops);
        using var whole = Zoo.Open(_scratch.In("stopped"));
        Assert.Equal(0, whole.Status().Machines.Sum(machine => machine.InProgress));
    }

    static GenerationOptions Keeping(int networks, int threads = 2) => Options(networks, threads) with { KeepMilestones = true };

    /// <summary>Every milestone of every network is kept, and going on from any of them leads to the network's weights.</summary>
    void HasAllMilestones(string zoo, Population population)
    {
        using var opened = Zoo.Open(_scratch.In(zoo));
        foreach (var network in opened.Networks())
        {
            Assert.Equal(opened.Milestones(network).Select(milestone => milestone.Epoch), opened.KeptEpochs(network));
            foreach (var epoch in opened.KeptEpochs(network))
            {
                using var run = new TrainingRun(
                    population.Recipe(network.Machine, network.Seed), population.Data(network.Machine), opened.Kept(network, epoch));
                while (run.Outcome is null) run.NextEpoch();
                Assert.Equal(network.WeightsSha256, WeightsHash.Of(run.Checkpoint().Weights));
            }
        }
    }

    [Fact]
    public void Milestones_are_kept_and_kept_ones_change_nothing_else()
    {
        var (without, _) = Generate("without", Options(2));
        var (with, _) = Generate("with", Keeping(2));
        Assert.Equal(without, with);
        HasAllMilestones("with", Example.Small);
        using var zoo = Zoo.Open(_scratch.In("without"));
        Assert.All(zoo.Networks(), network => Assert.Empty(zoo.KeptEpochs(network)));
    }

    [Fact]
    public void Networks_stored_without_milestones_are_trained_again_for_them()
    {
        Generate("z", Options(2));
        var (_, end) = Generate("z", Keeping(3));
        Assert.Equal((9, 9, 9), (end.Trained, end.Done, end.Total));
        HasAllMilestones("z", Example.Small);
        Assert.Equal(0, Generate("z", Keeping(3)).End.Trained);
        using var zoo = Zoo.Open(_scratch.In("z"));
        Assert.Equal(0, zoo.Status().Machines.Sum(machine => machine.InProgress));
    }

    [Fact]
    public void A_run_stopped_now_and_then_also_by_one_that_keeps_nothing_keeps_every_milestone_in_the_end()
    {
        var (stops, _) = StopNowAndThen(stops => stops == 1 ? Options(2) : Keeping(2));
        Assert.InRange(stops, 2, 1000);
        HasAllMilestones("stopped", Example.Slow);
    }

    /// <summary>
    /// Generates the slow population into the zoo "stopped", stopping every few reports until it is done. A machine may be too busy to
    /// report that often; then everything begins anew, and is stopped sooner.
    /// </summary>
    /// <param name="options">By the stops so far.</param>
    /// <param name="begin">Told of every beginning.</param>
    /// <param name="stopped">Told of every stop.</param>
    (int Stops, string Digest) StopNowAndThen(Func<int, GenerationOptions> options, Action? begin = null, Action<Zoo>? stopped = null)
    {
        for (var patience = 12; ; patience /= 2)
        {
            if (Directory.Exists(_scratch.In("stopped"))) Directory.Delete(_scratch.In("stopped"), recursive: true);
            begin?.Invoke();
            var (stops, digest) = (0, (string?)null);
            while (digest is null)
            {
                using var stop = new CancellationTokenSource();
                var reports = 0;
                void Count()
                {
                    if (++reports == patience) stop.Cancel();
                }

                try
                {
                    (digest, _) = Generate("stopped", options(stops), _ => Count(), stop, Example.Slow);
                }
                catch (OperationCanceledException)
                {
                    stops++;
                    using var zoo = Zoo.Open(_scratch.In("stopped"));
                    stopped?.Invoke(zoo);
                }
            }

            if (stops >= 2 || patience == 1) return (stops, digest);
        }
    }

    [Fact]
    public void Shards_together_are_the_whole()
    {
        Generate("whole", Options(4));
        using var whole = Zoo.Open(_scratch.In("whole"));
        var parts = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            Generate($"part{i}", Options(4, shard: new Shard(i, 3)));
            using var part = Zoo.Open(_scratch.In($"part{i}"));
            parts.AddRange(part.Networks().Select(network => $"{network.RecipeId} {network.WeightsSha256}"));
        }

        Assert.Equal(
            whole.Networks().Select(network => $"{network.RecipeId} {network.WeightsSha256}").Order(StringComparer.Ordinal),
            parts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_finished_population_trains_nothing_more()
    {
        Generate("z", Options(2));
        var (_, end) = Generate("z", Options(2));
        Assert.Equal((0, 6, 6), (end.Trained, end.Done, end.Total));
    }

    [Fact]
    public void What_fails_while_reporting_stops_the_training_threads()
    {
        Assert.Throws<InvalidTimeZoneException>(() => Generate("z", Options(4), _ => throw new InvalidTimeZoneException()));
        Generate("z", Options(4));
    }
}

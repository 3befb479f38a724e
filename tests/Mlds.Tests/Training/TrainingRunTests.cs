using Mlds.Kernels;
using Mlds.Kernels.Optimizers;
using Mlds.Networks;
using Mlds.Training;

namespace Mlds.Tests.Training;

public sealed class TrainingRunTests
{
    [Fact]
    public void Resumed_after_any_epoch_a_run_ends_with_the_same_bits()
    {
        var undisturbed = Small.Train(Small.Recipe);
        for (var pause = 0; pause < undisturbed.Epochs; pause++)
        {
            using var before = new TrainingRun(Small.Recipe, Small.Data);
            for (var i = 0; i < pause; i++) before.NextEpoch();
            var kept = Checkpoint.FromBytes(before.Checkpoint().ToBytes());
            using var after = new TrainingRun(Small.Recipe, Small.Data, kept);
            while (after.Outcome is null) after.NextEpoch();
            AssertSame(undisturbed, after.Finish());
        }
    }

    public static TheoryData<string> Optimizers => [.. s_optimizers.Keys];

    static readonly Dictionary<string, OptimizerSettings> s_optimizers = new OptimizerSettings[]
    {
        new AdamSettings(0.9, 0.999, 1e-8) { WeightDecay = 0.01 },
        new AdamSettings(0.9, 0.999, 1e-8) { WeightDecay = 0.1, IsDecoupled = true },
        new SgdSettings(0) { WeightDecay = 0.01 },
        new SgdSettings(0.9) { WeightDecay = 0.01 },
    }.ToDictionary(settings => settings.Description);

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void With_every_optimizer_a_run_resumed_or_with_other_kernels_ends_with_the_same_bits(string optimizer)
    {
        var recipe = Small.With(training => training with { Optimizer = s_optimizers[optimizer] });
        var undisturbed = Small.Train(recipe);
        Assert.NotEqual(Small.Train(Small.Recipe).WeightsSha256, undisturbed.WeightsSha256);
        foreach (var kernelSet in KernelSet.Available)
        {
            using var before = new TrainingRun(recipe, Small.Data, kernelSet: kernelSet);
            while (before.Epoch < 7) before.NextEpoch();
            using var after = new TrainingRun(recipe, Small.Data, Checkpoint.FromBytes(before.Checkpoint().ToBytes()), kernelSet);
            while (after.Outcome is null) after.NextEpoch();
            AssertSame(undisturbed, after.Finish());
        }
    }

    [Fact]
    public void A_run_begins_with_initial_weights_of_the_recipe_s_scale()
    {
        // A rate so small that no weight moves shows them.
        var still = Small.With(training => training with { LearningRate = 1e-30, EpochLimit = 1, InitialScale = 3 });
        Assert.Equal(InitialWeights.Draw(still.Network.Layout, still.Seed, 3), Small.Train(still).Weights);
    }

    [Fact]
    public void Every_kernel_set_trains_the_same_network()
    {
        var scalar = Small.Train(Small.Recipe, "scalar");
        foreach (var kernelSet in KernelSet.Available)
        {
            var network = Small.Train(Small.Recipe, kernelSet);
            AssertSame(scalar, network);
            Assert.Equal(kernelSet, network.Provenance.KernelSet);
        }
    }

    [Fact]
    public void Another_seed_is_another_network() =>
        Assert.NotEqual(Small.Train(Small.Recipe).WeightsSha256, Small.Train(Small.Recipe with { Seed = 4 }).WeightsSha256);

    [Fact]
    public void Every_epoch_has_its_cost_though_it_is_shorter_than_a_tick_of_the_system()
    {
        using var run = new TrainingRun(Small.Recipe, Small.Data);
        for (var cost = 0.0; run.Outcome is null; cost = run.CoreSeconds)
        {
            run.NextEpoch();
            Assert.True(run.CoreSeconds > cost, $"Epoch {run.Epoch} cost nothing.");
        }
    }

    [Fact]
    public void A_run_that_waits_costs_nothing_meanwhile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "The wall clock stands in here.");
        using var run = new TrainingRun(Small.Recipe, Small.Data);
        run.NextEpoch();
        var cost = run.CoreSeconds;
        using var waited = new ManualResetEventSlim();
        waited.Wait(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
        run.NextEpoch();
        Assert.InRange(run.CoreSeconds - cost, 0, 0.25);
    }

    [Fact]
    public void A_run_converges_in_the_first_epoch_that_reaches_the_goal()
    {
        var history = Small.Train(Small.Recipe).History;
        var goal = history[7].ValidationLoss;
        var network = Small.Train(Small.With(training => training with { GoalLoss = goal }));
        Assert.Equal(Outcome.Converged, network.Outcome);
        Assert.Equal(history.First(epoch => epoch.ValidationLoss <= goal).Epoch, network.Epochs);
    }

    [Fact]
    public void At_the_epoch_limit_a_run_has_not_converged()
    {
        var network = Small.Train(Small.Recipe);
        Assert.Equal((Outcome.NotConverged, 12), (network.Outcome, network.Epochs));
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_an_outcome_and_no_exception()
    {
        var network = Small.Train(Small.With(training => training with { LearningRate = 1e25, ClipNorm = 0 }));
        Assert.Equal(Outcome.Diverged, network.Outcome);
        Assert.False(float.IsFinite(network.ValidationLoss) && float.IsFinite(network.History[^1].TrainingLoss));
        Assert.All(network.Weights.Where(float.IsNaN), weight => Assert.Equal(0x7FC00000, BitConverter.SingleToInt32Bits(weight)));
    }

    [Fact]
    public void Milestones_come_every_few_epochs_and_at_the_end_and_each_vouches_for_all_before()
    {
        var network = Small.Train(Small.Recipe);
        Assert.Equal([5, 10, 12], network.Milestones.Select(milestone => milestone.Epoch));
        Assert.Equal(network.WeightsSha256, network.Milestones[^1].WeightsSha256);
        var chain = network.Recipe.Id;
        foreach (var milestone in network.Milestones)
        {
            Assert.Equal(network.History[milestone.Epoch - 1].ValidationLoss, milestone.ValidationLoss);
            chain = Milestone.Link(chain, milestone.Epoch, milestone.ValidationLoss, milestone.WeightsSha256).Chain;
            Assert.Equal(chain, milestone.Chain);
        }
    }

    [Fact]
    public void The_rate_is_halved_after_epochs_without_progress_and_never_below_the_minimum()
    {
        var network = Small.Train(Small.With(training => training with { EpochLimit = 40, LearningRate = 0.3, Schedule = new(1, 0.05) }));
        var (rate, best) = (0.3, float.PositiveInfinity);
        foreach (var epoch in network.History)
        {
            Assert.Equal((float)rate, epoch.LearningRate);
            if (epoch.ValidationLoss < best) best = epoch.ValidationLoss;
            else rate = Math.Max(rate / 2, 0.05);
        }

        Assert.Contains(network.History, epoch => epoch.LearningRate == 0.05f);
    }

    [Fact]
    public void A_short_clip_norm_changes_the_descent_and_a_long_one_does_not()
    {
        TrainedNetwork With(double norm) => Small.Train(Small.With(training => training with { ClipNorm = norm }));
        Assert.Equal(With(0).WeightsSha256, With(1e6).WeightsSha256);
        Assert.NotEqual(With(0).WeightsSha256, With(1e-3).WeightsSha256);
    }

    [Fact]
    public void The_recorded_losses_are_those_of_the_weights()
    {
        var network = Small.Train(Small.Recipe);
        Assert.Equal(network.ValidationLoss, Evaluation.Loss(network.Recipe.Network, network.Weights, Small.Data.Validation));
        Assert.Equal(network.LongLoss, Evaluation.Loss(network.Recipe.Network, network.Weights, Small.Data.LongTest));
        var outputs = Evaluation.Outputs(network.Recipe.Network, network.Weights, Small.Data.Validation);
        var targets = Small.Data.Validation.Targets.SelectMany(word => Enumerable.Range(0, 8).Select(bit => (double)((word >> bit) & 1)));
        Assert.Equal(network.ValidationLoss, outputs.Zip(targets, (y, target) => (y - target) * (y - target)).Average(), 1e-7);
    }

    [Fact]
    public void Data_and_checkpoints_of_another_recipe_are_refused()
    {
        var other = Small.Recipe with { Seed = 9 };
        using var run = new TrainingRun(other, Small.Data);
        run.NextEpoch();
        var checkpoint = run.Checkpoint();
        Assert.Contains(
            other.Id, Assert.Throws<ArgumentException>(() => new TrainingRun(Small.Recipe, Small.Data, checkpoint)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TrainingRun(Small.Recipe with { DataSha256 = new string('0', 64) }, Small.Data));
    }

    [Fact]
    public void Training_an_epoch_allocates_next_to_nothing()
    {
        using var run = new TrainingRun(Small.With(training => training with { EpochLimit = 100, MilestoneEvery = 1000 }), Small.Data);
        run.NextEpoch();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) run.NextEpoch();

        // Two readings of the core's clock per epoch; none in the steps themselves.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * 1000);
    }

    static void AssertSame(TrainedNetwork expected, TrainedNetwork actual)
    {
        Assert.Equal(expected.WeightsSha256, actual.WeightsSha256);
        Assert.Equal(expected.History, actual.History);
        Assert.Equal(expected.Milestones, actual.Milestones);
        Assert.Equal(
            (expected.Outcome, expected.ValidationLoss, expected.LongLoss), (actual.Outcome, actual.ValidationLoss, actual.LongLoss));
    }
}

using Mlds.Training;

namespace Mlds.Tests.Training;

public sealed class ReplayedRunTests
{
    static TrainedNetwork Network { get; } = Small.Train(Small.Recipe);

    static RecordedRun Recorded => new(
        Network.Recipe, null, Network.Epochs, Network.Outcome, Network.WeightsSha256, Network.History, Network.Milestones)
    {
        LongLoss = Network.LongLoss,
    };

    static ReplayedRun Again(RecordedRun recorded, bool stopEarly = false) =>
        ReplayedRun.Of(recorded, Small.Data, stopEarly, TestContext.Current.CancellationToken);

    static EpochRecord[] Changed(int epoch) =>
        [.. Network.History.Select(record => record.Epoch == epoch ? record with { TrainingLoss = record.TrainingLoss * 1.01f } : record)];

    [Fact]
    public void A_recorded_run_trained_again_has_no_difference_whole_or_from_a_checkpoint()
    {
        Assert.Empty(Again(Recorded).Differences);
        Assert.Equal(Network.WeightsSha256, Again(Recorded).WeightsSha256);
        Assert.Empty(Again(Recorded with { From = StateAfter(3) }).Differences);
        var state = StateAfter(7);
        var stretch = Recorded with { From = StateAfter(2), Epochs = 7, Outcome = null, WeightsSha256 = WeightsHash.Of(state.Weights) };
        stretch = stretch with { History = state.History, Milestones = state.Milestones, State = state, LongLoss = float.NaN };
        Assert.Empty(Again(stretch).Differences);
    }

    [Fact]
    public void Every_difference_is_named()
    {
        var forged = Recorded with { History = Changed(4), Milestones = [], WeightsSha256 = new string('0', 64), LongLoss = 1 };
        Assert.Equal(
            ["losses from epoch 4 on", "outcome", "weights", "milestones", "loss on the long words"],
            Again(forged with { Outcome = Outcome.Converged, Epochs = 11 }).Differences.Select(difference => difference.Split(" (")[0]));
        Assert.Equal(["losses from epoch 12 on"], Again(Recorded with { History = [.. Network.History.SkipLast(1)] }).Differences);
    }

    [Fact]
    public void Whoever_wants_only_the_proof_gets_it_at_the_first_epoch_that_differs()
    {
        var early = Again(Recorded with { History = Changed(4), Milestones = [] }, stopEarly: true);
        Assert.Equal(["losses from epoch 4 on"], early.Differences);
        Assert.Equal(WeightsHash.Of(StateAfter(4).Weights), early.WeightsSha256);
    }

    [Fact]
    public void Minus_zero_is_another_number_than_zero()
    {
        // Before the first step every moment is +0.
        var state = StateAfter(0);
        var recorded = new RecordedRun(Small.Recipe, null, 0, null, WeightsHash.Of(state.Weights), [], []) { State = state };
        Assert.Empty(Again(recorded).Differences);
        var forged = state with { OptimizerState = [state.OptimizerState[0], [-0f, .. state.OptimizerState[1].Skip(1)]] };
        Assert.Equal(["state of its optimiser"], Again(recorded with { State = forged }).Differences);
        Assert.NotEqual(new EpochRecord(1, 0f, 0f, 0f), new EpochRecord(1, 0f, -0f, 0f));
        var milestone = Milestone.Link(Small.Recipe.Id, 1, 0f, Network.WeightsSha256);
        Assert.NotEqual(milestone, milestone with { ValidationLoss = -0f });
    }

    [Fact]
    public void All_NaNs_are_alike()
    {
        var (one, other) = (BitConverter.UInt32BitsToSingle(0x7FC00000), BitConverter.UInt32BitsToSingle(0xFFC00001));
        Assert.Equal(new EpochRecord(1, one, 0.5f, 0.1f), new EpochRecord(1, other, 0.5f, 0.1f));
        Assert.True(SameBits.Are([1f, one, 2f], [1f, other, 2f]));
        Assert.False(SameBits.Are([1f, one, 0f], [1f, other, -0f]));
        Assert.False(SameBits.Are([1f], [1f, 2f]));
    }

    static Checkpoint StateAfter(int epochs)
    {
        using var run = new TrainingRun(Small.Recipe, Small.Data);
        while (run.Epoch < epochs) run.NextEpoch();
        return run.Checkpoint();
    }
}

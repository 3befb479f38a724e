using Mlds.Bundles;
using Mlds.Tests.Training;
using Mlds.Training;

namespace Mlds.Tests.Bundles;

public sealed class PartCheckTests
{
    static readonly CancellationToken s_none = CancellationToken.None;

    static BundleNetwork Asked(int index) => Unit.Bundle.Networks[index];

    static TrainedPart Given(int index) => Unit.Result.Parts[index];

    static string? Check(int index, TrainedPart part) => PartCheck.Consistency(Asked(index), part) ?? PartCheck.Evaluate(part, Small.Data);

    static TrainedPart With(int index, Func<Checkpoint, Checkpoint> change) => Given(index) with { State = change(Given(index).State) };

    [Fact]
    public void Honest_networks_pass_every_check()
    {
        for (var i = 0; i < Unit.Bundle.Networks.Count; i++)
        {
            Assert.Null(Check(i, Given(i)));
            Assert.Null(PartCheck.Replay(Asked(i), Given(i), Small.Data, s_none));
        }
    }

    [Fact]
    public void A_diverged_network_passes_too()
    {
        var asked = new BundleNetwork(Small.With(spec => spec with { LearningRate = 1e30, ClipNorm = 0 }), null);
        var part = Unit.Train(asked, 100);
        Assert.Equal(Outcome.Diverged, part.Outcome);
        Assert.Null(PartCheck.Consistency(asked, part));
        Assert.Null(PartCheck.Evaluate(part, Small.Data));
        Assert.Null(PartCheck.Replay(asked, part, Small.Data, s_none));
        var bundle = Bundle.Of(100, [asked]);
        Assert.Null(PartCheck.Replay(asked, BundleResult.Read(Unit.Work(bundle).ToBytes(), bundle).Parts[0], Small.Data, s_none));
    }

    [Fact]
    public void One_changed_weight_shows_in_the_milestone_and_in_the_loss()
    {
        var forged = With(0, state => state with { Weights = [.. state.Weights.Select((weight, i) => i == 3 ? weight * 1.01f : weight)] });
        Assert.Contains("the last milestone is of the weights ", PartCheck.Consistency(Asked(0), forged), StringComparison.Ordinal);
        Assert.Contains("its weights give a validation loss of", PartCheck.Evaluate(forged, Small.Data), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("epoch 2 has the learning rate 1,")]
    [InlineData("the milestone of epoch 3 has the validation loss")]
    [InlineData("the hash chain breaks at the milestone of epoch 3")]
    [InlineData("recorded as converged, but after its last epoch, 4, it is not converged by its losses")]
    [InlineData("the run goes on after epoch 2, which ended it as converged")]
    [InlineData("not the recorded")]
    public void A_record_that_doesnt_hang_together_is_found(string fault)
    {
        static TrainedPart Changed(int epoch, Func<EpochRecord, EpochRecord> change) => With(
            0, state => state with { History = [.. state.History.Select(record => record.Epoch == epoch ? change(record) : record)] });
        var forged = fault switch
        {
            "epoch 2 has the learning rate 1," => Changed(2, record => record with { LearningRate = 1 }),
            "the milestone of epoch 3 has the validation loss" =>
                Changed(3, record => record with { ValidationLoss = record.ValidationLoss * 0.99f }),
            "the hash chain breaks at the milestone of epoch 3" => With(0, state => state with
            {
                Milestones = [state.Milestones[0] with { WeightsSha256 = state.Milestones[1].WeightsSha256 }, state.Milestones[1]],
            }),
            "recorded as converged, but after its last epoch, 4, it is not converged by its losses" =>
                Given(0) with { Outcome = Outcome.Converged },
            "the run goes on after epoch 2, which ended it as converged" => Changed(2, record => record with { ValidationLoss = 1e-6f }),
            _ => Given(0) with { LongLoss = Given(0).LongLoss * 0.9f },
        };
        Assert.Contains(fault, Check(0, forged), StringComparison.Ordinal);
    }

    [Fact]
    public void A_NaN_that_training_never_writes_is_found()
    {
        var foreign = BitConverter.UInt32BitsToSingle(0xFFC00000);
        var forged = Given(1) with { LongLoss = foreign };
        foreach (var fault in new[] { PartCheck.Consistency(Asked(1), forged), PartCheck.Replay(Asked(1), forged, Small.Data, s_none) })
            Assert.Contains("a NaN that training doesn't write", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_doesnt_go_on_from_its_checkpoint_is_found()
    {
        var other = Unit.Train(new BundleNetwork(Asked(2).Recipe with { Seed = 9 }, null), 9);
        var forged = other with { Recipe = Asked(2).Recipe, State = other.State with { RecipeId = Asked(2).Recipe.Id } };
        Assert.Contains("doesn't go on from the checkpoint's", PartCheck.Consistency(Asked(2), forged), StringComparison.Ordinal);
    }

    [Fact]
    public void Moments_of_an_unfinished_network_are_found_wrong_by_training_it_again()
    {
        var forged = With(1, state =>
            state with { OptimizerState = [state.OptimizerState[0], Array.ConvertAll(state.OptimizerState[1], value => value * 1.001f)] });
        Assert.Null(Check(1, forged));
        Assert.Contains("other state of its optimiser", PartCheck.Replay(Asked(1), forged, Small.Data, s_none), StringComparison.Ordinal);
    }
}

using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Bundles;

/// <summary>
/// Whether a returned network is what training its recipe gives. Three checks, each dearer and surer than the one before; a fault is one
/// sentence, and null is none. Only <see cref="Replay"/> proves: it finds whatever is wrong, down to the last bit.
/// </summary>
public static class PartCheck
{
    /// <summary>Does the record agree with itself, with the recipe and with the checkpoint that was given? Costs nothing.</summary>
    public static string? Consistency(BundleNetwork asked, TrainedPart part)
    {
        var (spec, state) = (asked.Recipe.Training, part.State);
        if (asked.From is { } from)
        {
            if (!SameRecords(from.History, state.History.Take(from.Epoch))) return "its history doesn't go on from the checkpoint's";
            if (!from.Milestones.SequenceEqual(state.Milestones.Take(from.Milestones.Count))) return "its milestones don't go on from the checkpoint's";
        }

        var rate = new LearningRate(spec);
        foreach (var record in state.History)
        {
            if (!Same(record.LearningRate, (float)rate.Current)) return $"the learning rate of epoch {record.Epoch} isn't what the schedule gives";
            rate.After(record.ValidationLoss);
            var outcome = TrainingRun.OutcomeAfter(spec, record);
            var expected = record.Epoch == state.Epoch ? part.Outcome : null;
            if (outcome != expected) return $"after epoch {record.Epoch} the run is {Words(outcome)} by its losses, not {Words(expected)}";
        }

        return MilestoneFault(asked.Recipe, part) ?? WeightFault(part);
    }

    /// <summary>Are the last losses those of the returned weights, to the bit? Costs about a fifth of an epoch.</summary>
    /// <param name="data">The recipe's.</param>
    public static string? Evaluate(TrainedPart part, TrainingData data)
    {
        var (spec, weights) = (part.Recipe.Network, part.State.Weights);
        var loss = Evaluation.Loss(spec, weights, data.Validation);
        if (!Same(loss, part.State.History[^1].ValidationLoss)) return $"its weights give a validation loss of {loss:g9}, not the recorded {part.State.History[^1].ValidationLoss:g9}";
        if (part.Outcome is null) return Same(part.LongLoss, Evaluation.CanonicalNaN) ? null : "it has a loss on the long words though it hasn't ended";
        var longLoss = Evaluation.Loss(spec, weights, data.LongTest);
        return Same(longLoss, part.LongLoss) ? null : $"its weights give a loss on the long words of {longLoss:g9}, not the recorded {part.LongLoss:g9}";
    }

    /// <summary>Trains it again and compares every bit. Costs what training costs.</summary>
    /// <param name="data">The recipe's.</param>
    public static string? Replay(BundleNetwork asked, TrainedPart part, TrainingData data, CancellationToken cancellation)
    {
        using var run = new TrainingRun(asked.Recipe, data, asked.From);
        while (run.Outcome is null && run.Epoch < part.State.Epoch)
        {
            cancellation.ThrowIfCancellationRequested();
            var record = run.NextEpoch();
            if (!SameRecords([record], [part.State.History[record.Epoch - 1]])) return $"trained again, epoch {record.Epoch} has other losses than recorded";
        }

        var truth = TrainedPart.Of(run);
        if (truth.State.Epoch != part.State.Epoch || truth.Outcome != part.Outcome) return $"trained again, it is {Words(truth.Outcome)} after {truth.State.Epoch} epochs, not {Words(part.Outcome)} after {part.State.Epoch}";
        if (!Same(truth.State.Weights, part.State.Weights)) return "trained again, it has other weights";
        if (!Same(truth.State.FirstMoments, part.State.FirstMoments) || !Same(truth.State.SecondMoments, part.State.SecondMoments)) return "trained again, its optimiser is in another state";
        if (!truth.State.Milestones.SequenceEqual(part.State.Milestones)) return "trained again, it has other milestones";
        return Same(truth.LongLoss, part.LongLoss) ? null : "trained again, it has another loss on the long words";
    }

    static string? MilestoneFault(Recipe recipe, TrainedPart part)
    {
        var (spec, state) = (recipe.Training, part.State);
        var chain = recipe.Id;
        for (var i = 0; i < state.Milestones.Count; i++)
        {
            var milestone = state.Milestones[i];
            var epoch = Math.Min((i + 1) * spec.MilestoneEvery, state.Epoch);
            if (milestone.Epoch != epoch) return $"milestone {i + 1} is of epoch {milestone.Epoch}, not {epoch}";
            if (!Same(milestone.ValidationLoss, state.History[epoch - 1].ValidationLoss)) return $"the milestone of epoch {epoch} has another validation loss than the history";
            if (epoch == state.Epoch && milestone.WeightsSha256 != WeightsHash.Of(state.Weights)) return "the last milestone isn't that of the weights";
            if (milestone != Milestone.Link(chain, milestone.Epoch, milestone.ValidationLoss, milestone.WeightsSha256)) return $"the chain of milestones is broken at epoch {epoch}";
            chain = milestone.Chain;
        }

        return null;
    }

    static string? WeightFault(TrainedPart part)
    {
        if (part.Outcome == Outcome.Diverged) return null;
        if (!Finite(part.State.Weights)) return "its weights aren't finite though it hasn't diverged";
        return Finite(part.State.FirstMoments) && Finite(part.State.SecondMoments) ? null : "its optimiser's state isn't finite though it hasn't diverged";
    }

    static bool Finite(float[] values) => Array.TrueForAll(values, float.IsFinite);

    static bool Same(float one, float other) => BitConverter.SingleToInt32Bits(one) == BitConverter.SingleToInt32Bits(other);

    static bool Same(float[] one, float[] other) => WeightsHash.Bytes(one).AsSpan().SequenceEqual(WeightsHash.Bytes(other));

    static bool SameRecords(IEnumerable<EpochRecord> one, IEnumerable<EpochRecord> other) => one.SequenceEqual(other, SameBits.Instance);

    static string Words(Outcome? outcome) => outcome is { } ended ? OutcomeName.Of(ended).Replace('_', ' ') : "unfinished";

    sealed class SameBits : IEqualityComparer<EpochRecord>
    {
        public static SameBits Instance { get; } = new();

        public bool Equals(EpochRecord x, EpochRecord y) =>
            x.Epoch == y.Epoch && Same(x.TrainingLoss, y.TrainingLoss) && Same(x.ValidationLoss, y.ValidationLoss) && Same(x.LearningRate, y.LearningRate);

        public int GetHashCode(EpochRecord obj) => obj.Epoch;
    }
}

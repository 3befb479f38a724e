using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Bundles;

/// <summary>
/// Whether a returned network is what training its recipe gives. Three checks, each more costly and more certain than the one before; each
/// gives the fault in one sentence, or null if there is none. Only <see cref="Replay"/> proves: it finds whatever is wrong, down to the
/// last bit.
/// </summary>
public static class PartCheck
{
    /// <summary>Does the record agree with itself, with the recipe and with the checkpoint that was given? Costs nothing.</summary>
    public static string? Consistency(BundleNetwork asked, TrainedPart part)
    {
        var (recipe, state) = (asked.Recipe, part.State);
        if (asked.From is { } from)
        {
            if (!from.History.SequenceEqual(state.History.Take(from.Epoch))) return "its history doesn't go on from the checkpoint's";
            if (!from.Milestones.SequenceEqual(state.Milestones.Take(from.Milestones.Count)))
                return "its milestones don't go on from the checkpoint's";
        }

        return RunRecord.Doubts(recipe, part.Outcome, state.History)
            .Concat(RunRecord.Doubts(recipe, part.Outcome, state.History, state.Milestones, WeightsHash.Of(state.Weights)))
            .FirstOrDefault() ?? NaNFault(part) ?? WeightFault(part);
    }

    /// <summary>Are the last losses those of the returned weights, to the bit? Costs about a fifth of an epoch.</summary>
    /// <param name="data">The recipe's data.</param>
    public static string? Evaluate(TrainedPart part, TrainingData data)
    {
        var (spec, weights, recorded) = (part.Recipe.Network, part.State.Weights, part.State.History[^1].ValidationLoss);
        var loss = Evaluation.Loss(spec, weights, data.Validation);
        if (!SameBits.Are(loss, recorded)) return $"its weights give a validation loss of {loss:g9}, not the recorded {recorded:g9}";
        if (part.Outcome is null) return float.IsNaN(part.LongLoss) ? null : "it has a loss on the long words though it hasn't ended";
        var longLoss = Evaluation.Loss(spec, weights, data.LongTest);
        return SameBits.Are(longLoss, part.LongLoss)
            ? null
            : $"its weights give a loss on the long words of {longLoss:g9}, not the recorded {part.LongLoss:g9}";
    }

    /// <summary>Trains it again and compares every bit, until one differs. Costs what training costs.</summary>
    /// <param name="data">The recipe's data.</param>
    public static string? Replay(BundleNetwork asked, TrainedPart part, TrainingData data, CancellationToken cancellation)
    {
        var state = part.State;
        var recorded = new RecordedRun(
            asked.Recipe, asked.From, state.Epoch, part.Outcome, WeightsHash.Of(state.Weights), state.History, state.Milestones)
        {
            State = part.Outcome is null ? state : null,
            LongLoss = part.LongLoss,
        };
        if (NaNFault(part) is { } fault) return fault;
        var again = ReplayedRun.Of(recorded, data, stopEarly: true, cancellation);
        return again.IsSame ? null : $"trained again, it has other {string.Join(", ", again.Differences)}";
    }

    /// <summary>Results are compared by their bytes, so a NaN must be the one that training writes.</summary>
    static string? NaNFault(TrainedPart part)
    {
        var state = part.State;
        var losses = state.History.SelectMany(epoch => (float[])[epoch.TrainingLoss, epoch.ValidationLoss])
            .Concat(state.Milestones.Select(milestone => milestone.ValidationLoss)).Append(part.LongLoss);
        return losses.Any(IsForeignNaN) ? "one of its losses is a NaN that training doesn't write" : null;
    }

    static bool IsForeignNaN(float value) =>
        float.IsNaN(value) && BitConverter.SingleToInt32Bits(value) != BitConverter.SingleToInt32Bits(Evaluation.CanonicalNaN);

    static string? WeightFault(TrainedPart part)
    {
        if (part.Outcome == Outcome.Diverged) return null;
        if (!Finite(part.State.Weights)) return "its weights aren't finite though it hasn't diverged";
        return part.State.OptimizerState.All(Finite) ? null : "its optimiser's state isn't finite though it hasn't diverged";
    }

    static bool Finite(float[] values) => Array.TrueForAll(values, float.IsFinite);
}

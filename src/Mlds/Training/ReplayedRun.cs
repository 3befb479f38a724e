using Mlds.Recipes;
using Mlds.Tasks;

namespace Mlds.Training;

/// <summary>What is on record of a run up to an epoch.</summary>
/// <param name="From">Where to begin; null: with the initial weights.</param>
/// <param name="Epochs">The last epoch on record.</param>
/// <param name="Outcome">How the run ended with it; null: it goes on.</param>
/// <param name="WeightsSha256">Of the weights after it.</param>
/// <param name="History">Epochs 1 … <paramref name="Epochs"/>; empty where it can't be read, which is a difference.</param>
public sealed record RecordedRun(
    Recipe Recipe,
    Checkpoint? From,
    int Epochs,
    Outcome? Outcome,
    string WeightsSha256,
    IReadOnlyList<EpochRecord> History,
    IReadOnlyList<Milestone> Milestones)
{
    /// <summary>The whole state, where the optimiser's is on record too; else null.</summary>
    public Checkpoint? State { get; init; }

    /// <summary>Loss on the long words, NaN of a run that goes on; null where it isn't on record.</summary>
    public float? LongLoss { get; init; }
}

/// <summary>A recorded run, or a stretch of one, trained again: the proof of learning.</summary>
/// <param name="Differences">
/// What came out different from the record, by <see cref="SameBits"/>: <c>weights (…)</c>, <c>milestones</c> and the like. Empty: the run
/// is proved.
/// </param>
/// <param name="WeightsSha256">Of the weights that came out.</param>
/// <param name="Here">Where it was trained again, and how long that took.</param>
public sealed record ReplayedRun(IReadOnlyList<string> Differences, string WeightsSha256, Provenance Here)
{
    public bool IsSame => Differences.Count == 0;

    /// <summary>Trains <paramref name="recorded"/> again, until its last epoch or the run's end.</summary>
    /// <param name="data">The recipe's data.</param>
    /// <param name="stopEarly">Whether to stop at the first epoch that differs, and to name nothing else then.</param>
    public static ReplayedRun Of(RecordedRun recorded, TrainingData data, bool stopEarly, CancellationToken cancellation)
    {
        using var run = new TrainingRun(recorded.Recipe, data, recorded.From);
        var (before, history) = (run.CoreSeconds, recorded.History);
        var differs = 0;
        while (run.Outcome is null && run.Epoch < recorded.Epochs && (differs == 0 || !stopEarly))
        {
            cancellation.ThrowIfCancellationRequested();
            var epoch = run.NextEpoch();
            var isSame = epoch.Epoch <= history.Count && epoch == history[epoch.Epoch - 1];
            if (differs == 0 && !isSame) differs = epoch.Epoch;
        }

        var state = run.Checkpoint();
        var weights = WeightsHash.Of(state.Weights);
        List<string> differences = differs > 0 ? [$"losses from epoch {differs} on"] : [];
        if (differs == 0 || !stopEarly) differences.AddRange(Others(recorded, run, state, weights));
        if (differences.Count == 0 && !state.History.SequenceEqual(history)) differences.Add("history");
        if (differences.Count == 0 && recorded.State is { } whole && !state.HasSameBits(whole)) differences.Add("state of its optimiser");
        return new ReplayedRun(differences, weights, run.ProvenanceHere(run.CoreSeconds - before));
    }

    static IEnumerable<string> Others(RecordedRun recorded, TrainingRun run, Checkpoint state, string weights)
    {
        if ((run.Outcome, run.Epoch) != (recorded.Outcome, recorded.Epochs))
        {
            yield return $"outcome ({RunRecord.Words(run.Outcome)} after {run.Epoch} epochs, recorded {RunRecord.Words(recorded.Outcome)} "
                + $"after {recorded.Epochs})";
        }

        if (weights != recorded.WeightsSha256) yield return $"weights ({weights[..12]} …, recorded {recorded.WeightsSha256[..12]} …)";
        if (!state.Milestones.SequenceEqual(recorded.Milestones)) yield return "milestones";
        if (recorded.LongLoss is { } loss && !SameBits.Are(run.Outcome is null ? float.NaN : run.Finish().LongLoss, loss))
            yield return "loss on the long words";
    }
}

using Mlds.Recipes;

namespace Mlds.Training;

/// <summary>
/// What can be said of a recorded training run without training it again: whether history, milestones and outcome are what its recipe
/// leads to. The losses of the epochs in between are the record's word alone; the milestones' hashes, the last losses and the weights bear
/// it out.
/// </summary>
public static class RunRecord
{
    /// <summary>
    /// Doubts about history and outcome, each a sentence without its full stop, the earliest epoch's first; none for a sound record.
    /// </summary>
    /// <param name="recipe">What was trained.</param>
    /// <param name="outcome">How the run ended with the last epoch; null: it goes on.</param>
    /// <param name="history">Epochs 1 … n, n at least 1.</param>
    public static IEnumerable<string> Doubts(Recipe recipe, Outcome? outcome, IReadOnlyList<EpochRecord> history)
    {
        var rate = new LearningRate(recipe.Training);
        for (var i = 0; i < history.Count; i++)
        {
            var epoch = history[i];
            if (epoch.Epoch != i + 1 || !SameBits.Are(epoch.LearningRate, (float)rate.Current))
            {
                yield return $"epoch {i + 1} has the learning rate {epoch.LearningRate}, but the recipe's schedule and the losses before "
                    + $"lead to {(float)rate.Current}";
                yield break;
            }

            var end = TrainingRun.OutcomeAfter(recipe.Training, epoch);
            if (i < history.Count - 1 && end is { } early)
            {
                yield return $"the run goes on after epoch {i + 1}, which ended it as {OutcomeName.Of(early)}";
                yield break;
            }

            if (i == history.Count - 1 && end != outcome)
            {
                yield return $"the run is recorded as {Words(outcome)}, but after its last epoch, {i + 1}, "
                    + $"it is {Words(end)} by its losses";
            }

            rate.After(epoch.ValidationLoss);
        }
    }

    /// <summary>
    /// Doubts about the milestones: their epochs, their losses, the hash chain that begins at the recipe id, the weights of the last.
    /// </summary>
    /// <param name="outcome">How the run ended; null: it goes on.</param>
    /// <param name="history">Epochs 1 … n, sound.</param>
    /// <param name="weightsSha256">Of the weights after epoch n.</param>
    public static IEnumerable<string> Doubts(
        Recipe recipe, Outcome? outcome, IReadOnlyList<EpochRecord> history, IReadOnlyList<Milestone> milestones, string weightsSha256)
    {
        var epochs = MilestoneEpochs(recipe.Training, history.Count, outcome is not null);
        if (!milestones.Select(milestone => milestone.Epoch).SequenceEqual(epochs))
        {
            yield return $"there are milestones at {Few(milestones.Select(milestone => milestone.Epoch))}, but the recipe wants them at "
                + Few(epochs);
            yield break;
        }

        var chain = recipe.Id;
        foreach (var milestone in milestones)
        {
            var loss = history[milestone.Epoch - 1].ValidationLoss;
            if (!SameBits.Are(milestone.ValidationLoss, loss))
            {
                yield return $"the milestone of epoch {milestone.Epoch} has the validation loss {milestone.ValidationLoss}, "
                    + $"the history {loss}";
            }

            if (milestone.Epoch == history.Count && milestone.WeightsSha256 != weightsSha256)
            {
                yield return $"the last milestone is of the weights {milestone.WeightsSha256[..12]} …, the network has "
                    + $"{weightsSha256[..12]} …";
            }

            if (Milestone.Link(chain, milestone.Epoch, milestone.ValidationLoss, milestone.WeightsSha256).Chain != milestone.Chain)
            {
                yield return $"the hash chain breaks at the milestone of epoch {milestone.Epoch}";
                yield break;
            }

            chain = milestone.Chain;
        }
    }

    /// <summary>Every so many epochs, as the recipe has it, and the last of a run that has ended.</summary>
    static List<int> MilestoneEpochs(TrainingSpec spec, int epochs, bool ended) =>
        [.. Enumerable.Range(1, MilestoneCount(spec, epochs, ended)).Select(i => (int)Math.Min((long)i * spec.MilestoneEvery, epochs))];

    /// <summary>Milestones after so many epochs.</summary>
    internal static int MilestoneCount(TrainingSpec spec, int epochs, bool ended) =>
        (epochs / spec.MilestoneEvery) + (ended && epochs % spec.MilestoneEvery != 0 ? 1 : 0);

    /// <summary>An outcome as a sentence says it.</summary>
    internal static string Words(Outcome? outcome) => outcome is { } ended ? OutcomeName.Of(ended).Replace('_', ' ') : "unfinished";

    static string Few(IEnumerable<int> epochs) => string.Join(", ", epochs.Take(12)) is { Length: > 0 } text ? text : "none";
}

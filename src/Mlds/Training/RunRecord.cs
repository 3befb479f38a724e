using Mlds.Recipes;

namespace Mlds.Training;

/// <summary>
/// What can be said of a recorded training run without training it again: whether history, milestones and outcome are what its recipe leads to.
/// The losses of the epochs in between are the record's word alone; the milestones' hashes, the last losses and the weights bear it out.
/// </summary>
public static class RunRecord
{
    /// <summary>Doubts about outcome and history, a sentence without its full stop each; none for a sound record.</summary>
    /// <param name="recipe">What was trained.</param>
    /// <param name="history">Epochs 1 … n.</param>
    public static IEnumerable<string> Doubts(Recipe recipe, Outcome outcome, int epochs, float trainingLoss, float validationLoss, IReadOnlyList<EpochRecord> history)
    {
        if (history.Count != epochs || epochs < 1)
        {
            yield return $"the history has {history.Count} epochs where the record says {epochs}";
            yield break;
        }

        var last = history[^1];
        if (!IsSame(last.TrainingLoss, trainingLoss)) yield return $"the training loss is {trainingLoss}, the history's last {last.TrainingLoss}";
        if (!IsSame(last.ValidationLoss, validationLoss)) yield return $"the validation loss is {validationLoss}, the history's last {last.ValidationLoss}";
        var rate = new LearningRate(recipe.Training);
        for (var i = 0; i < history.Count; i++)
        {
            var epoch = history[i];
            if (epoch.Epoch != i + 1 || !IsSame(epoch.LearningRate, (float)rate.Current))
            {
                yield return $"epoch {i + 1} has the learning rate {epoch.LearningRate}, but the recipe's schedule and the losses before lead to {(float)rate.Current}";
                yield break;
            }

            var end = TrainingRun.OutcomeAfter(recipe.Training, epoch);
            if (i < history.Count - 1 && end is not null)
            {
                yield return $"the run goes on after epoch {i + 1}, which ended it as {OutcomeName.Of(end.Value)}";
                yield break;
            }

            if (i == history.Count - 1 && end != outcome)
                yield return $"the outcome is {OutcomeName.Of(outcome)}, but the last epoch {(end is null ? "doesn't end the run" : $"ends it as {OutcomeName.Of(end.Value)}")}";
            rate.After(epoch.ValidationLoss);
        }
    }

    /// <summary>Doubts about the milestones: their epochs, their losses, the hash chain that begins at the recipe id, the weights of the last.</summary>
    /// <param name="history">Epochs 1 … n, sound.</param>
    /// <param name="weightsSha256">Of the weights the run ended with.</param>
    public static IEnumerable<string> Doubts(Recipe recipe, IReadOnlyList<EpochRecord> history, IReadOnlyList<Milestone> milestones, string weightsSha256)
    {
        var every = recipe.Training.MilestoneEvery;
        List<int> epochs = [.. Enumerable.Range(1, (history.Count - 1) / every).Select(i => i * every), history.Count];
        if (!milestones.Select(milestone => milestone.Epoch).SequenceEqual(epochs))
        {
            yield return $"there are milestones at {Few(milestones.Select(milestone => milestone.Epoch))}, but the recipe wants them at {Few(epochs)}";
            yield break;
        }

        var chain = recipe.Id;
        foreach (var milestone in milestones)
        {
            if (!IsSame(milestone.ValidationLoss, history[milestone.Epoch - 1].ValidationLoss))
                yield return $"the milestone of epoch {milestone.Epoch} has the validation loss {milestone.ValidationLoss}, the history {history[milestone.Epoch - 1].ValidationLoss}";
            var link = Milestone.Link(chain, milestone.Epoch, milestone.ValidationLoss, milestone.WeightsSha256);
            if (link.Chain != milestone.Chain)
            {
                yield return $"the hash chain breaks at the milestone of epoch {milestone.Epoch}";
                yield break;
            }

            chain = link.Chain;
        }

        if (milestones[^1].WeightsSha256 != weightsSha256)
            yield return $"the last milestone is of the weights {milestones[^1].WeightsSha256[..12]} …, the network has {weightsSha256[..12]} …";
    }

    /// <summary>The same bits; all NaNs are alike.</summary>
    public static bool IsSame(float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) || (float.IsNaN(a) && float.IsNaN(b));

    static string Few(IEnumerable<int> epochs) => string.Join(", ", epochs.Take(12)) is { Length: > 0 } text ? text : "none";
}

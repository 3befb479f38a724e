using System.Collections.Concurrent;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Zoos.Verification;

/// <summary>What can be checked of one network alone without training it. Thread-safe.</summary>
sealed class NetworkChecks(VerificationLog log)
{
    readonly ExampleCache _examples = new();

    /// <summary>What was said of missing files.</summary>
    readonly ConcurrentDictionary<string, bool> _missing = new();

    public static void Announce(VerificationLog log, bool hasKept)
    {
        log.Begin(
            Checks.Recipes, "the recipe's SHA-256 is the recipe id, and the population leads to this recipe and its data to their SHA-256");
        log.Begin(Checks.Weights, "as many as the layout has, with the recorded SHA-256, finite unless the run diverged");
        log.Begin(Checks.Losses, "validation loss and loss on long words, evaluated again from the weights, are the recorded bits");
        log.Begin(
            Checks.Records,
            "history, learning rates and outcome follow from the recipe and the losses (only training again "
            + "can check the training loss itself)");
        log.Begin(Checks.Milestones, "the hash chain from the recipe id to the last weights holds, with the losses of the history");
        if (hasKept) log.Begin(Checks.Kept, "every kept checkpoint is of its milestone: the same weights, history and losses");
    }

    public void Check(StoredRun run)
    {
        var network = run.Network;
        if (run.Recipe is not { } recipe) return;
        log.Count(Checks.Recipes);
        if (recipe.Id != network.RecipeId || recipe.MachineName != network.Machine || recipe.Seed != network.Seed)
        {
            log.Doubt(Checks.Recipes, network, $"the recipe's SHA-256 is {recipe.Id}, of {recipe.MachineName}, seed {recipe.Seed}");
            return;
        }

        var missing = recipe.Task.MissingFile;
        if (missing is not null && _missing.TryAdd(missing, true))
            log.Note(Checks.Losses, $"not evaluated again for some networks: {missing.TrimEnd('.')}");
        var data = missing is null ? Data(recipe) : null;
        if (data is null && missing is null)
        {
            log.Doubt(
                Checks.Recipes, network, $"its task doesn't lead to the examples of SHA-256 {recipe.DataSha256} that the recipe names");
        }

        var layout = recipe.Network.Layout;
        if (run.Weights is { } weights && AreWhole(run, layout, weights) && data is not null) CheckLosses(run, recipe, weights, data);
        CheckRecord(run, recipe);
        if (data is not null) foreach (var checkpoint in run.Kept) CheckKept(run, recipe, checkpoint, data);
    }

    /// <summary>The examples of a recipe, made once for all that share them; null where they are not those it names.</summary>
    public TrainingData? Data(Recipe recipe) =>
        _examples.Of(recipe.Task) is { } data && data.Sha256 == recipe.DataSha256 ? data : null;

    bool AreWhole(StoredRun run, WeightLayout layout, float[] weights)
    {
        var network = run.Network;
        log.Count(Checks.Weights);
        if (weights.Length != layout.Parameters)
        {
            log.Doubt(Checks.Weights, network, $"it has {weights.Length} weights where the layout has {layout.Parameters}");
            return false;
        }

        if (WeightsHash.Of(weights) is var hash && hash != network.WeightsSha256)
        {
            log.Doubt(Checks.Weights, network, $"the weights' SHA-256 is {hash}, the record says {network.WeightsSha256}");
            return false;
        }

        if (network.Outcome == Outcome.Diverged || Array.FindIndex(weights, weight => !float.IsFinite(weight)) is not (var at and >= 0))
            return true;
        log.Doubt(Checks.Weights, network, $"weight {at} is {weights[at]}, but the run is recorded as {OutcomeName.Of(network.Outcome)}");
        return false;
    }

    void CheckLosses(StoredRun run, Recipe recipe, float[] weights, TrainingData data)
    {
        var network = run.Network;
        log.Count(Checks.Losses);
        void Compare(string what, float recorded, Examples examples)
        {
            var loss = Evaluation.Loss(recipe.Network, weights, examples);
            if (SameBits.Are(loss, recorded)) return;
            log.Doubt(
                Checks.Losses, network,
                $"the {what} of its weights is {loss:R} (bits {Bits(loss)}), the record says {recorded:R} ({Bits(recorded)})");
        }

        Compare("validation loss", network.ValidationLoss, data.Validation);
        Compare("loss on long words", network.LongLoss, data.LongTest);
        CheckMeasures(network, recipe, weights, data);
    }

    /// <summary>A zoo from before there were measures has none, which is nothing wrong.</summary>
    void CheckMeasures(StoredNetwork network, Recipe recipe, float[] weights, TrainingData data)
    {
        if (network.Measures.Values.Count == 0) return;
        var again = Evaluation.Measures(recipe, weights, data);
        if (!again.Equals(network.Measures))
            log.Doubt(Checks.Losses, network, $"what is measured of its weights is {again}, the record says {network.Measures}");
    }

    void CheckRecord(StoredRun run, Recipe recipe)
    {
        var network = run.Network;
        if (run.History is not { } history) return;
        log.Count(Checks.Records);
        foreach (var doubt in RowDoubts(network, history).Concat(RunRecord.Doubts(recipe, network.Outcome, history)))
            log.Doubt(Checks.Records, network, doubt);
        if (run.Milestones is not { } milestones || history.Count == 0) return;
        log.Count(Checks.Milestones);
        foreach (var doubt in RunRecord.Doubts(recipe, network.Outcome, history, milestones, network.WeightsSha256))
            log.Doubt(Checks.Milestones, network, doubt);
    }

    /// <summary>The network's row repeats what its history ends with.</summary>
    static IEnumerable<string> RowDoubts(StoredNetwork network, IReadOnlyList<EpochRecord> history)
    {
        if (history.Count != network.Epochs || history.Count < 1)
        {
            yield return $"the history has {history.Count} epochs where the record says {network.Epochs}";
            yield break;
        }

        var last = history[^1];
        if (!SameBits.Are(last.TrainingLoss, network.TrainingLoss))
            yield return $"the training loss is {network.TrainingLoss}, the history's last {last.TrainingLoss}";
        if (!SameBits.Are(last.ValidationLoss, network.ValidationLoss))
            yield return $"the validation loss is {network.ValidationLoss}, the history's last {last.ValidationLoss}";
    }

    void CheckKept(StoredRun run, Recipe recipe, Checkpoint checkpoint, TrainingData data)
    {
        log.Count(Checks.Kept);
        void Doubt(string what) => log.Doubt(Checks.Kept, run.Network, $"the checkpoint kept at epoch {checkpoint.Epoch} {what}");
        if (run.Milestones?.FirstOrDefault(milestone => milestone.Epoch == checkpoint.Epoch) is not { } milestone)
        {
            if (run.Milestones is not null) Doubt("is of no milestone");
            return;
        }

        if (WeightsHash.Of(checkpoint.Weights) != milestone.WeightsSha256)
            Doubt($"has other weights than the milestone of {milestone.WeightsSha256[..12]} …");
        else if (!SameBits.Are(Evaluation.Loss(recipe.Network, checkpoint.Weights, data.Validation), milestone.ValidationLoss))
            Doubt($"has weights whose validation loss isn't the recorded {milestone.ValidationLoss:R}");
        if (run.History is { } history && !IsBeginning(checkpoint.History, history)) Doubt("has another history than the network");
        if (!checkpoint.Milestones.SequenceEqual(run.Milestones.Take(checkpoint.Milestones.Count)))
            Doubt("has other milestones than the network");
    }

    static bool IsBeginning(IReadOnlyList<EpochRecord> part, IReadOnlyList<EpochRecord> whole) =>
        part.Count <= whole.Count && part.SequenceEqual(whole.Take(part.Count));

    static string Bits(float value) =>
        BitConverter.SingleToUInt32Bits(value).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
}

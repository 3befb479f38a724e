using Mlds.Recipes;
using Mlds.Tasks;

namespace Mlds.Training;

/// <summary>Carries a recipe out from beginning to end.</summary>
public static class Trainer
{
    /// <summary>Trains <paramref name="recipe"/> on <paramref name="data"/>; stops between epochs when cancelled.</summary>
    /// <param name="onEpoch">Told of every epoch; may be null.</param>
    public static TrainedNetwork Train(
        Recipe recipe, TrainingData data, Action<EpochRecord>? onEpoch = null, CancellationToken cancellation = default)
    {
        using var run = new TrainingRun(recipe, data);
        while (run.Outcome is null)
        {
            cancellation.ThrowIfCancellationRequested();
            var epoch = run.NextEpoch();
            onEpoch?.Invoke(epoch);
        }

        return run.Finish();
    }
}

namespace Mlds.Training;

/// <summary>Carries a recipe out from beginning to end.</summary>
public static class Trainer
{
    /// <summary>Trains <paramref name="recipe"/> on <paramref name="data"/>; stops between epochs when cancelled.</summary>
    public static TrainedNetwork Train(Recipe recipe, TrainingData data, CancellationToken cancellation = default)
    {
        var run = new TrainingRun(recipe, data);
        while (run.Outcome is null)
        {
            cancellation.ThrowIfCancellationRequested();
            run.NextEpoch();
        }

        return run.Finish();
    }
}

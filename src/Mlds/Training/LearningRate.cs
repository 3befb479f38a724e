using Mlds.Recipes;

namespace Mlds.Training;

/// <summary>The learning rate of the next epoch, from the schedule and the validation losses so far: nothing else to remember.</summary>
sealed class LearningRate
{
    readonly LearningRateSchedule _schedule;
    float _best = float.PositiveInfinity;
    int _sinceBest;

    public LearningRate(TrainingSpec spec) => (_schedule, Current) = (spec.Schedule, spec.LearningRate);

    public double Current { get; private set; }

    /// <summary>Takes note of an epoch's validation loss.</summary>
    public void After(float validationLoss)
    {
        if (validationLoss < _best)
        {
            (_best, _sinceBest) = (validationLoss, 0);
            return;
        }

        _sinceBest++;
        if (_schedule.HalveAfter == 0 || _sinceBest < _schedule.HalveAfter) return;
        Current = Math.Max(Current / 2, Math.Min(Current, _schedule.Minimum));
        _sinceBest = 0;
    }
}

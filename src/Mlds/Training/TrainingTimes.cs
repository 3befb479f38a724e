namespace Mlds.Training;

/// <summary>Where a run's time went, in seconds of the wall clock, this process alone. It never influences a result.</summary>
/// <param name="Preparation">Initial weights and the kernels' memory.</param>
/// <param name="Shuffles">The epochs' orders.</param>
/// <param name="Steps">Training steps: loading a batch, forward, backward, the optimiser's step.</param>
/// <param name="Validation">The loss on the validation sequences after each epoch.</param>
/// <param name="Milestones">Hashing the weights at milestones.</param>
/// <param name="LongTest">The loss on the long words at the end.</param>
public readonly record struct TrainingTimes(
    double Preparation, double Shuffles, double Steps, double Validation, double Milestones, double LongTest);

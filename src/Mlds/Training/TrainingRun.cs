namespace Mlds.Training;

/// <summary>
/// One recipe being carried out, an epoch at a time, so that whoever drives it can show it, checkpoint it or stop it between epochs.
/// Not thread-safe; one run a thread.
/// </summary>
public sealed class TrainingRun
{
    /// <param name="recipe">What to train.</param>
    /// <param name="data">Its data; <c>data.Sha256</c> must be <c>recipe.DataSha256</c>.</param>
    /// <param name="from">Where to go on, or null to begin.</param>
    public TrainingRun(Recipe recipe, TrainingData data, Checkpoint? from = null) => throw new NotImplementedException();

    public Recipe Recipe => throw new NotImplementedException();

    /// <summary>Epochs done.</summary>
    public int Epoch => throw new NotImplementedException();

    public IReadOnlyList<EpochRecord> History => throw new NotImplementedException();

    /// <summary>How the run ended, or null while it goes on.</summary>
    public Outcome? Outcome => throw new NotImplementedException();

    /// <summary>Trains one epoch and validates. Call only while <see cref="Outcome"/> is null.</summary>
    public EpochRecord NextEpoch() => throw new NotImplementedException();

    /// <summary>The state after the last epoch.</summary>
    public Checkpoint Checkpoint() => throw new NotImplementedException();

    /// <summary>The trained network. Call once <see cref="Outcome"/> is set.</summary>
    public TrainedNetwork Finish() => throw new NotImplementedException();
}

using Mlds.Training;

namespace Mlds.Analysis.Data;

/// <summary>What is known of one network besides its weights.</summary>
/// <param name="TrainingLoss">Mean training loss of the last epoch, or null if the source doesn't keep it.</param>
/// <param name="LongLoss">Loss on the long words.</param>
/// <param name="WeightsSha256">Lower-case hex.</param>
/// <param name="History">Losses by epoch, or null if the source doesn't keep them.</param>
public sealed record NetworkLabel(
    string RecipeId,
    MachineLabel Machine,
    uint Seed,
    Outcome Outcome,
    int Epochs,
    double ValidationLoss,
    double? TrainingLoss,
    double LongLoss,
    string WeightsSha256,
    IReadOnlyList<EpochRecord>? History);

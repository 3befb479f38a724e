using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Zoos;

/// <summary>A network as the database keeps it: its blobs as they are, its recipe cut at the seed.</summary>
/// <param name="Packing">How its weights are packed (<see cref="WeightPacking"/>).</param>
/// <param name="Weights">P float32 little-endian, packed so.</param>
/// <param name="History">A <see cref="HistoryBlob"/>.</param>
/// <param name="Milestones">A <see cref="MilestoneBlob"/>.</param>
sealed record ZooRow(
    string RecipeId,
    RecipeForm Form,
    string Machine,
    uint Seed,
    Outcome Outcome,
    int Epochs,
    float TrainingLoss,
    float ValidationLoss,
    float LongLoss,
    string WeightsSha256,
    Provenance Provenance,
    int Packing,
    byte[] Weights,
    byte[] History,
    byte[] Milestones)
{
    public Measures Measures { get; init; } = Measures.None;
}

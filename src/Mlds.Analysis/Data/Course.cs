namespace Mlds.Analysis.Data;

/// <summary>One network's way from its first milestone to its last.</summary>
/// <param name="Points">By epoch, ascending; the last is the finished network.</param>
public sealed record Course(string RecipeId, MachineLabel Machine, uint Seed, IReadOnlyList<CoursePoint> Points)
{
    /// <summary>
    /// The network at <paramref name="epoch"/>, or at its last milestone before that; one that has stopped stays as it is. Null before its
    /// first milestone.
    /// </summary>
    public CoursePoint? At(int epoch) => Points.LastOrDefault(point => point.Epoch <= epoch);
}

/// <summary>A network during training.</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Weights">P float32 in the order of the population's layout.</param>
public sealed record CoursePoint(int Epoch, double ValidationLoss, float[] Weights);

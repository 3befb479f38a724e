using System.Text;
using System.Text.Json.Nodes;
using Mlds.Kernels.Losses;
using Mlds.Kernels.Optimizers;
using Mlds.Networks;
using Mlds.Tasks;

namespace Mlds.Recipes;

/// <summary>How the learning rate changes over epochs.</summary>
/// <param name="HalveAfter">Halve the rate after this many epochs without a better validation loss; 0 keeps it constant.</param>
/// <param name="Minimum">The rate is never halved below this.</param>
public sealed record LearningRateSchedule(int HalveAfter, double Minimum);

/// <summary>Everything about the descent that networks of one machine share.</summary>
/// <param name="Batch">Sequences per step; the last batch of an epoch may be smaller.</param>
/// <param name="LearningRate">The learning rate at the start, α.</param>
/// <param name="Optimizer">What turns gradients into steps, and its other numbers.</param>
/// <param name="Schedule">How the learning rate changes.</param>
/// <param name="ClipNorm">Largest Euclidean norm of the gradient; a longer one is scaled down to it. 0 for no limit.</param>
/// <param name="GoalLoss">Converged when the validation loss is at most this.</param>
/// <param name="EpochLimit">NotConverged if the goal isn't reached in this many epochs.</param>
/// <param name="MilestoneEvery">A milestone every so many epochs, and one at the end.</param>
public sealed record TrainingSpec(
    int Batch,
    double LearningRate,
    OptimizerSettings Optimizer,
    LearningRateSchedule Schedule,
    double ClipNorm,
    double GoalLoss,
    int EpochLimit,
    int MilestoneEvery)
{
    /// <summary>What the bounds of the initial weights are multiplied by.</summary>
    public double InitialScale { get; init; } = 1;

    /// <summary>What the descent makes small.</summary>
    public LossKind Loss { get; init; } = LossKind.MeanSquaredError;

    /// <summary>The lowest <see cref="Kernels.Shapes.WorkerLevel"/> of programs that can train so.</summary>
    public int WorkerLevel => Math.Max(
        Optimizer.WorkerLevel, Loss != LossKind.MeanSquaredError ? 4 : InitialScale != 1 ? 3 : Kernels.Shapes.WorkerLevel.First);
}

/// <summary>
/// Everything that determines one network: training it gives the same bits on every machine (arithmetic v1, docs/decisions/0001).
/// </summary>
/// <param name="MachineName">The name people use; part of the recipe.</param>
/// <param name="Task">What is learned, in full: it needs nothing else to be made again.</param>
/// <param name="DataSha256">SHA-256 of the examples that <paramref name="Task"/> gives (<see cref="TrainingData.Sha256"/>).</param>
/// <param name="Seed">The network's seed: initial weights and shuffles follow from it. Twins share it.</param>
public sealed record Recipe(
    string MachineName,
    LearningTask Task,
    string DataSha256,
    NetworkSpec Network,
    TrainingSpec Training,
    uint Seed)
{
    /// <summary>A copy to change by <c>with</c>: what was derived from the original isn't taken along.</summary>
    Recipe(Recipe original) =>
        (MachineName, Task, DataSha256, Network, Training, Seed) =
        (original.MachineName, original.Task, original.DataSha256, original.Network, original.Training, original.Seed);

    /// <summary>The arithmetic this program trains with.</summary>
    public const int ArithmeticVersion = 1;

    /// <summary>The canonical JSON (RFC 8785) in which a recipe is stored and hashed; docs/formats/recipe.md.</summary>
    public string CanonicalJson => field ??= Canonical.Serialize(ToJson());

    /// <summary>Lower-case hex SHA-256 of <see cref="CanonicalJson"/>: the network's name everywhere.</summary>
    public string Id => field ??= Sha256Hash.HexOf(Encoding.UTF8.GetBytes(CanonicalJson));

    /// <summary>
    /// Lower-case hex SHA-256 of the canonical JSON without <c>seed</c>: the same for all networks of a population's machine.
    /// </summary>
    public string SeedlessSha256
    {
        get
        {
            var json = ToJson();
            json.Remove("seed");
            return Sha256Hash.HexOf(Encoding.UTF8.GetBytes(Canonical.Serialize(json)));
        }
    }

    /// <summary>The lowest <see cref="Kernels.Shapes.WorkerLevel"/> of programs that can carry it out.</summary>
    public int WorkerLevel => Math.Max(Network.WorkerLevel, Math.Max(Training.WorkerLevel, Task.WorkerLevel));

    /// <summary>Bytes of the weights and of what the optimiser remembers: the greater part of a run's state.</summary>
    public long StateBytes => 4L * (1 + Training.Optimizer.StateVectors) * Network.Parameters;

    /// <summary>The same recipe, the files of its task looked for in folders that keep them by their SHA-256.</summary>
    public Recipe WithFilesIn(params IReadOnlyList<string> folders) =>
        Task.Files.Count == 0 ? this : this with { Task = Task.WithFilesIn(folders) };

    /// <summary>Recipes are equal if their ids are.</summary>
    public bool Equals(Recipe? other) => other is not null && Id == other.Id;

    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    /// <summary>The recipe as JSON.</summary>
    public JsonObject ToJson() => RecipeJson.Write(this);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">Not a recipe of this arithmetic version; the message names the JSON path.</exception>
    public static Recipe Parse(string json) => RecipeJson.Read(json);
}

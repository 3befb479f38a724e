using System.Text;
using System.Text.Json.Nodes;
using Mlds.Machines;
using Mlds.Networks;

namespace Mlds.Training;

/// <summary>A fixed word that is written into the random sequences now and then, so that a rule about it can be learned at all.</summary>
/// <param name="Key">The commands, in order.</param>
/// <param name="OneIn">At each step outside a planted key, planting begins with probability 1/<c>OneIn</c>.</param>
/// <param name="SequenceEvery">
/// n: of the training and validation sequences only those whose number n divides (0, n, 2n, …) are given the key and follow a keyed machine's rule; the targets of
/// the others are the machine's without its rule. 1: all of them. The long test set always follows the machine.
/// </param>
public sealed record PlantedKey(IReadOnlyList<int> Key, int OneIn, int SequenceEvery = 1)
{
    public bool Equals(PlantedKey? other) => other is not null && (OneIn, SequenceEvery) == (other.OneIn, other.SequenceEvery) && Key.SequenceEqual(other.Key);

    public override int GetHashCode() => HashCode.Combine(OneIn, SequenceEvery, Key.Count);
}

/// <summary>
/// Which sequences a network learns from. They follow from (machine, this) alone and are never shipped: always made again and compared by
/// their SHA-256 (docs/decisions/0001 §7).
/// </summary>
/// <param name="Seed">Seed of the data streams; the same for all networks of a machine and for its twins.</param>
/// <param name="Training">Training sequences.</param>
/// <param name="Validation">Validation sequences.</param>
/// <param name="Length">Commands a sequence, for both.</param>
/// <param name="LongTest">Sequences of the third set, evaluated once at the end.</param>
/// <param name="LongLength">Commands a sequence of the third set.</param>
/// <param name="Planted">The planted key, or null.</param>
public sealed record DataSpec(uint Seed, int Training, int Validation, int Length, int LongTest, int LongLength, PlantedKey? Planted);

/// <summary>How the learning rate changes over epochs.</summary>
/// <param name="HalveAfter">Halve the rate after this many epochs without a better validation loss; 0 keeps it constant.</param>
/// <param name="Minimum">The rate is never halved below this.</param>
public sealed record LearningRateSchedule(int HalveAfter, double Minimum);

/// <summary>Everything about the descent that networks of one machine share.</summary>
/// <param name="Batch">Sequences a step; the last batch of an epoch may be smaller.</param>
/// <param name="LearningRate">Adam's α at the start.</param>
/// <param name="Beta1">Adam's β₁.</param>
/// <param name="Beta2">Adam's β₂.</param>
/// <param name="Epsilon">Adam's ε.</param>
/// <param name="Schedule">How α changes.</param>
/// <param name="ClipNorm">Largest Euclidean norm of the gradient, longer ones are scaled down to it; 0 for none.</param>
/// <param name="GoalLoss">Converged when the validation loss is at most this.</param>
/// <param name="EpochLimit">NotConverged when this many epochs did not reach the goal.</param>
/// <param name="MilestoneEvery">A milestone every so many epochs, and one at the end.</param>
public sealed record TrainingSpec(
    int Batch,
    double LearningRate,
    double Beta1,
    double Beta2,
    double Epsilon,
    LearningRateSchedule Schedule,
    double ClipNorm,
    double GoalLoss,
    int EpochLimit,
    int MilestoneEvery);

/// <summary>
/// Everything that determines one network: training it gives the same bits on every machine (arithmetic v1, docs/decisions/0001).
/// </summary>
/// <param name="MachineName">The name people use; part of the recipe.</param>
/// <param name="Machine">The machine's full definition.</param>
/// <param name="DataSha256">SHA-256 of the sequences that <paramref name="Data"/> and <paramref name="Machine"/> give (<see cref="TrainingData.Sha256"/>).</param>
/// <param name="Seed">The network's seed: initial weights and shuffles follow from it. Twins share it.</param>
public sealed record Recipe(
    string MachineName,
    MachineDefinition Machine,
    DataSpec Data,
    string DataSha256,
    NetworkSpec Network,
    TrainingSpec Training,
    uint Seed)
{
    /// <summary>A copy to change by <c>with</c>: what was derived from the original isn't taken along.</summary>
    Recipe(Recipe original) =>
        (MachineName, Machine, Data, DataSha256, Network, Training, Seed) =
        (original.MachineName, original.Machine, original.Data, original.DataSha256, original.Network, original.Training, original.Seed);

    /// <summary>The arithmetic this program trains with.</summary>
    public const int ArithmeticVersion = 1;

    /// <summary>The canonical JSON (RFC 8785) in which a recipe is stored and hashed; docs/formats/recipe.md.</summary>
    public string CanonicalJson => field ??= Canonical.Serialize(ToJson());

    /// <summary>Lower-case hex SHA-256 of <see cref="CanonicalJson"/>: the network's name everywhere.</summary>
    public string Id => field ??= Sha256Hash.HexOf(Encoding.UTF8.GetBytes(CanonicalJson));

    /// <summary>Recipes are equal if their ids are.</summary>
    public bool Equals(Recipe? other) => other is not null && Id == other.Id;

    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    /// <summary>The recipe as JSON.</summary>
    public JsonObject ToJson() => RecipeJson.Write(this);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">Not a recipe of this arithmetic version; the message names the JSON path.</exception>
    public static Recipe Parse(string json) => RecipeJson.Read(json);
}

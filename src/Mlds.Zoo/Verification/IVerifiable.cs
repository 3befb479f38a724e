using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos.Verification;

/// <summary>All that is stored of a network. What can't be read is null, with a doubt in the log.</summary>
/// <param name="Kept">Its kept checkpoints, ascending by epoch.</param>
sealed record StoredRun(
    StoredNetwork Network, Recipe? Recipe, float[]? Weights, IReadOnlyList<EpochRecord>? History,
    IReadOnlyList<Milestone>? Milestones, IReadOnlyList<Checkpoint> Kept);

/// <summary>What is verified: a zoo or a release. Used by one thread at a time.</summary>
interface IVerifiable : IDisposable
{
    string Kind { get; }

    /// <summary>Name of its population.</summary>
    string Population { get; }

    IReadOnlyList<StoredNetwork> Networks { get; }

    /// <summary>Checks what belongs to no single network: files, tables, the population, subsets and splits.</summary>
    void CheckWhole(VerificationLog log, CancellationToken cancellation);

    /// <summary>Streams everything stored, one network after the other, in the order of <see cref="Networks"/>.</summary>
    IEnumerable<StoredRun> Runs(VerificationLog log);

    /// <summary>One network as <see cref="Runs"/> has it, or null where it can't be read.</summary>
    StoredRun? Run(StoredNetwork network, VerificationLog log);

    /// <summary>Epochs at which a network's whole state was kept; a release keeps none.</summary>
    IReadOnlyList<int> KeptEpochs(StoredNetwork network);
}

/// <summary>The names of the checks.</summary>
static class Checks
{
    public const string Files = "files";
    public const string Opened = "opened";
    public const string Population = "population";
    public const string Asked = "asked_for";
    public const string Subsets = "subsets";
    public const string Splits = "splits";
    public const string Recipes = "recipes";
    public const string Weights = "weights";
    public const string Losses = "losses";
    public const string Records = "records";
    public const string Milestones = "milestones";
    public const string Trajectories = "trajectories";
    public const string Kept = "kept_checkpoints";
    public const string Duplicates = "duplicates";
    public const string Retrained = "retrained";
    public const string Segments = "segments";
}

using System.Text.Json.Serialization;

namespace Mlds.Analysis.Results;

/// <summary>Which networks the analysis had.</summary>
/// <param name="Name">The population's name, or the folder's if it has none.</param>
/// <param name="Source"><c>zoo</c>, <c>release</c> or <c>matrix</c>.</param>
/// <param name="WeightsDigest">SHA-256 over the sorted lines "recipe_id weights_sha256": the identity of what was analysed.</param>
/// <param name="Parameters">Parameters P of every network.</param>
/// <param name="Network">The network's shape in words.</param>
/// <param name="Networks">All networks found.</param>
/// <param name="Used">Networks analysed: the converged ones.</param>
/// <param name="LeftOut">What was left out of everything and why, one sentence each; empty if nothing was.</param>
public sealed record PopulationSummary(
    string Name,
    string Source,
    string WeightsDigest,
    int Parameters,
    string Network,
    int Networks,
    int Used,
    IReadOnlyList<string> LeftOut,
    IReadOnlyList<MachineSummary> Machines);

/// <summary>One machine's networks. Medians are over its converged networks; null if there are none.</summary>
/// <param name="Family">The machine without its variant: "EightBit".</param>
/// <param name="Variant"><c>original</c>, <c>modified</c> or <c>control</c>.</param>
public sealed record MachineSummary(
    string Name,
    string Family,
    string Variant,
    int Networks,
    int Converged,
    int NotConverged,
    int Diverged,
    double? MedianEpochs,
    double? MedianValidationLoss,
    double? MedianLongLoss)
{
    /// <summary>The value of every declared factor, by its name; null where the population declares none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Factors { get; init; }
}

/// <summary>One way of turning a network into numbers.</summary>
/// <param name="Name"><c>raw</c>, <c>reduced</c>, <c>statistics</c>, <c>invariants</c>.</param>
/// <param name="Columns">Numbers per network.</param>
/// <param name="Description">One sentence.</param>
public sealed record ViewSummary(string Name, int Columns, string Description);

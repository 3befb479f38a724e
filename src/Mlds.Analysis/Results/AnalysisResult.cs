using System.Text.Json.Serialization;

namespace Mlds.Analysis.Results;

/// <summary>
/// Everything an analysis found, and all that a report prints: a report has no number that isn't here, and <see cref="Metrics"/> writes
/// exactly this tree to metrics.json (docs/formats/metrics.md).
/// </summary>
/// <param name="ProgramVersion">Version of the program that made it.</param>
/// <param name="Seed">Seed of all splits, shuffles, restarts and forests. The same seed on the same networks gives the same result.</param>
/// <param name="Views">The views, in the order in which tables show them.</param>
/// <param name="Findings">
/// The paper's three claims, answered: how the report opens. Before them, where a population varies how networks are trained, what is asked
/// of it first.
/// </param>
/// <param name="Questions">All questions, also skipped ones, in the order of the report.</param>
/// <param name="Projections">PCA by view.</param>
/// <param name="LossCurves">By machine; empty if the source keeps no loss history.</param>
public sealed record AnalysisResult(
    string ProgramVersion,
    ulong Seed,
    PopulationSummary Population,
    IReadOnlyList<ViewSummary> Views,
    Headlines Headlines,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<QuestionResult> Questions,
    IReadOnlyList<Projection> Projections,
    IReadOnlyList<LossCurve> LossCurves)
{
    /// <summary>Mean weights of a layer by machine, as they are and aligned.</summary>
    public IReadOnlyList<HeatMap> HeatMaps { get; init; } = [];

    /// <summary>What was asked of whose networks, where they aren't ours; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ForeignSummary? Foreign { get; init; }

    /// <summary>What was laid over training images, each trigger once; null where nothing was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TriggerImage>? Triggers { get; init; }

    /// <summary>Views that can't be taken of these networks; null if all can.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LeftOut>? LeftOut { get; init; }

    /// <summary>How many scores and tests there are, and what that means for each; a few sentences.</summary>
    public string ManyNumbers { get; init; } = "";

    /// <summary>How long the analysis took. No part of metrics.json, so that the same seed gives the same file to the bit.</summary>
    [JsonIgnore]
    public double Seconds { get; init; }
}

/// <summary>A matrix of weights, averaged over a machine's networks.</summary>
/// <param name="View"><c>raw</c> or <c>aligned</c>.</param>
/// <param name="Tensor">Which matrix: PyTorch's name.</param>
/// <param name="Networks">Networks that the mean is over.</param>
/// <param name="Rows">R rows of C values.</param>
public sealed record HeatMap(string Machine, string View, string Tensor, int Networks, IReadOnlyList<IReadOnlyList<double>> Rows)
{
    /// <summary>Names of the equal blocks of rows: r, z and n for a GRU's gates; empty where the matrix isn't divided.</summary>
    public IReadOnlyList<string> Blocks { get; init; } = [];

    /// <summary>Input channels, height and width of the kernels that a row holds, in this order; null where rows are no kernels.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Kernel { get; init; }
}

/// <summary>What was laid over some training images.</summary>
/// <param name="Name">A shipped trigger's name, or its pixels.</param>
/// <param name="Machines">Those whose images had it.</param>
/// <param name="Networks">Their networks.</param>
/// <param name="Height">Of the images.</param>
/// <param name="Width">Of the images.</param>
/// <param name="Pixels">Row, column and value, 0 … 255, of each of its pixels.</param>
public sealed record TriggerImage(
    string Name, IReadOnlyList<string> Machines, int Networks, int Height, int Width, IReadOnlyList<IReadOnlyList<int>> Pixels);

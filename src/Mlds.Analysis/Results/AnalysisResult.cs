namespace Mlds.Analysis.Results;

/// <summary>
/// Everything an analysis found, and all that a report prints: no number is in a report that isn't here, and <see cref="Metrics"/> writes
/// exactly this tree to metrics.json (docs/formats/metrics.md).
/// </summary>
/// <param name="ProgramVersion">Version of the program that made it.</param>
/// <param name="Seed">Seed of all splits, shuffles, restarts and forests. The same seed on the same networks gives the same result.</param>
/// <param name="Seconds">How long the analysis took; the one number that two runs needn't share.</param>
/// <param name="Views">The views, in the order in which tables show them.</param>
/// <param name="Findings">The paper's three claims, answered: how the report opens.</param>
/// <param name="Questions">All questions, also skipped ones, in the order of the report.</param>
/// <param name="Projections">PCA by view.</param>
/// <param name="LossCurves">By machine; empty if the source keeps no loss history.</param>
public sealed record AnalysisResult(
    string ProgramVersion,
    ulong Seed,
    double Seconds,
    PopulationSummary Population,
    IReadOnlyList<ViewSummary> Views,
    Headlines Headlines,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<QuestionResult> Questions,
    IReadOnlyList<Projection> Projections,
    IReadOnlyList<LossCurve> LossCurves);

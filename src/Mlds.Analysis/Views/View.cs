namespace Mlds.Analysis.Views;

/// <summary>One way of turning networks into numbers.</summary>
/// <param name="Name">Stable snake_case name, as reports and metrics.json show it.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Build">N networks to N × D numbers.</param>
/// <param name="Standardized">Whether distances and PCA need the columns brought to one scale first. Weights of one network share a scale; the
/// columns of the other views don't.</param>
public sealed record View(string Name, string Description, Func<WeightMatrix, FeatureMatrix> Build, bool Standardized)
{
    public static View Raw { get; } = new(
        "raw", "The weights as they are, in PyTorch's parameters() order.", RawView.Build, Standardized: false);

    public static View Reduced { get; } = new(
        "reduced",
        "The weights with what only acts merged merged: the biases of the gates r and z summed, the linear layers multiplied into one.",
        ReducedView.Build,
        Standardized: false);

    public static View Statistics { get; } = new(
        "statistics",
        "Mean, variance and five quantiles of each tensor (Unterthiner et al. 2020, arXiv 2002.11448).",
        StatisticsView.Build,
        Standardized: true);

    public static View Invariants { get; } = new(
        "invariants",
        "Numbers that no permutation of units, no sign flip and no change of basis between the linear layers alters.",
        InvariantsView.Build,
        Standardized: true);

    /// <summary>All views, in the order in which tables show them.</summary>
    public static IReadOnlyList<View> All { get; } = [Raw, Reduced, Statistics, Invariants];
}

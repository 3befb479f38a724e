using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Networks;
using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Views;

/// <summary>One way of turning networks into numbers.</summary>
/// <param name="Name">Stable snake_case name, as reports and metrics.json show it.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Build">N networks to N × D numbers.</param>
/// <param name="Standardized">Whether distances and PCA need the columns brought to one scale first. Weights of one network share a scale;
/// the columns of the other views don't.</param>
public sealed record View(string Name, string Description, Func<WeightMatrix, FeatureMatrix> Build, bool Standardized)
{
    /// <summary>Null where the view can be taken of such networks; else a sentence that says why not.</summary>
    public Func<NetworkSpec, string?> AppliesTo { get; init; } = _ => null;

    /// <summary>Whether it asks about the commands of machines, so that it is left out where networks learned something else.</summary>
    public bool AsksMachines { get; init; }

    /// <summary>Whether it is the weights themselves, so that making it costs nothing.</summary>
    internal bool IsWeights { get; init; }

    public static View Raw { get; } = new(
        "raw", "The weights as they are, in PyTorch's parameters() order.", matrix => RawView.Build(matrix.Tensors), Standardized: false)
    {
        IsWeights = true,
    };

    public static View Reduced { get; } = new(
        "reduced",
        "The weights with what only acts merged merged: the biases of the gates r and z summed, the linear layers multiplied into one.",
        ReducedView.Build,
        Standardized: false);

    public static View Statistics { get; } = new(
        "statistics",
        "Mean, variance and five quantiles of each tensor (Unterthiner et al. 2020, arXiv 2002.11448).",
        matrix => StatisticsView.Build(matrix.Tensors),
        Standardized: true);

    public static View Invariants { get; } = new(
        "invariants",
        "Numbers that no permutation of units, no sign flip and no change of basis between the linear layers alters.",
        InvariantsView.Build,
        Standardized: true)
    {
        AppliesTo = InvariantsView.AppliesTo,
    };

    public static View Aligned { get; } = new(
        "aligned",
        "The reduced weights, units permuted and signed towards the mean of all networks (signed weight matching; no label takes part).",
        AlignedView.Build,
        Standardized: false);

    public static View Spectral { get; } = new(
        "spectral",
        "Spectral norm, stable rank and Marchenko-Pastur soft rank of each gate's and each linear layer's matrix "
        + "(Martin and Mahoney 2021, arXiv 1810.01075).",
        SpectralView.Build,
        Standardized: true);

    public static View Behaviour { get; } = new(
        "behaviour",
        "The outputs on 16 fixed probe words of 16 symbols: what the network does, without its weights.",
        BehaviourView.Build,
        Standardized: false)
    {
        AppliesTo = BehaviourView.AppliesTo,
        AsksMachines = true,
    };

    /// <summary>All views, in the order in which tables show them.</summary>
    public static IReadOnlyList<View> All { get; } = [Raw, Reduced, Aligned, Statistics, Invariants, Spectral, Behaviour];

    /// <summary>
    /// Those of <paramref name="views"/> that apply to networks of <paramref name="spec"/>, and of the others why they don't.
    /// </summary>
    /// <param name="noMachine">Why it isn't known of some what machine they learned; null where it is.</param>
    public static (IReadOnlyList<View> Applying, IReadOnlyList<LeftOut> LeftOut) For(
        NetworkSpec spec, IReadOnlyList<View> views, string? noMachine = null)
    {
        var reasons = views.Select(view => (View: view, Why: view.AppliesTo(spec) ?? (view.AsksMachines ? noMachine : null))).ToArray();
        return (
            [.. reasons.Where(one => one.Why is null).Select(one => one.View)],
            [.. reasons.Where(one => one.Why is not null).Select(one => new LeftOut($"the view {one.View.Name}", one.Why!))]);
    }

    /// <summary>The reduced weights aligned to one <paramref name="reference"/>, P weights, instead of to the networks' mean.</summary>
    public static View AlignedTo(float[] reference) => Aligned with { Build = matrix => AlignedView.Build(matrix, reference) };

    /// <summary>The outputs on other <paramref name="words"/>.</summary>
    public static View BehaviourOn(SequenceSet words) => Behaviour with
    {
        Description = $"The outputs on {words.Count} words of {words.Length} symbols.",
        Build = matrix => BehaviourView.Build(matrix, words),
    };
}

using Mlds.Analysis.Data;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>
/// What questions will cost, about, in seconds of a core, from the numbers of networks, machines and columns alone. The units are those of
/// one processor (benchmarks/results); on others all are off by one factor, which the first steps show.
/// </summary>
/// <param name="context">Its networks and views.</param>
sealed class Workload(QuestionContext context)
{
    /// <summary>Products of two numbers a second, in float32 and by blocks.</summary>
    const double Products = 1.5e10;

    /// <summary>Seconds that a forest takes for a network, a column tried and a level of a tree.</summary>
    const double Split = 2.5e-9;

    /// <summary>Seconds of an alignment, times the third power of a network's units, which go with the root of its weights.</summary>
    const double Alignment = 1.2e-3 / (4364.0 * 66);

    readonly AnalysisOptions _options = context.Options;

    internal Ceilings Ceilings => context.Ceilings;

    readonly MachineLabel[] _machines = context.Networks.MachineLabels;

    /// <summary>Converged networks.</summary>
    internal double Networks => context.Networks.Networks;

    internal int Views => context.Features.Count;

    /// <summary>Classes that are told apart: original machines, or all.</summary>
    internal int Machines(bool originals) => Math.Max(
        1,
        _machines.Where(machine => !originals || machine.Variant == Variant.Original).Select(machine => machine.Class).Distinct().Count());

    /// <summary>Networks of a class, on average and at most.</summary>
    internal double PerClass(Ceiling ceiling, int classes) => Math.Min(Networks / Math.Max(1, _machines.Length), ceiling(classes).Most);

    /// <summary>Machines that a contrast has both forms of.</summary>
    internal int Cases(Contrast contrast) => contrast.Comparable(context.Networks).Length;

    /// <summary>Aligning so many networks.</summary>
    internal double Alignments(double networks)
    {
        double parameters = context.Networks.Layout.Parameters;
        return networks * Alignment * parameters * Math.Sqrt(parameters);
    }

    /// <summary>A fit and its predictions, in every view, from so many networks in so many classes, by both classifiers.</summary>
    internal double Fits(double networks, int classes) => Ridge(networks, classes) + Forest(networks);

    /// <summary>The same by ridge regression alone.</summary>
    internal double Ridge(double networks, int classes) => OverViews(columns =>
    {
        var least = Math.Min(networks, columns);
        var outputs = classes * (1 + _options.RidgeShuffles);
        return ((networks * columns * (least + outputs)) + (2 * least * least * least)) / Products;
    });

    /// <summary>All networks of a number with one another, in every view.</summary>
    internal double Pairs(double networks) => OverViews(columns => networks * networks * columns / Products);

    /// <summary>Clusters of so many networks, in every view.</summary>
    internal double Clusters(double networks, int classes) =>
        OverViews(columns => networks * columns * Math.Min(networks, 500.0 * classes) / Products);

    /// <summary>Principal components of a view, and t-SNE where there is one: a thousand steps over all pairs.</summary>
    internal double Projection(int view)
    {
        double columns = context.Features.Columns(view);
        var embedded = Math.Min(Networks, Projections.MostEmbedded);
        return (Networks * columns * Math.Min(Networks, columns) / Products)
            + (Projections.IsEmbedded(_options.Views[view]) ? embedded * embedded * 2e-6 : 0);
    }

    /// <summary>Making all views.</summary>
    internal double MakingViews => Alignments(3 * Networks) + (Networks * context.Networks.Layout.Parameters * 3e-7);

    double Forest(double networks) => OverViews(columns =>
        (1 + _options.ForestShuffles) * _options.Trees * networks * Math.Sqrt(columns) * Math.Log2(networks + 2) * Split);

    double OverViews(Func<double, double> ofColumns) => Enumerable.Range(0, Views).Sum(view => ofColumns(context.Features.Columns(view)));
}

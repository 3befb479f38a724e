using Mlds.Analysis.Data;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Analysis.Views;

/// <summary>The memory that an analysis of some networks takes, known before a weight is read.</summary>
/// <param name="Networks">N of the shape that questions are asked of.</param>
/// <param name="Weights">Bytes of all weights, those of other shapes too.</param>
/// <param name="Largest">Bytes of the largest view.</param>
public sealed record MemoryPlan(long Networks, long Weights, long Largest)
{
    /// <summary>
    /// What a question needs beside a view, as a multiple of it: the networks to learn from and to test, as they are and standardised.
    /// </summary>
    internal const double Working = 2.5;

    /// <summary>Bytes without which it can't be done.</summary>
    public long Least => Weights + Largest + (long)(Working * Largest);

    /// <summary>The bytes that an analysis may take when nobody says: three quarters of what the machine, or its container, has.</summary>
    public static long Usual => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3;

    /// <summary>The plan for networks of some shapes.</summary>
    /// <param name="shapes">Layouts with the networks of each, the one that questions are asked of first.</param>
    /// <param name="views">Those that will be asked; the ones that don't apply take nothing.</param>
    public static MemoryPlan Of(IReadOnlyList<(WeightLayout Layout, long Networks)> shapes, IReadOnlyList<View> views)
    {
        var (layout, networks) = shapes[0];
        var columns = Columns(layout, View.For(layout.Spec, views).Applying).DefaultIfEmpty().Max();
        return new MemoryPlan(
            networks, shapes.Sum(shape => shape.Networks * shape.Layout.Parameters * sizeof(float)), networks * columns * sizeof(float));
    }

    /// <summary>The most networks, of as many, that <paramref name="bytes"/> are enough for.</summary>
    public long Most(long bytes) => (long)(Networks * Math.Min(1, (double)bytes / Math.Max(1, Least)));

    /// <summary>Bytes that views may take together while a question is asked.</summary>
    internal long ForViews(long bytes) => Math.Max(Largest, bytes - Weights - (long)(Working * Largest));

    /// <summary>Numbers per network of each view; one network, whatever its weights, shows it.</summary>
    internal static IEnumerable<int> Columns(WeightLayout layout, IReadOnlyList<View> views)
    {
        var label = new NetworkLabel("", MachineLabel.Of("", PopulationFactors.OfNames), 0, Outcome.Converged, 1, 0, 0, 0, "", null);
        var one = new WeightMatrix("one", "matrix", InitialWeights.Draw(layout, 1), layout, [label]);
        return views.Select(view => view.Build(one).Columns);
    }
}

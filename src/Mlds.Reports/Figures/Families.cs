using Mlds.Analysis.Results;
using Mlds.Recipes;
using Mlds.Reports.Drawing;

namespace Mlds.Reports.Figures;

/// <summary>Which sign each machine has, the same in all figures: colour and shape by family, filling by variant.</summary>
sealed class Families
{
    /// <summary>More families than this aren't named in legends: colours and shapes come again.</summary>
    const int MostNamed = 30;

    readonly string[] _variants;

    public Families(PopulationSummary population)
    {
        All = [.. population.Machines.Select(machine => machine.Family).Distinct()];
        _variants = [.. Variants.Where(variant => population.Machines.Any(machine => machine.Variant == variant))];
    }

    /// <summary>The variants in the order in which readers meet them.</summary>
    public static IReadOnlyList<string> Variants => VariantName.All;

    /// <summary>The families, in the population's order.</summary>
    public IReadOnlyList<string> All { get; }

    public int IndexOf(string family) => Math.Max(0, All.ToList().IndexOf(family));

    public Paint PaintOf(string family) => Palette.Of(IndexOf(family));

    public static MarkerFill FillOf(string variant) => variant switch
    {
        "original" => MarkerFill.Solid,
        "modified" => MarkerFill.Open,
        _ => MarkerFill.Dotted,
    };

    /// <summary>Where variants are compared within a family, each has its own colour.</summary>
    public static Paint PaintOfVariant(string variant) => variant switch
    {
        "original" => Palette.Blue,
        "modified" => Palette.Vermillion,
        _ => Palette.Green,
    };

    public void Draw(ICanvas canvas, Point at, string family, string variant, double radius = 4) =>
        Marker.Draw(canvas, at, IndexOf(family), PaintOf(family), FillOf(variant), radius);

    /// <summary>Whether there are so many families that signs stand for several.</summary>
    public bool SignsRepeat => All.Count > MostNamed;

    /// <summary>Signs of families, if there are few, then of the variants if there are several.</summary>
    public IReadOnlyList<LegendEntry> Legend()
    {
        var entries = (SignsRepeat ? [] : All).Select(
            family => new LegendEntry(Lettering.Short(family), (canvas, at) => Draw(canvas, at, family, "original", 4.5)));
        var variants = _variants.Length < 2
            ? []
            : _variants.Select(variant => new LegendEntry(
                variant, (canvas, at) => Marker.Draw(canvas, at, 0, Palette.Ink, FillOf(variant), 4.5)));
        return [.. entries, .. variants];
    }

    /// <summary>Signs of the variants by colour.</summary>
    public IReadOnlyList<LegendEntry> VariantLegend() =>
        [.. _variants.Select(variant => new LegendEntry(
            variant, (canvas, at) => Marker.Draw(canvas, at, VariantShape(variant), PaintOfVariant(variant), MarkerFill.Solid, 4.5)))];

    public static int VariantShape(string variant) => Math.Max(0, Variants.ToList().IndexOf(variant));
}

using Mlds.Reports.Drawing;
using Mlds.Reports.Figures;
using Mlds.Site.Browsing;
using Mlds.Site.Maps;

namespace Mlds.Site.Figures;

/// <summary>The map as a picture, for pages without script and for papers.</summary>
static class PlaneFigure
{
    /// <summary>More points are thinned evenly: they would cover each other.</summary>
    const int MostShown = 4_000;

    const int MostNamed = 24;
    const double Height = 560;

    internal static Figure? Of(BrowsedNetworks networks, MapQuery query, ViewPlane plane)
    {
        if (plane.Count == 0) return null;
        var shown = Thinning.Evenly([.. Enumerable.Range(0, plane.Count)], MostShown);

        // Numbers are shown by their fifths.
        var values = query.By.Texts ?? Fifths(query.By.Numbers!);
        string[] names = [.. values.Distinct()];
        if (query.By.IsNumber) names = [.. names.Order(StringComparer.Ordinal)];
        var places = names.Index().ToDictionary(one => one.Item, one => one.Index);
        LegendEntry[] legend = [.. names.Take(MostNamed).Select((name, i) => new LegendEntry(
            Lettering.Short(name.Replace('_', ' ')), (canvas, at) => Marker.Draw(canvas, at, i, Palette.Of(i), MarkerFill.Solid, 4.5)))];
        var (x, y) = (
            Scale.Around(shown.Select(i => (double)plane.Coordinates[2 * i])),
            Scale.Around(shown.Select(i => (double)plane.Coordinates[(2 * i) + 1])));
        return new Figure(
            $"map-{plane.View}-{plane.Method}",
            $"{networks.Contents.Population}: networks by {plane.View}, coloured by {query.By.Title}",
            plane.Protocol,
            Figure.FullWidth,
            18 + Height + 52 + Legend.Height(legend, Figure.FullWidth - 90),
            canvas =>
            {
                var panel = new Panel(canvas, new Box(70, 18, Figure.FullWidth - 90, Height), x, y);
                panel.Frame(null, null, null);
                foreach (var i in shown)
                {
                    var kind = places[values[plane.Rows[i]]];
                    var at = panel.At(plane.Coordinates[2 * i], plane.Coordinates[(2 * i) + 1]);
                    Marker.Draw(canvas, at, kind, Palette.Of(kind), MarkerFill.Solid, shown.Length > 1000 ? 2.5 : 3.5);
                }

                Legend.Draw(canvas, new Point(70, 18 + Height + 44), Figure.FullWidth - 90, legend);
            });
    }

    static string[] Fifths(double[] numbers)
    {
        double[] sorted = [.. numbers.Where(double.IsFinite).Order()];
        if (sorted.Length == 0) return Array.ConvertAll(numbers, _ => "none");
        double[] cuts = [.. Enumerable.Range(1, 4).Select(fifth => sorted[fifth * (sorted.Length - 1) / 5]).Distinct()];
        return Array.ConvertAll(numbers, number => !double.IsFinite(number)
            ? "none"
            : $"{1 + cuts.Count(cut => number > cut)}: "
                + (cuts.FirstOrDefault(cut => number <= cut, double.NaN) is var most && double.IsNaN(most)
                    ? $"above {Mlds.Reports.Wording.Words.Figures(cuts[^1])}"
                    : $"up to {Mlds.Reports.Wording.Words.Figures(most)}"));
    }
}

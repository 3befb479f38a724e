using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>How the networks learned: validation loss by epoch, a panel per family, the variants together.</summary>
static class LossCurveFigure
{
    const double Height = 190;
    const double GapX = 62;
    const double Below = 52;
    const int MostFamilies = 30;
    const int MostPanels = 12;

    /// <summary>The figure, or null when the source keeps no history.</summary>
    public static Figure? Of(AnalysisResult result, Families families)
    {
        var curves = result.LossCurves.Where(curve => curve.Points.Count > 0).ToArray();
        if (curves.Length == 0)
            return null;
        var all = curves.GroupBy(curve => curve.Family).OrderBy(group => families.IndexOf(group.Key)).ToArray();
        var groups = all.Length <= MostFamilies
            ? all
            : Thinning.Evenly([.. all.OrderBy(group => group.Max(curve => curve.Points[^1].Epoch))], MostPanels);
        curves = [.. groups.SelectMany(group => group)];
        var columns = Math.Min(groups.Length, 3);
        var rows = (groups.Length + columns - 1) / columns;
        var width = (Figure.FullWidth - 70 - (GapX * (columns - 1))) / columns;
        var points = curves.SelectMany(curve => curve.Points).ToArray();
        var losses = Scale.Log(Math.Max(1e-7, points.Min(point => point.P10)), points.Max(point => point.P90));
        var legend = families.VariantLegend();
        return new Figure(
            "loss-curves",
            "Validation loss by epoch, by machine",
            "Validation loss by epoch: lines are medians over a machine's networks, bands hold the middle 80 % of them. "
            + "A network that has stopped keeps its last loss. "
            + $"n = {Words.Count(curves.Sum(curve => curve.Networks))} networks of {Words.Counted(curves.Length, "machine")}."
            + (groups.Length == all.Length ? "" : $" Shown are {groups.Length} of {all.Length}, from the fastest to the slowest."),
            Figure.FullWidth,
            (rows * (28 + Height + Below)) + Legend.Height(legend, Figure.FullWidth - 60),
            canvas =>
            {
                for (var i = 0; i < groups.Length; i++)
                {
                    var box = new Box(60 + (i % columns * (width + GapX)), 28 + (i / columns * (28 + Height + Below)), width, Height);
                    DrawPanel(canvas, box, groups[i], losses, yTitle: i % columns == 0);
                }

                Legend.Draw(canvas, new Point(24, rows * (28 + Height + Below)), Figure.FullWidth - 60, legend);
            })
        {
            Numbers = Numbers.Of(curves),
        };
    }

    static void DrawPanel(ICanvas canvas, Box box, IGrouping<string, LossCurve> family, Scale losses, bool yTitle)
    {
        var panel = new Panel(canvas, box, Scale.Linear(0, family.Max(curve => curve.Points[^1].Epoch)), losses);
        panel.Frame(Lettering.Short(family.Key), "epoch", yTitle ? "validation loss" : null);
        foreach (var curve in family)
        {
            var paint = Families.PaintOfVariant(curve.Variant);
            Point[] band =
            [
                .. curve.Points.Select(point => panel.At(point.Epoch, Math.Max(1e-9, point.P90))),
                .. curve.Points.Reverse().Select(point => panel.At(point.Epoch, Math.Max(1e-9, point.P10))),
            ];
            canvas.Begin($"{curve.Machine}, {curve.Networks} networks");
            canvas.Path(band, closed: true, new Look(paint, Opacity: 0.16));
            canvas.Path(
                [.. curve.Points.Select(point => panel.At(point.Epoch, Math.Max(1e-9, point.Median)))],
                closed: false, new Look(Stroke: paint, Width: 1.8));
            var end = curve.Points[^1];
            Marker.Draw(
                canvas, panel.At(end.Epoch, Math.Max(1e-9, end.Median)), Families.VariantShape(curve.Variant), paint, MarkerFill.Solid);
            canvas.End();
        }
    }
}

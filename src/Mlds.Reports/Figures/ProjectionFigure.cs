using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>The networks as points, one panel per view, side by side.</summary>
static class ProjectionFigure
{
    const double Gap = 34;
    const double Top = 30;

    static readonly string[] s_beside = ["raw", "aligned", "invariants"];

    /// <summary>
    /// Raw weights, aligned weights and invariants side by side, as far as there are any; else the first views. Null when there is none.
    /// </summary>
    /// <param name="method"><c>pca</c> or <c>tsne</c>.</param>
    public static Figure? SideBySide(AnalysisResult result, Families families, string method, string id)
    {
        var all = Planes(result, method);
        return all.Length == 0 ? null : Of(id, Beside(all), families, result.Foreign);
    }

    static Projection[] Beside(Projection[] all)
    {
        var shown = s_beside.Select(view => Array.Find(all, plane => plane.View == view)).OfType<Projection>().ToArray();
        return shown.Length > 1 ? shown : [.. all.Take(s_beside.Length)];
    }

    /// <summary>Principal components of all views; null when <see cref="SideBySide"/> shows them.</summary>
    public static Figure? OfAll(AnalysisResult result, Families families) =>
        Planes(result, "pca") is var all && all.Length > Beside(all).Length
            ? Of("weight-space-all-views", all, families, result.Foreign)
            : null;

    static Projection[] Planes(AnalysisResult result, string method) =>
        [.. result.Projections.Where(
            projection => projection.Method == method && projection.Points.Count > 0 && projection.Points[0].Coordinates.Count >= 2)];

    static Figure Of(string id, Projection[] shown, Families families, ForeignSummary? foreign)
    {
        var columns = shown.Length <= 3 ? shown.Length : 2;
        var rows = (shown.Length + columns - 1) / columns;
        var width = (Figure.FullWidth - 30 - (Gap * (columns - 1))) / columns;
        var height = Math.Min(width * 0.86, 380);
        var panelHeight = Top + height + 34;
        var legend = families.Legend();
        var points = shown[0].Points;
        var views = shown.Select(projection => Words.View(projection.View)).ToArray();
        var placed = shown[0].Method == "tsne"
            ? "by t-SNE, which keeps neighbours together and no distances, from"
            : "by the first two principal components of";
        return new Figure(
            id,
            $"Networks in weight space, by {foreign?.ColouredBy ?? "machine"}",
            $"Every point is one trained network, placed {placed} its {Words.Join(views)}; "
            + $"n = {Words.Range(shown.Select(projection => projection.Points.Count))} networks"
            + (foreign is null ? Signs(points, families) : $". Colour and shape say its {foreign.ColouredBy}. Point at one for its row; ")
            + "in the report the wheel zooms, dragging moves and a double click goes back.",
            Figure.FullWidth,
            (rows * panelHeight) + Legend.Height(legend, Figure.FullWidth - 60) + 10,
            canvas =>
            {
                for (var i = 0; i < shown.Length; i++)
                {
                    var x = 24 + (i % columns * (width + Gap));
                    var y = (i / columns * panelHeight) + Top;
                    DrawPanel(canvas, new Box(x, y, width, height), shown[i], families);
                }

                Legend.Draw(canvas, new Point(24, (rows * panelHeight) + 6), Figure.FullWidth - 60, legend);
            })
        {
            Numbers = Numbers.Of(shown),
        };
    }

    static string Signs(IReadOnlyList<ProjectedNetwork> points, Families families) =>
        $" of {Words.Counted(points.Select(point => point.Machine).Distinct().Count(), "machine")}. "
        + "Colour and shape say which machine it learned, "
        + $"{(families.SignsRepeat ? "though among so many machines they come again, " : "")}"
        + $"the filling says which variant. Point at one for its {(families.SignsRepeat ? "machine and " : "")}seed; ";

    static void DrawPanel(ICanvas canvas, Box box, Projection projection, Families families)
    {
        var x = Scale.AroundMost([.. projection.Points.Select(point => point.Coordinates[0])]);
        var y = Scale.AroundMost([.. projection.Points.Select(point => point.Coordinates[1])]);
        var panel = new Panel(canvas, box, x, y);
        string? Axis(int i) => i < projection.ExplainedVariance.Count
            ? $"PC {i + 1} ({Words.Percent(projection.ExplainedVariance[i])} of the variance)"
            : null;
        panel.Frame(Capital(Words.View(projection.View)), Axis(0), Axis(1), xTicks: false, yTicks: false);
        var beyond = projection.Points.Count(point => !x.Has(point.Coordinates[0]) || !y.Has(point.Coordinates[1]));
        if (beyond > 0)
        {
            canvas.Text(
                new Point(box.Right, box.Y - 9),
                box.Width < 330 ? $"{beyond} beyond, on the edge" : $"{beyond} beyond the frame, drawn on its edge",
                new TextStyle(Palette.Muted, 10.5, Anchor.End));
        }

        var radius = projection.Points.Count > 1500 ? 2.2 : projection.Points.Count > 500 ? 3 : 3.8;
        foreach (var point in InterleavedBySeed(projection.Points))
        {
            canvas.Begin(point.Note
                ?? $"{point.Machine}, seed {point.Seed}\n{point.Epochs} epochs, validation loss {Words.Figures(point.ValidationLoss)}\n"
                    + $"recipe {point.RecipeId[..Math.Min(12, point.RecipeId.Length)]}…");
            families.Draw(canvas, panel.At(point.Coordinates[0], point.Coordinates[1]), point.Family, point.Variant, radius);
            canvas.End();
        }
    }

    /// <summary>Machines take turns, so that none lies on top of all others.</summary>
    static IEnumerable<ProjectedNetwork> InterleavedBySeed(IReadOnlyList<ProjectedNetwork> points) =>
        points.OrderBy(point => point.Seed).ThenBy(point => point.Machine, StringComparer.Ordinal);

    static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

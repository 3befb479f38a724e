using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>One panel of a <see cref="LinesFigure"/>.</summary>
/// <param name="Lines">Each with the series that gives its colour, marker and legend entry.</param>
sealed record LinePanel(string Title, string YLabel, IReadOnlyList<(Curve Curve, int Series)> Lines);

/// <summary>Small panels of lines with their 95 % intervals as bands, in a grid, one legend for all.</summary>
static class LinesFigure
{
    const double PanelHeight = 190;
    const double Top = 34;
    const double Bottom = 46;
    const double Left = 66;

    /// <param name="perRow">Panels side by side.</param>
    /// <param name="xScale">The x axis over all points' x.</param>
    /// <param name="chance">Level of a dashed line, or null.</param>
    /// <param name="chanceLabel">What the dashed line is.</param>
    internal static Figure Of(
        string id, string title, string caption, IReadOnlyList<LinePanel> panels, IReadOnlyList<string> series,
        int perRow, Func<IReadOnlyList<double>, Scale> xScale, double? chance = null,
        string chanceLabel = "guessing")
    {
        var columns = Math.Min(perRow, panels.Count);
        var rows = (panels.Count + columns - 1) / columns;
        var width = (Figure.FullWidth - 16 - (columns * Left)) / columns;
        var legend = series.Select(
            (name, i) => new LegendEntry(name, (canvas, at) => Marker.Draw(canvas, at, i, Palette.Of(i), MarkerFill.Solid, 4.5))).ToArray();
        var height = Top + PanelHeight + Bottom;
        return new Figure(
            id, title, caption, Figure.FullWidth, (rows * height) + 6 + Legend.Height(legend, Figure.FullWidth - 60), canvas =>
            {
                for (var i = 0; i < panels.Count; i++)
                {
                    var box = new Box(Left + (i % columns * (width + Left)), Top + (i / columns * height), width, PanelHeight);
                    Draw(canvas, box, panels[i], xScale, (chance, chanceLabel), firstColumn: i % columns == 0);
                }

                Legend.Draw(canvas, new Point(24, (rows * height) + 2), Figure.FullWidth - 60, legend);
            })
        {
            Numbers = Numbers.Of(panels.SelectMany(panel => panel.Lines).Select(line => line.Curve)),
        };
    }

    static void Draw(
        ICanvas canvas, Box box, LinePanel panel, Func<IReadOnlyList<double>, Scale> xScale, (double? At, string Label) chance,
        bool firstColumn)
    {
        var points = panel.Lines.SelectMany(line => line.Curve.Points).ToArray();
        var low = Math.Min(0, points.Min(point => point.Y.Low));
        var axes = new Panel(canvas, box, xScale([.. points.Select(point => point.X)]), Scale.Linear(
            low, Math.Max(points.Max(point => point.Y.High), low + 1e-9) * 1.05));
        axes.Frame(Lettering.Fit(panel.Title, box.Width + 8, 14), panel.Lines[0].Curve.XLabel, firstColumn ? panel.YLabel : null);
        foreach (var (curve, series) in panel.Lines)
        {
            var paint = Palette.Of(series);
            Point[] band = [.. curve.Points.Select(point => axes.At(point.X, point.Y.High)), .. curve.Points.Reverse()
                .Select(point => axes.At(point.X, point.Y.Low))];
            canvas.Path(band, closed: true, new Look(paint, Opacity: 0.16));
            canvas.Path(
                [.. curve.Points.Select(point => axes.At(point.X, point.Y.Value))], closed: false, new Look(Stroke: paint, Width: 1.8));
            foreach (var point in curve.Points)
            {
                canvas.Begin(
                    $"{curve.Name}, {curve.XLabel} {Words.Figures(point.X)}: "
                    + $"{Words.Figures(point.Y.Value)} ({Words.Figures(point.Y.Low)} to {Words.Figures(point.Y.High)})");
                Marker.Draw(canvas, axes.At(point.X, point.Y.Value), series, paint, MarkerFill.Solid, 3.2);
                canvas.End();
            }
        }

        if (chance.At is { } level) axes.HorizontalMark(level, chance.Label);
    }
}

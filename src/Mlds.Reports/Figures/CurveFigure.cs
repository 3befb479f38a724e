using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>Scores against the number of training networks: a panel per method, a line per view, its 95 % interval as a band.</summary>
static class CurveFigure
{
    /// <summary>A figure for each kind of score; none when the question has no curve of two points or more.</summary>
    public static IEnumerable<Figure> Of(QuestionResult question, string id) =>
        question.Curves.Where(curve => curve.Points.Count >= 2).GroupBy(curve => curve.YLabel)
            .Select((score, i) => Of([.. score], i == 0 ? id : $"{id}-{i + 1}"));

    static Figure Of(Curve[] curves, string id)
    {
        var methods = curves.Select(curve => curve.Method).Distinct().ToArray();
        var views = curves.Select(curve => curve.View).Distinct().ToArray();
        var legend = views.Select((view, i) => new LegendEntry(
            Words.View(view), (canvas, at) => Marker.Draw(canvas, at, i, Palette.Of(i), MarkerFill.Solid, 4.5))).ToArray();
        const double height = 270;
        var width = (Figure.FullWidth - 80 - (60 * (methods.Length - 1))) / methods.Length;
        return new Figure(
            id,
            $"{curves[0].YLabel} against {curves[0].XLabel}",
            $"{Capital(curves[0].YLabel)} against {curves[0].XLabel}; bands are 95 % intervals, each point is over "
            + $"{Words.Range(curves.SelectMany(curve => curve.Points).Select(point => point.Networks))} test networks. "
            + "The dashed line is guessing.",
            Figure.FullWidth,
            34 + height + 50 + Legend.Height(legend, Figure.FullWidth - 60),
            canvas =>
            {
                for (var i = 0; i < methods.Length; i++)
                    DrawPanel(canvas, new Box(62 + (i * (width + 60)), 34, width, height), methods[i], views, curves);
                Legend.Draw(canvas, new Point(24, 34 + height + 44), Figure.FullWidth - 60, legend);
            })
        {
            Numbers = Numbers.Of(curves),
        };
    }

    static void DrawPanel(ICanvas canvas, Box box, string method, string[] views, Curve[] curves)
    {
        var points = curves.SelectMany(curve => curve.Points).ToArray();
        var panel = new Panel(
            canvas,
            box,
            Scale.Linear(0, points.Max(point => point.X) * 1.04),
            Scale.Linear(Math.Min(0, points.Min(point => point.Y.Low)), 1.02));
        panel.Frame(Words.Method(method), curves[0].XLabel, curves[0].YLabel);
        foreach (var curve in curves.Where(curve => curve.Method == method))
        {
            var index = Array.IndexOf(views, curve.View);
            Point[] band =
            [
                .. curve.Points.Select(point => panel.At(point.X, point.Y.High)),
                .. curve.Points.Reverse().Select(point => panel.At(point.X, point.Y.Low)),
            ];
            canvas.Path(band, closed: true, new Look(Palette.Of(index), Opacity: 0.15));
            canvas.Path([.. curve.Points.Select(point => panel.At(point.X, point.Y.Value))], closed: false, new Look(
                Stroke: Palette.Of(index), Width: 1.8));
            foreach (var point in curve.Points)
            {
                canvas.Begin($"{curve.Name}, {curve.XLabel} {Words.Position(point.X)}: {Words.Number(point.Y.Value)} "
                    + $"({Words.Number(point.Y.Low)} to {Words.Number(point.Y.High)})");
                Marker.Draw(canvas, panel.At(point.X, point.Y.Value), index, Palette.Of(index), MarkerFill.Solid);
                canvas.End();
            }
        }

        if (curves[0].Chance is { } chance)
            panel.HorizontalMark(chance, "guessing");
    }

    static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

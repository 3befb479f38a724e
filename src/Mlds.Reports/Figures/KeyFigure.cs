using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>
/// Finding the key: for every machine the AUC from each view of the weights, beside the AUC of the loss and of the epochs. One panel per
/// method, so that no method is chosen by its result.
/// </summary>
static class KeyFigure
{
    const double RowHeight = 15;

    /// <summary>The figure, or null when the question has no AUC.</summary>
    public static Figure? Of(QuestionResult question, string id)
    {
        var scores = question.Scores.Where(score => score.Metric == "auc").ToArray();
        var methods = scores.Where(score => !Words.IsRival(score.View)).Select(score => score.Method).Distinct().ToArray();
        if (methods.Length == 0)
            return null;
        var subjects = scores.Select(score => score.Subject).Distinct().ToArray();
        var views = scores.Select(score => score.View).Distinct().OrderBy(Words.IsRival).ToArray();
        var band = (views.Length * RowHeight) + 14;
        var height = subjects.Length * band;
        var legend = views.Select((view, i) => new LegendEntry(Words.View(view), (canvas, at) => DrawSign(canvas, at, view, i))).ToArray();
        return new Figure(
            id,
            question.Title,
            $"AUC of telling the two kinds of networks apart, by machine and by what is looked at, with 95 % intervals; "
            + $"n = {Words.Range(scores.Select(score => score.Networks))} networks per row. The dashed line is guessing. "
            + "Loss and epochs look at no weight, so they are the same in each panel.",
            Figure.FullWidth,
            34 + height + 44 + Legend.Height(legend, Figure.FullWidth - 60),
            canvas =>
            {
                var left = 28 + subjects.Max(subject => Lettering.Width(Lettering.Short(subject), 12, bold: true));
                var width = (Figure.FullWidth - left - 20 - (24 * (methods.Length - 1))) / methods.Length;
                for (var i = 0; i < methods.Length; i++)
                {
                    DrawPanel(
                        canvas, new Box(left + (i * (width + 24)), 34, width, height), methods[i], subjects, views, scores, first: i == 0);
                }

                Legend.Draw(canvas, new Point(24, 34 + height + 34), Figure.FullWidth - 60, legend);
            })
        {
            Numbers = Numbers.Of(scores),
        };
    }

    static void DrawPanel(ICanvas canvas, Box box, string method, string[] subjects, string[] views, Score[] scores, bool first)
    {
        var lowest = Math.Min(0.4, scores.Min(score => score.Value.Low) - 0.02);
        var panel = new Panel(canvas, box, Scale.Linear(lowest, 1.005), Scale.Linear(0, 1));
        panel.Frame(null, null, null, yTicks: false);
        panel.VerticalMark(0.5, "guessing");
        canvas.Text(new Point(box.Right, box.Y - 8), Words.Method(method), new TextStyle(Palette.Ink, 13, Anchor.End, Bold: true));
        var band = box.Height / subjects.Length;
        for (var s = 0; s < subjects.Length; s++)
        {
            var top = box.Y + (s * band);
            if (s > 0)
                panel.Line(new Point(first ? 16 : box.X, top), new Point(box.Right, top), Palette.Grid);
            if (first)
                canvas.Text(new Point(16, top + (band / 2) + 4), Lettering.Short(subjects[s]), new TextStyle(Palette.Ink, 12, Bold: true));
            for (var v = 0; v < views.Length; v++)
            {
                if (scores.FirstOrDefault(score => score.Subject == subjects[s] && score.View == views[v]
                    && (score.Method == method || Words.IsRival(score.View))) is { } found)
                {
                    DrawScore(panel, found, v, top + 7 + ((v + 0.5) * RowHeight));
                }
            }
        }
    }

    static void DrawScore(Panel panel, Score score, int index, double y)
    {
        panel.Canvas.Begin($"{score.Subject}, {Words.View(score.View)}: AUC {Words.Number(score.Value.Value)} "
            + $"({Words.Number(score.Value.Low)} to {Words.Number(score.Value.High)}), {score.Networks} networks");
        panel.Interval(score.Value.Low, score.Value.High, y, PaintOf(score.View, index));
        DrawSign(panel.Canvas, new Point(panel.X(score.Value.Value), y), score.View, index);
        panel.Canvas.End();
    }

    static void DrawSign(ICanvas canvas, Point at, string view, int index) =>
        Marker.Draw(canvas, at, index, PaintOf(view, index), Words.IsRival(view) ? MarkerFill.Open : MarkerFill.Solid, 4.5);

    static Paint PaintOf(string view, int index) => Words.IsRival(view) ? Palette.Muted : Palette.Of(index);
}

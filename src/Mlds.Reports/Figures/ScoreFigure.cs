using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>
/// Scores of one question on one metric, one row each: the score with its interval, and beside it what guessing, shuffled labels and the
/// metadata alone give.
/// </summary>
static class ScoreFigure
{
    const double RowHeight = 21;

    /// <summary>The figure, or null when the question has no such score.</summary>
    public static Figure? Of(QuestionResult question, string metric, string id)
    {
        var scores = question.Scores.Where(score => score.Metric == metric).ToArray();
        if (scores.Length == 0)
            return null;
        var severalSubjects = scores.Select(score => score.Subject).Distinct().Count() > 1;
        var groups = scores.GroupBy(score => severalSubjects ? score.Subject : Words.View(score.View)).ToArray();
        var left = 40 + groups.SelectMany(group => group).Max(score => Lettering.Width(RowLabel(score, severalSubjects), Panel.LabelSize));
        var height = (scores.Length * RowHeight) + (groups.Length * 22);
        var legend = LegendOf(scores);
        return new Figure(
            id,
            $"{Words.Metric(metric)}: {question.Title}",
            Caption(scores, metric),
            Figure.FullWidth,
            24 + height + 56 + Legend.Height(legend, Figure.FullWidth - 60),
            canvas => Draw(canvas, groups, severalSubjects, new Box(left, 24, Figure.FullWidth - left - 90, height), metric, legend))
        {
            Numbers = Numbers.Of(scores),
        };
    }

    static string RowLabel(Score score, bool severalSubjects) =>
        severalSubjects ? $"{Words.View(score.View)}, {Words.Method(score.Method)}" : Words.Method(score.Method);

    static string Caption(Score[] scores, string metric)
    {
        var unlabelled = metric is "ari" or "nmi" or "mantel_r";
        var what = metric == "mantel_r" ? "of distances between machines" : "of clusters found without labels";
        var networks = Words.Range(scores.Select(score => score.Networks));
        int[] perClass = [.. scores.Where(score => score.Classes > 1).Select(score => score.NetworksPerClass)];
        return $"Dots are the {Words.Metric(metric)} "
            + $"{(unlabelled ? what : "on networks that took no part in fitting")}, "
            + "lines their 95 % intervals; "
            + $"n = {networks} networks"
            + $"{(unlabelled || perClass.Length == 0 ? "" : $", {Words.Range(perClass)} per class")}. "
            + (scores.Any(score => score.Shuffled is not null)
                ? "Grey bars hold 95 % of what the same protocol gives with shuffled labels; "
                    + "they must lie around the dashed line, which is guessing."
                : "The dashed line is guessing.");
    }

    static void Draw(
        ICanvas canvas, IGrouping<string, Score>[] groups, bool severalSubjects, Box box, string metric, IReadOnlyList<LegendEntry> legend)
    {
        var all = groups.SelectMany(group => group).ToArray();
        // Below −1 an R² says no more than that it is bad; its mark stands on the edge.
        var lowest = Math.Max(-1, all.Min(score => Math.Min(score.Value.Low, score.Shuffled?.Low ?? 0)));
        var panel = new Panel(canvas, box, Scale.Linear(Math.Min(0, lowest), 1), Scale.Linear(0, 1));
        panel.Frame(null, Words.Metric(metric), null, yTicks: false);
        canvas.Text(new Point(panel.X(all[0].Chance), box.Y - 6), "guessing", new TextStyle(Palette.Muted, 10.5, Anchor.Middle));
        var y = box.Y + 4;
        foreach (var group in groups)
        {
            canvas.Text(new Point(16, y + 14), group.Key, new TextStyle(Palette.Ink, 12, Bold: true));
            y += 22;
            var chance = panel.X(group.First().Chance);
            canvas.Path([new(chance, y - 4), new(chance, y + (group.Count() * RowHeight) - 4)], closed: false, new Look(
                Stroke: Palette.Muted, Dashed: true));
            foreach (var score in group)
            {
                DrawRow(panel, score, RowLabel(score, severalSubjects), y + (RowHeight / 2) - 2);
                y += RowHeight;
            }
        }

        Legend.Draw(canvas, new Point(24, box.Bottom + 46), Figure.FullWidth - 60, legend);
    }

    static void DrawRow(Panel panel, Score score, string label, double y)
    {
        var canvas = panel.Canvas;
        canvas.Text(new Point(28, y + 4), label, new TextStyle(Palette.Muted, Panel.LabelSize));
        if (score.Shuffled is { } shuffled)
        {
            panel.Rectangle(
                new Box(panel.X(shuffled.Low), y - 4, Math.Max(1, panel.X(shuffled.High) - panel.X(shuffled.Low)), 8),
                new Look(Palette.Muted, Opacity: 0.3));
        }

        if (score.MetadataOnly is { } metadata)
            Marker.Draw(canvas, new Point(panel.X(metadata.Value), y), 3, Palette.Vermillion, MarkerFill.Open, 4.5);
        var paint = Words.IsRival(score.View) ? Palette.Vermillion : Palette.Blue;
        canvas.Begin($"{Words.View(score.View)}, {Words.Method(score.Method)}: {Words.Number(score.Value.Value)} "
            + $"({Words.Number(score.Value.Low)} to {Words.Number(score.Value.High)})");
        panel.Interval(score.Value.Low, score.Value.High, y, paint);
        Marker.Draw(canvas, new Point(panel.X(score.Value.Value), y), 0, paint, MarkerFill.Solid, 5);
        canvas.End();
        canvas.Text(new Point(panel.Box.Right + 12, y + 4), Words.Number(score.Value.Value), new TextStyle(Palette.Ink, Panel.LabelSize));
    }

    static List<LegendEntry> LegendOf(Score[] scores)
    {
        var entries = new List<LegendEntry>();
        if (scores.Any(score => !Words.IsRival(score.View)))
            entries.Add(new("from the weights", (canvas, at) => Marker.Draw(canvas, at, 0, Palette.Blue, MarkerFill.Solid, 5)));
        if (scores.Any(score => Words.IsRival(score.View)))
        {
            entries.Add(new(
                "from one number, not the weights", (canvas, at) => Marker.Draw(canvas, at, 0, Palette.Vermillion, MarkerFill.Solid, 5)));
        }

        if (scores.Any(score => score.MetadataOnly is not null))
        {
            entries.Add(
                new("from metadata alone", (canvas, at) => Marker.Draw(canvas, at, 3, Palette.Vermillion, MarkerFill.Open, 4.5)));
        }

        if (scores.Any(score => score.Shuffled is not null))
        {
            entries.Add(new("with shuffled labels", (canvas, at) => canvas.Path(
                [new(at.X - 8, at.Y - 4), new(at.X + 8, at.Y - 4), new(at.X + 8, at.Y + 4), new(at.X - 8, at.Y + 4)], closed: true,
                new Look(Palette.Muted, Opacity: 0.3))));
        }

        return entries;
    }
}

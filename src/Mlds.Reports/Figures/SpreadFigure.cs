using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>
/// Spreads as box plots: box from quarter to quarter, line at the median, whiskers over the middle 80 %. A panel per view.
/// </summary>
static class SpreadFigure
{
    const double RowHeight = 17;
    const int MostSubjects = 30;
    const int MostShown = 20;

    /// <summary>The figure, or null when the question has no spread.</summary>
    public static Figure? Of(QuestionResult question, string id)
    {
        var all = question.Distributions.Where(distribution => distribution.Count > 0).ToArray();
        if (all.Length == 0)
            return null;
        all = [.. all.Select(distribution => distribution with { Group = WithoutVariant(distribution.Group) })];
        var subjects = all.Select(distribution => distribution.Subject).Distinct().ToArray();
        var shown = subjects.Length <= MostSubjects ? subjects : Evenly(all);
        all = Array.FindAll(all, distribution => shown.Contains(distribution.Subject));
        var groups = all.Select(distribution => distribution.Group).Distinct().ToArray();
        var panels = all.GroupBy(distribution => distribution.View).ToArray();
        var rows = all.Select(distribution => (distribution.Subject, distribution.Group)).Distinct()
            .OrderBy(row => row.Subject == "all" ? 1 : 0).ToArray();
        rows = [.. rows.GroupBy(row => row.Subject).SelectMany(subject => subject.OrderBy(row => Array.IndexOf(groups, row.Group)))];
        var left = 34 + rows.Max(row => Lettering.Width(Lettering.Short(row.Subject), 12, bold: true));
        var columns = Math.Min(panels.Length, 2);
        var panelRows = (panels.Length + columns - 1) / columns;
        var width = (Figure.FullWidth - left - 24 - (26 * (columns - 1))) / columns;
        var height = (rows.Length * RowHeight) + 10;
        var legend = groups.Select(
            (group, i) => new LegendEntry(group, (canvas, at) => DrawBox(canvas, at.X - 7, at.X + 7, at.Y, PaintOf(i)))).ToArray();
        return new Figure(
            id,
            question.Title,
            $"{Capital(all[0].Quantity)}: boxes hold the middle half, whiskers the middle 80 %, the line is the median; "
            + $"{Words.Range(all.Select(distribution => distribution.Count))} pairs of networks per row."
            + (shown.Length == subjects.Length
                ? ""
                : $" Shown are {shown.Length} of {subjects.Length} machines, from the least median in the first panel to the largest."),
            Figure.FullWidth,
            (panelRows * (34 + height + 44)) + Legend.Height(legend, Figure.FullWidth - 60),
            canvas =>
            {
                for (var i = 0; i < panels.Length; i++)
                {
                    var box = new Box(left + (i % columns * (width + 26)), 34 + (i / columns * (34 + height + 44)), width, height);
                    DrawPanel(canvas, box, [.. panels[i]], rows, groups, names: i % columns == 0);
                }

                Legend.Draw(canvas, new Point(24, panelRows * (34 + height + 44)), Figure.FullWidth - 60, legend);
            })
        {
            Numbers = Numbers.Of(all),
        };
    }

    static string[] Evenly(Distribution[] all)
    {
        var first = all.Where(distribution => (distribution.View, distribution.Group) == (all[0].View, all[0].Group));
        string[] subjects = [.. first.OrderBy(distribution => distribution.Median).Select(distribution => distribution.Subject)];
        return Thinning.Evenly(subjects, MostShown);
    }

    static void DrawPanel(
        ICanvas canvas, Box box, Distribution[] spreads, (string Subject, string Group)[] rows, string[] groups, bool names)
    {
        var panel = new Panel(
            canvas, box,
            Scale.Linear(Math.Min(0, spreads.Min(spread => spread.P10)), spreads.Max(spread => spread.P90) * 1.04), Scale.Linear(0, 1));
        panel.Frame(Capital(Words.View(spreads[0].View)), spreads[0].Quantity, null, yTicks: false);
        for (var i = 0; i < rows.Length; i++)
        {
            var y = box.Y + 5 + ((i + 0.5) * RowHeight);
            if (i == 0 || rows[i - 1].Subject != rows[i].Subject)
            {
                if (names)
                    canvas.Text(new Point(16, y + 4), Lettering.Short(rows[i].Subject), new TextStyle(Palette.Ink, 12, Bold: true));
                if (i > 0)
                    panel.Line(new Point(names ? 16 : box.X, y - (RowHeight / 2)), new Point(box.Right, y - (RowHeight / 2)), Palette.Grid);
            }

            if (spreads.FirstOrDefault(spread => (spread.Subject, spread.Group) == rows[i]) is { } found)
                DrawSpread(panel, found, y, PaintOf(Array.IndexOf(groups, found.Group)));
        }
    }

    static void DrawSpread(Panel panel, Distribution spread, double y, Paint paint)
    {
        panel.Canvas.Begin(
            $"{spread.Subject}, {spread.Group}: median {Words.Figures(spread.Median)}, "
            + $"middle half {Words.Figures(spread.P25)} to {Words.Figures(spread.P75)}, {spread.Count} numbers");
        panel.Line(new Point(panel.X(spread.P10), y), new Point(panel.X(spread.P90), y), paint, 1.4);
        DrawBox(panel.Canvas, panel.X(spread.P25), panel.X(spread.P75), y, paint);
        panel.Line(new Point(panel.X(spread.Median), y - 6), new Point(panel.X(spread.Median), y + 6), paint, 2.4);
        panel.Canvas.End();
    }

    static void DrawBox(ICanvas canvas, double left, double right, double y, Paint paint)
    {
        Point[] corners = [new(left, y - 5), new(right, y - 5), new(right, y + 5), new(left, y + 5)];
        canvas.Path(corners, closed: true, new Look(paint, Opacity: 0.35));
        canvas.Path(corners, closed: true, new Look(Stroke: paint));
    }

    /// <summary>A row's machine says which variant is meant, so groups of all variants share a colour.</summary>
    static string WithoutVariant(string group) =>
        Families.Variants.Skip(1).Aggregate(group, (name, variant) => name.Replace(variant, "changed", StringComparison.Ordinal));

    /// <summary>Not the first colours: those stand for machines and variants.</summary>
    static Paint PaintOf(int group) => Palette.Of(group + 3);

    static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

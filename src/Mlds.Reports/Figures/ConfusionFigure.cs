using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>Who was taken for whom: rows are the truth, columns what was said, shades the share of the row.</summary>
static class ConfusionFigure
{
    const double Gap = 26;

    /// <summary>Smaller cells have neither names nor numbers written at them; pointing at one still shows them.</summary>
    const double SmallestNamed = 11;

    /// <summary>With more classes than this, only those most often confused are shown.</summary>
    const int MostClasses = 40;
    const int MostConfused = 20;
    const string Others = "all others";

    /// <summary>One figure per subject of the question, such as the original machines and all machines.</summary>
    public static IEnumerable<Figure> Of(QuestionResult question, string id)
    {
        var subjects = question.ConfusionMatrices.Where(matrix => matrix.Classes.Count > 0).GroupBy(matrix => matrix.Subject);
        return subjects.Select((subject, i) => Of(question, Confused(Shown([.. subject])), i == 0 ? id : $"{id}-{i + 1}"));
    }

    /// <summary>
    /// The paper's way and ours, chosen beforehand and not by the result: a random forest on raw weights and on invariants. All others are
    /// in metrics.json.
    /// </summary>
    static ConfusionMatrix[] Shown(ConfusionMatrix[] matrices)
    {
        var method = matrices.Any(matrix => matrix.Method == "forest") ? "forest" : matrices[0].Method;
        var candidates = matrices.Where(matrix => matrix.Method == method).ToArray();
        ConfusionMatrix[] chosen = [.. candidates.Where(matrix => matrix.View is "raw" or "invariants")];
        return chosen.Length == 2 ? chosen : candidates.Length < 2 ? candidates : [candidates[0], candidates[^1]];
    }

    /// <summary>The classes most often confused in any of the matrices, and the others as one; all classes if they are few.</summary>
    internal static ConfusionMatrix[] Confused(ConfusionMatrix[] matrices)
    {
        var classes = matrices[0].Classes;
        if (classes.Count <= MostClasses) return matrices;
        int[] all = [.. Enumerable.Range(0, classes.Count)];
        int Errors(int k) => matrices.Sum(
            matrix => all.Where(other => other != k).Sum(other => matrix.Counts[k][other] + matrix.Counts[other][k]));
        int[] shown = [.. all.OrderByDescending(Errors).Take(MostConfused).Order()];
        int[][] groups = [.. shown.Select(k => new[] { k }), [.. all.Except(shown)]];
        return
        [
            .. matrices.Select(matrix => matrix with
            {
                Classes = [.. shown.Select(k => classes[k]), Others],
                Counts = [.. groups.Select(rows => (IReadOnlyList<int>)
                    [.. groups.Select(columns => rows.Sum(row => columns.Sum(column => matrix.Counts[row][column])))])],
            }),
        ];
    }

    static Figure Of(QuestionResult question, ConfusionMatrix[] matrices, string id)
    {
        var longest = matrices[0].Classes.Max(name => Lettering.Width(Lettering.Short(name), Panel.LabelSize));
        var left = 34 + longest;
        var side = Math.Min((Figure.FullWidth - left - 12 - Gap) / 2, 330);
        var total = matrices[0].Counts.Sum(row => row.Sum());
        return new Figure(
            id,
            $"Who was taken for whom: {question.Title}",
            $"Who was taken for whom among the {matrices[0].Subject}: rows are the truth, "
            + "columns what the weights were taken for; numbers count networks that took no part in fitting, "
            + $"n = {Words.Count(total)} per panel. A perfect answer has numbers on the diagonal only."
            + (matrices[0].Classes[^1] == Others
                ? $" Shown are the {MostConfused} classes most often confused; all others are one row and one column."
                : ""),
            Figure.FullWidth,
            34 + side + longest + 38,
            canvas =>
            {
                for (var i = 0; i < matrices.Length; i++)
                    DrawMatrix(canvas, new Box(left + (i * (side + Gap)), 34, side, side), matrices[i], names: i == 0);
            })
        {
            Numbers = Numbers.Of(matrices),
        };
    }

    static void DrawMatrix(ICanvas canvas, Box box, ConfusionMatrix matrix, bool names)
    {
        var count = matrix.Classes.Count;
        var cell = box.Width / count;
        var longest = matrix.Classes.Max(name => Lettering.Width(Lettering.Short(name), Panel.LabelSize));
        canvas.Text(
            new Point(box.X, box.Y - 10), $"{Words.View(matrix.View)}, {Words.Method(matrix.Method)}",
            new TextStyle(Palette.Ink, 13, Bold: true));
        canvas.Text(
            new Point(box.MiddleX, box.Bottom + 22 + longest), "taken for", new TextStyle(Palette.Ink, Panel.LabelSize, Anchor.Middle));
        if (names)
        {
            canvas.Text(
                new Point(box.X - longest - 14, box.MiddleY), "truth",
                new TextStyle(Palette.Ink, Panel.LabelSize, Anchor.Middle, Upright: false));
        }

        for (var row = 0; row < count; row++)
        {
            var total = Math.Max(1, matrix.Counts[row].Sum());
            var y = box.Y + (row * cell);
            if (names && cell >= SmallestNamed)
            {
                canvas.Text(
                    new Point(box.X - 8, y + (cell / 2) + 4), Lettering.Short(matrix.Classes[row]),
                    new TextStyle(Palette.Muted, Panel.LabelSize, Anchor.End));
            }

            if (cell >= SmallestNamed)
            {
                canvas.Text(
                    new Point(box.X + (row * cell) + (cell / 2) + 4, box.Bottom + 8), Lettering.Short(matrix.Classes[row]),
                    new TextStyle(Palette.Muted, Panel.LabelSize, Anchor.End, Upright: false));
            }

            for (var column = 0; column < count; column++)
                DrawCell(canvas, new Box(box.X + (column * cell), y, cell, cell), matrix, row, column, total);
        }
    }

    static void DrawCell(ICanvas canvas, Box box, ConfusionMatrix matrix, int row, int column, int total)
    {
        var number = matrix.Counts[row][column];
        var share = (double)number / total;
        Point[] corners = [new(box.X, box.Y), new(box.Right, box.Y), new(box.Right, box.Bottom), new(box.X, box.Bottom)];
        canvas.Begin($"{matrix.Classes[row]}, taken for {matrix.Classes[column]}: {number} of {total}");
        // No darker than where the number on it has a contrast of 4.5 to 1, light or dark.
        if (number > 0)
            canvas.Path(corners, closed: true, new Look(row == column ? Palette.Blue : Palette.Vermillion, Opacity: 0.1 + (0.45 * share)));
        canvas.Path(corners, closed: true, new Look(Stroke: Palette.Grid));
        canvas.End();
        if (number > 0 && box.Width >= SmallestNamed)
        {
            canvas.Text(
                new Point(box.MiddleX, box.MiddleY + 4), Words.Count(number),
                new TextStyle(Palette.Ink, Math.Min(12, box.Width * 0.4), Anchor.Middle));
        }
    }
}

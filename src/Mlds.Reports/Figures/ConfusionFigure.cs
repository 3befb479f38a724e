using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;

namespace Mlds.Reports.Figures;

/// <summary>Who was taken for whom: rows are the truth, columns what was said, shades the share of the row.</summary>
static class ConfusionFigure
{
    const double Gap = 26;

    /// <summary>Smaller cells have neither names nor numbers written at them; pointing at one still tells.</summary>
    const double SmallestNamed = 11;

    /// <summary>The figure, or null when the question has no matrix.</summary>
    public static Figure? Of(QuestionResult question, string id)
    {
        var matrices = question.ConfusionMatrices.Where(matrix => matrix.Classes.Count > 0).ToArray();
        if (matrices.Length == 0)
            return null;
        var left = 34 + matrices.SelectMany(matrix => matrix.Classes).Max(name => Lettering.Width(Lettering.Short(name), Panel.LabelSize));
        var columns = Math.Min(matrices.Length, 3);
        var side = Math.Min((Figure.FullWidth - left - 12 - (Gap * (columns - 1))) / columns, 330);
        var below = left + 4;
        var rows = (matrices.Length + columns - 1) / columns;
        var total = matrices[0].Counts.Sum(row => row.Sum());
        return new Figure(
            id,
            $"Who was taken for whom: {question.Title}",
            "Rows are the machine that was learned, columns the machine that the weights were taken for; numbers count networks that took no part in fitting, "
            + $"n = {Words.Count(total)} a panel. A perfect answer has numbers on the diagonal only.",
            Figure.FullWidth,
            rows * (34 + side + below),
            canvas =>
            {
                for (var i = 0; i < matrices.Length; i++)
                {
                    var box = new Box(left + (i % columns * (side + Gap)), 34 + (i / columns * (34 + side + below)), side, side);
                    DrawMatrix(canvas, box, matrices[i], names: i % columns == 0);
                }
            });
    }

    static void DrawMatrix(ICanvas canvas, Box box, ConfusionMatrix matrix, bool names)
    {
        var count = matrix.Classes.Count;
        var cell = box.Width / count;
        var longest = matrix.Classes.Max(name => Lettering.Width(Lettering.Short(name), Panel.LabelSize));
        canvas.Text(
            new Point(box.X, box.Y - 10), $"{Words.View(matrix.View)}, {Words.Method(matrix.Method)}", new TextStyle(Palette.Ink, 13, Bold: true));
        canvas.Text(new Point(box.MiddleX, box.Bottom + 22 + longest), "taken for", new TextStyle(Palette.Ink, Panel.LabelSize, Anchor.Middle));
        if (names)
            canvas.Text(
                new Point(box.X - longest - 14, box.MiddleY), "learned", new TextStyle(Palette.Ink, Panel.LabelSize, Anchor.Middle, Upright: false));
        for (var row = 0; row < count; row++)
        {
            var total = Math.Max(1, matrix.Counts[row].Sum());
            var y = box.Y + (row * cell);
            if (names && cell >= SmallestNamed)
                canvas.Text(
                    new Point(box.X - 8, y + (cell / 2) + 4), Lettering.Short(matrix.Classes[row]), new TextStyle(Palette.Muted, Panel.LabelSize, Anchor.End));
            if (cell >= SmallestNamed)
                canvas.Text(
                    new Point(box.X + (row * cell) + (cell / 2) + 4, box.Bottom + 8), Lettering.Short(matrix.Classes[row]),
                    new TextStyle(Palette.Muted, Panel.LabelSize, Anchor.End, Upright: false));
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
        if (number > 0)
            canvas.Path(corners, closed: true, new Look(row == column ? Palette.Blue : Palette.Vermillion, Opacity: 0.15 + (0.8 * share)));
        canvas.Path(corners, closed: true, new Look(Stroke: Palette.Grid));
        canvas.End();
        if (number > 0 && box.Width >= SmallestNamed)
            canvas.Text(
                new Point(box.MiddleX, box.MiddleY + 4), Words.Count(number),
                new TextStyle(share > 0.45 ? Palette.Surface : Palette.Ink, Math.Min(12, box.Width * 0.4), Anchor.Middle));
    }
}

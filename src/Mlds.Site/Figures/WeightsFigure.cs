using Mlds.Networks;
using Mlds.Reports.Drawing;
using Mlds.Reports.Figures;
using Mlds.Reports.Wording;

namespace Mlds.Site.Figures;

/// <summary>All weights of one network as coloured cells, a panel for each tensor.</summary>
static class WeightsFigure
{
    /// <summary>Rows or columns of a panel at most; larger tensors are shown by means over blocks.</summary>
    const int MostCells = 96;

    /// <summary>Length of a panel's longer side at most.</summary>
    const double Longest = 260;

    const double Cell = 9;
    const double Gap = 26;
    const double Title = 22;

    /// <param name="form">"raw" or "aligned to …".</param>
    internal static Figure Of(string name, string form, WeightLayout layout, ReadOnlySpan<float> weights)
    {
        var panels = new List<(WeightTensor Tensor, float[,] Cells, Box Box)>();
        var largest = 0f;
        foreach (var weight in weights)
            if (float.IsFinite(weight)) largest = Math.Max(largest, Math.Abs(weight));
        var (x, y, tallest) = (24.0, 30.0, 0.0);
        foreach (var tensor in layout.Tensors)
        {
            var cells = Cells(tensor, weights);
            var side = Math.Min(Cell, Longest / Math.Max(cells.GetLength(0), cells.GetLength(1)));
            var (width, height) = (cells.GetLength(1) * side, cells.GetLength(0) * side);
            var taken = Math.Max(width, Lettering.Width(tensor.Name, Panel.LabelSize));
            if (x + taken > Figure.FullWidth - 24 && x > 24) (x, y, tallest) = (24, y + tallest + Gap + Title, 0);
            panels.Add((tensor, cells, new Box(x, y, width, height)));
            (x, tallest) = (x + taken + Gap, Math.Max(tallest, height));
        }

        var isThinned = panels.Exists(panel => panel.Cells.Length < panel.Tensor.Length);
        return new Figure(
            "weights",
            $"Weights of {name}, {form}",
            $"All {Words.Count(layout.Parameters)} weights, {form}; rows are units, columns what they are given. "
            + $"Vermillion is positive, blue negative, full colour is ±{Words.Figures(largest)}, grey is no number."
            + (isThinned ? " Of large tensors each cell is the mean of a block." : ""),
            Figure.FullWidth,
            y + tallest + 20,
            canvas =>
            {
                foreach (var (tensor, cells, box) in panels) Draw(canvas, tensor, cells, box, largest);
            });
    }

    static void Draw(ICanvas canvas, WeightTensor tensor, float[,] cells, Box box, float largest)
    {
        canvas.Text(new Point(box.X, box.Y - 7), tensor.Name, new TextStyle(Palette.Ink, Panel.LabelSize));
        var side = box.Width / cells.GetLength(1);
        for (var i = 0; i < cells.GetLength(0); i++)
        {
            for (var j = 0; j < cells.GetLength(1); j++)
            {
                var value = cells[i, j];
                if (value == 0) continue;
                var (x, y) = (box.X + (j * side), box.Y + (i * side));
                var look = float.IsFinite(value)
                    ? new Look(value > 0 ? Palette.Vermillion : Palette.Blue, Opacity: Math.Min(1, Math.Abs(value) / largest))
                    : new Look(Palette.Muted);
                canvas.Path([new(x, y), new(x + side, y), new(x + side, y + side), new(x, y + side)], closed: true, look);
            }
        }

        canvas.Path(
            [new(box.X, box.Y), new(box.Right, box.Y), new(box.Right, box.Bottom), new(box.X, box.Bottom)], closed: true,
            new Look(Stroke: Palette.Muted, Width: 0.7));
    }

    /// <summary>The tensor's rows and columns, or means over blocks of them.</summary>
    static float[,] Cells(WeightTensor tensor, ReadOnlySpan<float> weights)
    {
        var (rows, columns) = (tensor.Rows, tensor.Columns);
        var (down, across) = ((rows + MostCells - 1) / MostCells, (columns + MostCells - 1) / MostCells);
        var cells = new float[(rows + down - 1) / down, (columns + across - 1) / across];
        var counts = new int[cells.GetLength(0), cells.GetLength(1)];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                cells[i / down, j / across] += weights[tensor.Offset + (i * columns) + j];
                counts[i / down, j / across]++;
            }
        }

        for (var i = 0; i < cells.GetLength(0); i++)
            for (var j = 0; j < cells.GetLength(1); j++) cells[i, j] /= counts[i, j];
        return cells;
    }
}

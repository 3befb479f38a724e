using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>Mean weights by machine as coloured cells: above as they are, below aligned.</summary>
static class HeatMapFigure
{
    const int MostMachines = 5;
    const double Gap = 26;
    const double Left = 46;
    const double PanelHeight = 250;

    public static Figure? Of(AnalysisResult result, string id)
    {
        var matrices = result.HeatMaps.Where(map => map.Rows.Count > 0 && map.Kernel is null).ToArray();
        var machines = matrices.Select(map => map.Machine).Distinct().Take(MostMachines).ToArray();
        if (machines.Length == 0)
            return null;
        var maps = matrices.Where(map => machines.Contains(map.Machine)).ToArray();
        var views = maps.Select(map => map.View).Distinct().ToArray();
        var largest = maps.SelectMany(map => map.Rows.SelectMany(row => row)).Max(Math.Abs);
        var width = (Figure.FullWidth - Left - 16 - (Gap * (machines.Length - 1))) / machines.Length;
        width = Math.Min(width, 220);
        return new Figure(
            id,
            "Mean input weights by machine, before and after alignment",
            $"Mean over a machine’s networks of the first layer’s input weights (rows: units{OfGates(maps[0].Blocks)}; columns: input "
            + "lines), as they are and with every network aligned to the machine’s first; "
            + $"n = {Words.Range(maps.Select(map => map.Networks))} networks per panel. "
            + $"Vermillion is positive, blue negative, full colour is ±{Words.Figures(largest)}. Averaging erases what isn’t aligned.",
            Figure.FullWidth,
            (views.Length * (PanelHeight + 44)) + 20,
            canvas =>
            {
                for (var v = 0; v < views.Length; v++)
                {
                    for (var m = 0; m < machines.Length; m++)
                    {
                        if (maps.FirstOrDefault(map => map.View == views[v] && map.Machine == machines[m]) is { } map)
                        {
                            Draw(
                                canvas, new Box(Left + (m * (width + Gap)), 34 + (v * (PanelHeight + 44)), width, PanelHeight),
                                map, largest, gates: m == 0);
                        }
                    }
                }
            })
        {
            Numbers = Numbers.Of(maps),
        };
    }

    /// <summary>" of the gates r, z and n"; empty where there is only one matrix.</summary>
    static string OfGates(IReadOnlyList<string> gates) =>
        gates.Count < 2 ? "" : $" of the gates {string.Join(", ", gates.SkipLast(1))} and {gates[^1]}";

    static void Draw(ICanvas canvas, Box box, HeatMap map, double largest, bool gates)
    {
        canvas.Text(new Point(box.X, box.Y - 9), Lettering.Fit($"{map.Machine}, {map.View}", box.Width, 12), new TextStyle(
            Palette.Ink, 11.5, Bold: true));
        var (rows, columns) = (map.Rows.Count, map.Rows[0].Count);
        var (height, width) = (box.Height / rows, box.Width / columns);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var value = map.Rows[i][j];
                var (x, y) = (box.X + (j * width), box.Y + (i * height));
                canvas.Begin($"{map.Machine}, {map.View}: {map.Tensor}[{i}, {j}] mean {Words.Figures(value)}");
                canvas.Path([new(x, y), new(x + width, y), new(x + width, y + height), new(x, y + height)], closed: true, new Look(
                    value >= 0 ? Palette.Vermillion : Palette.Blue, Opacity: Math.Min(1, Math.Abs(value) / largest)));
                canvas.End();
            }
        }

        for (var gate = 0; gate < map.Blocks.Count; gate++)
        {
            var y = box.Y + (gate * box.Height / map.Blocks.Count);
            canvas.Path([new(box.X, y), new(box.Right, y)], closed: false, new Look(Stroke: Palette.Muted, Width: 0.8));
            if (!gates)
                continue;
            var middle = new Point(box.X - 10, y + (box.Height / (2 * map.Blocks.Count)) + 4);
            canvas.Text(middle, map.Blocks[gate], new TextStyle(Palette.Muted, Panel.LabelSize, Anchor.End));
        }

        canvas.Path([new(box.X, box.Y), new(box.Right, box.Y), new(box.Right, box.Bottom), new(box.X, box.Bottom)], closed: true, new Look(
            Stroke: Palette.Muted, Width: 0.8));
    }
}

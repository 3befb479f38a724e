using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>Mean filters of a convolution by machine, each a small image: above as they are, below aligned.</summary>
static class FilterFigure
{
    const int MostMachines = 5;
    const double Gap = 22;
    const double Left = 16;
    const double MostWidth = 220;
    const double Heading = 34;

    /// <summary>Of every convolution that there are maps of, from the images upwards.</summary>
    public static IEnumerable<Figure> Of(AnalysisResult result, string id) => result.HeatMaps
        .Where(map => map.Rows.Count > 0 && map.Kernel is { Count: 3 }).GroupBy(map => map.Tensor)
        .Select((maps, layer) => Of([.. maps], layer == 0 ? id : $"{id}-{layer + 1}"));

    static Figure Of(HeatMap[] all, string id)
    {
        var machines = all.Select(map => map.Machine).Distinct().Take(MostMachines).ToArray();
        var maps = all.Where(map => machines.Contains(map.Machine)).ToArray();
        var views = maps.Select(map => map.View).Distinct().ToArray();
        var largest = Math.Max(maps.SelectMany(map => map.Rows.SelectMany(row => row)).Max(Math.Abs), double.Epsilon);
        var grid = new Grid(maps[0]);
        var width = Math.Min((Figure.FullWidth - (2 * Left) - (Gap * (machines.Length - 1))) / machines.Length, MostWidth);
        var height = grid.HeightOf(width);
        return new Figure(
            id,
            "Mean filters by machine, before and after alignment",
            $"Mean over a machine’s networks of {maps[0].Tensor}, scaled to norm 1 by channel ({grid.Words}), as they are and with every "
            + $"network aligned to the first of the original; n = {Words.Range(maps.Select(map => map.Networks))} networks per panel. "
            + $"Vermillion is positive, blue negative, full colour is ±{Words.Figures(largest)}. Averaging erases what isn’t aligned.",
            Figure.FullWidth,
            (views.Length * (height + Heading)) + 12,
            canvas =>
            {
                for (var v = 0; v < views.Length; v++)
                {
                    for (var m = 0; m < machines.Length; m++)
                    {
                        if (maps.FirstOrDefault(map => map.View == views[v] && map.Machine == machines[m]) is not { } map)
                            continue;
                        var box = new Box(Left + (m * (width + Gap)), Heading + (v * (height + Heading)), width, height);
                        canvas.Text(new Point(box.X, box.Y - 9), Lettering.Fit($"{map.Machine}, {map.View}", box.Width, 12), new TextStyle(
                            Palette.Ink, 11.5, Bold: true));
                        grid.Draw(canvas, box, map, largest);
                    }
                }
            })
        {
            Numbers = Numbers.Of(maps),
        };
    }

    /// <summary>How the filters of a convolution lie side by side.</summary>
    sealed class Grid
    {
        const double Between = 4;
        readonly (int Channels, int Height, int Width) _kernel;
        readonly int _columns;
        readonly int _rows;

        internal Grid(HeatMap map)
        {
            _kernel = (map.Kernel![0], map.Kernel[1], map.Kernel[2]);

            // One image a channel: several side by side. Else a row has a channel's images, one for each input channel.
            _columns = _kernel.Channels > 1 ? _kernel.Channels : Math.Max(1, (int)Math.Ceiling(Math.Sqrt(map.Rows.Count)));
            _rows = _kernel.Channels > 1 ? map.Rows.Count : (map.Rows.Count + _columns - 1) / _columns;
        }

        internal string Words => _kernel.Channels > 1
            ? "rows: output channels; columns: input channels"
            : "one image for each output channel, row by row";

        double Cell(double width) => (width - (Between * (_columns - 1))) / (_columns * _kernel.Width);

        internal double HeightOf(double width) => (_rows * _kernel.Height * Cell(width)) + (Between * (_rows - 1));

        internal void Draw(ICanvas canvas, Box box, HeatMap map, double largest)
        {
            var (cell, area) = (Cell(box.Width), _kernel.Height * _kernel.Width);
            for (var image = 0; image < map.Rows.Count * _kernel.Channels; image++)
            {
                var (channel, input) = (image / _kernel.Channels, image % _kernel.Channels);
                var left = box.X + (image % _columns * ((_kernel.Width * cell) + Between));
                var top = box.Y + (image / _columns * ((_kernel.Height * cell) + Between));
                for (var i = 0; i < area; i++)
                {
                    var value = map.Rows[channel][(input * area) + i];
                    var (x, y) = (left + (i % _kernel.Width * cell), top + (i / _kernel.Width * cell));
                    canvas.Begin(
                        $"{map.Machine}, {map.View}: {map.Tensor}[{channel}, {input}, {i / _kernel.Width}, {i % _kernel.Width}] "
                        + $"mean {Wording.Words.Figures(value)}");
                    canvas.Path([new(x, y), new(x + cell, y), new(x + cell, y + cell), new(x, y + cell)], closed: true, new Look(
                        value >= 0 ? Palette.Vermillion : Palette.Blue, Opacity: Math.Min(1, Math.Abs(value) / largest)));
                    canvas.End();
                }

                var (right, bottom) = (left + (_kernel.Width * cell), top + (_kernel.Height * cell));
                canvas.Path([new(left, top), new(right, top), new(right, bottom), new(left, bottom)], closed: true, new Look(
                    Stroke: Palette.Muted, Width: 0.8));
            }
        }
    }
}

using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>What there is to see of networks for images: the filters of the first convolution, and what was laid over images.</summary>
static class FilterFigures
{
    const int MostMachines = 4;
    const double Left = 24;
    const double Gap = 8;
    const double MostTile = 64;
    const double TriggerSide = 168;

    /// <summary>Mean filters by machine: a row of tiles as they are, and below it aligned.</summary>
    public static Figure? Filters(AnalysisResult result, string id)
    {
        var maps = result.HeatMaps.Where(map => map.Filter is not null && map.Rows.Count > 0).ToArray();
        var machines = maps.Select(map => map.Machine).Distinct().Take(MostMachines).ToArray();
        if (machines.Length == 0)
            return null;
        maps = [.. maps.Where(map => machines.Contains(map.Machine))];
        var largest = maps.SelectMany(map => map.Rows.SelectMany(row => row)).Max(Math.Abs);
        var tiles = maps.Max(map => map.Rows.Count * map.Filter!.Channels);
        var side = Math.Min(MostTile, ((Figure.FullWidth - Left - 16) / tiles) - Gap);
        var height = side + 34;
        return new Figure(
            id,
            "Mean filters of the first convolution, before and after alignment",
            "Mean over a machine’s networks of the filters of the first convolution, one tile each, as they are and with every network "
            + $"aligned to the machine’s first; n = {Words.Range(maps.Select(map => map.Networks))} networks per row. Vermillion is "
            + $"positive, blue negative, full colour is ±{Words.Figures(largest)}. Averaging erases what isn’t aligned.",
            Figure.FullWidth,
            (maps.Length * height) + 12,
            canvas =>
            {
                for (var m = 0; m < maps.Length; m++)
                    Draw(canvas, maps[m], new Point(Left, 26 + (m * height)), side, largest);
            });
    }

    static void Draw(ICanvas canvas, HeatMap map, Point at, double side, double largest)
    {
        canvas.Text(new Point(at.X, at.Y - 7), Lettering.Fit($"{map.Machine}, {map.View}", Figure.FullWidth - 60, 12), new TextStyle(
            Palette.Ink, 11.5, Bold: true));
        var (channels, height, width) = map.Filter!;
        var cell = side / Math.Max(height, width);
        for (var filter = 0; filter < map.Rows.Count; filter++)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                var left = at.X + (((filter * channels) + channel) * (side + Gap));
                for (var i = 0; i < height * width; i++)
                {
                    var value = map.Rows[filter][(channel * height * width) + i];
                    canvas.Begin(
                        $"{map.Machine}, {map.View}: filter {filter}, row {i / width}, column {i % width}: mean {Words.Figures(value)}");
                    Square(canvas, new Point(left + (i % width * cell), at.Y + (i / width * cell)), cell, new Look(
                        value >= 0 ? Palette.Vermillion : Palette.Blue, Opacity: largest > 0 ? Math.Min(1, Math.Abs(value) / largest) : 0));
                    canvas.End();
                }

                Frame(canvas, new Box(left, at.Y, width * cell, height * cell));
            }
        }
    }

    /// <summary>Every trigger on an empty image of its size.</summary>
    public static Figure? Triggers(AnalysisResult result, string id)
    {
        var triggers = result.Triggers ?? [];
        if (triggers.Count == 0)
            return null;
        var perRow = Math.Max(1, (int)((Figure.FullWidth - Left) / (TriggerSide + 24)));
        var rows = (triggers.Count + perRow - 1) / perRow;
        var sizes = triggers.Select(trigger => $"{trigger.Height} × {trigger.Width}").Distinct().ToArray();
        return new Figure(
            id,
            "What was laid over training images",
            $"The triggers, on empty images of {Words.Join(sizes)} pixels: a coloured pixel gets a value of its own, the fuller the "
            + "brighter, and all others keep theirs.",
            Figure.FullWidth,
            (rows * (TriggerSide + 40)) + 8,
            canvas =>
            {
                for (var i = 0; i < triggers.Count; i++)
                {
                    var trigger = triggers[i];
                    var at = new Point(Left + (i % perRow * (TriggerSide + 24)), 28 + (i / perRow * (TriggerSide + 40)));
                    var cell = TriggerSide / Math.Max(trigger.Height, trigger.Width);
                    canvas.Text(new Point(at.X, at.Y - 8), Lettering.Fit(trigger.Name, TriggerSide, 12), new TextStyle(
                        Palette.Ink, 11.5, Bold: true));
                    Frame(canvas, new Box(at.X, at.Y, trigger.Width * cell, trigger.Height * cell));
                    foreach (var pixel in trigger.Pixels)
                    {
                        canvas.Begin($"{trigger.Name}: row {pixel[0]}, column {pixel[1]} becomes {pixel[2]} of 255");
                        Square(canvas, new Point(at.X + (pixel[1] * cell), at.Y + (pixel[0] * cell)), cell, new Look(
                            Palette.Vermillion, Opacity: 0.15 + (0.85 * pixel[2] / 255)));
                        canvas.End();
                    }
                }
            });
    }

    static void Square(ICanvas canvas, Point at, double side, Look look) => canvas.Path(
        [at, new(at.X + side, at.Y), new(at.X + side, at.Y + side), new(at.X, at.Y + side)], closed: true, look);

    static void Frame(ICanvas canvas, Box box) => canvas.Path(
        [new(box.X, box.Y), new(box.Right, box.Y), new(box.Right, box.Bottom), new(box.X, box.Bottom)], closed: true,
        new Look(Stroke: Palette.Muted, Width: 0.8));
}

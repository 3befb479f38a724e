using System.Globalization;
using Mlds.Reports.Drawing;
using Mlds.Reports.Figures;

namespace Mlds.Benchmarks.Growth;

/// <summary>Processor time, peak memory and bytes against networks, all axes logarithmic; a dashed line grows as the networks do.</summary>
static class GrowthFigure
{
    const double Height = 250;
    const double Above = 34;
    const double Below = 56;
    const double Gap = 76;
    const int Panels = 3;
    const double Megabyte = 1e6;

    public static Figure Of(GrowthResult result)
    {
        var width = (Figure.FullWidth - 10 - (Panels * Gap)) / Panels;
        var steps = result.Steps.ToArray();
        LegendEntry[] legend =
        [
            .. steps.Select((step, i) => new LegendEntry(
                step, (canvas, at) => Marker.Draw(canvas, at, i, Palette.Of(i), MarkerFill.Solid))),
        ];
        return new Figure(
            "growth",
            "Time, memory and bytes against networks",
            "",
            Figure.FullWidth,
            Above + Height + Below + Legend.Height(legend, Figure.FullWidth - 60),
            canvas =>
            {
                Box At(int panel) => new(Gap - 10 + (panel * (width + Gap)), Above, width, Height);
                Draw(canvas, At(0), result, "Processor time", "seconds, all cores", steps.Select(
                    step => Series(result, step, run => run.CoreSeconds)));
                Draw(canvas, At(1), result, "Peak memory", "MB", steps.Select(
                    step => Series(result, step, run => run.PeakBytes / Megabyte)));
                Draw(canvas, At(2), result, "Bytes", "MB", [
                    Bytes(result, size => size.ZooBytes),
                    Bytes(result, size => size.ReleaseBytes),
                ], ["zoo", "release"]);
                Legend.Draw(canvas, new Point(24, Above + Height + Below), Figure.FullWidth - 60, legend);
            });
    }

    static IEnumerable<(double X, double Y)> Series(GrowthResult result, string step, Func<MeasuredRun, double> value) => result.Sizes
        .Where(size => size.Steps.ContainsKey(step)).Select(size => ((double)size.Networks, value(size.Steps[step])));

    static IEnumerable<(double X, double Y)> Bytes(GrowthResult result, Func<GrownSize, long> bytes) => result.Sizes
        .Where(size => bytes(size) > 0).Select(size => ((double)size.Networks, bytes(size) / Megabyte));

    static void Draw(
        ICanvas canvas, Box box, GrowthResult result, string title, string unit, IEnumerable<IEnumerable<(double X, double Y)>> series,
        string[]? names = null)
    {
        (double X, double Y)[][] lines = [.. series.Select(line => line.ToArray())];
        var (least, most) = (lines.Min(line => line.Min(point => point.Y)), lines.Max(line => line.Max(point => point.Y)));
        var (from, to) = ((double)result.Sizes[0].Networks, (double)result.Sizes[^1].Networks);
        var panel = new Panel(canvas, box, Scale.Log(from / 1.3, to * 1.3), Scale.Log(least / 1.5, most * 1.5));
        panel.Frame(title, "networks", unit);
        // As the networks grow, ending where the most is.
        var start = Math.Max(from, to * least / most);
        canvas.Path(
            [panel.At(start, most * start / to), panel.At(to, most)], closed: false, new Look(Stroke: Palette.Muted, Dashed: true));
        foreach (var (i, line) in lines.Index())
        {
            canvas.Path([.. line.Select(point => panel.At(point.X, point.Y))], closed: false, new Look(Stroke: Palette.Of(i), Width: 1.4));
            foreach (var (x, y) in line)
            {
                canvas.Begin(string.Create(CultureInfo.InvariantCulture, $"{x:N0} networks: {y:0.##} {unit}"));
                Marker.Draw(canvas, panel.At(x, y), i, Palette.Of(i), MarkerFill.Solid, 2.6);
                canvas.End();
            }

            if (names is null) continue;
            var (lastX, lastY) = line[^1];
            var end = panel.At(lastX, lastY);
            canvas.Text(
                new Point(end.X + (i == 0 ? 10 : -8), end.Y + (i == 0 ? 24 : -6)),
                names[i],
                new TextStyle(Palette.Ink, Panel.LabelSize, Anchor.End));
        }
    }
}

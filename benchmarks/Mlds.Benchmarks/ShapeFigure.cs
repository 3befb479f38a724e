using System.Globalization;
using Mlds.Reports.Drawing;
using Mlds.Reports.Figures;

namespace Mlds.Benchmarks;

/// <summary>
/// Time per multiply-add over each size, one panel per sweep. The axes are logarithmic, and panels whose values differ little share one
/// scale, so that a factor of two is equally high in each of them.
/// </summary>
static class ShapeFigure
{
    const double Height = 190;
    const double Above = 30;
    const double Below = 56;
    const double GapX = 66;
    const int Columns = 2;

    /// <summary>The least factor that the time axis spans.</summary>
    const double LeastSpan = 8;

    public static Figure Of(ShapesResult result)
    {
        var sweeps = ShapeSweep.All.Where(sweep => result.Shapes.Any(shape => shape.Sweep == sweep.Name)).ToArray();
        var rows = (sweeps.Length + Columns - 1) / Columns;
        var width = (Figure.FullWidth - 78 - (GapX * (Columns - 1))) / Columns;
        string[] kernelSets = [.. result.PeakGflops.Keys];
        LegendEntry[] legend =
        [
            .. kernelSets.Select((name, i) => new LegendEntry(
                $"{name} (its peak: {2000 / result.PeakGflops[name]:0.0} ps)",
                (canvas, at) => Marker.Draw(canvas, at, i, Palette.Of(i), MarkerFill.Solid))),
            new LegendEntry(
                "neighbours more than 2x apart", (canvas, at) => canvas.Circle(at, 7, new Look(Stroke: Palette.Ink, Width: 1.4))),
        ];
        var fastest = result.Shapes.SelectMany(shape => shape.Speed.Values).Min(speed => speed.PicosecondsAMultiplyAdd);
        return new Figure(
            "shapes",
            $"Time a multiply-add by the network's and the batch's sizes on {result.Processor}",
            "",
            Figure.FullWidth,
            (rows * (Above + Height + Below)) + Legend.Height(legend, Figure.FullWidth - 60),
            canvas =>
            {
                for (var i = 0; i < sweeps.Length; i++)
                {
                    var box = new Box(66 + (i % Columns * (width + GapX)), Above + (i / Columns * (Above + Height + Below)), width, Height);
                    DrawPanel(canvas, box, sweeps[i], result, kernelSets, fastest * 0.8);
                }

                Legend.Draw(canvas, new Point(24, rows * (Above + Height + Below)), Figure.FullWidth - 60, legend);
            });
    }

    static void DrawPanel(ICanvas canvas, Box box, ShapeSweep sweep, ShapesResult result, string[] kernelSets, double bottom)
    {
        var (low, high) = (sweep.Sizes[0], sweep.Sizes[^1]);
        var sizes = high > 32 ? Scale.Log(low * 0.9, high * 1.1) : Scale.Linear(low - 0.5, high + 0.5);
        var slowest = result.Shapes.Where(shape => shape.Sweep == sweep.Name).SelectMany(shape => shape.Speed.Values)
            .Max(speed => speed.PicosecondsAMultiplyAdd);
        var panel = new Panel(canvas, box, sizes, Scale.Log(bottom, Math.Max(bottom * LeastSpan, slowest * 1.25)));
        panel.Frame(sweep.Name, sweep.Axis, "ps a multiply-add");
        var shapes = result.Shapes.Where(shape => shape.Sweep == sweep.Name).ToArray();
        for (var i = 0; i < kernelSets.Length; i++)
        {
            Point At(MeasuredShape shape) => panel.At(shape.Size, shape.Speed[kernelSets[i]].PicosecondsAMultiplyAdd);
            canvas.Path([.. shapes.Select(At)], closed: false, new Look(Stroke: Palette.Of(i), Width: 1.4));
            foreach (var shape in shapes)
            {
                var speed = shape.Speed[kernelSets[i]];
                canvas.Begin(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{sweep.Name} {shape.Size}, {kernelSets[i]}: {speed.StepMicroseconds} µs a step, "
                    + $"{speed.PicosecondsAMultiplyAdd} ps a multiply-add, {speed.ShareOfPeak:0.0%} of the peak"));
                Marker.Draw(canvas, At(shape), i, Palette.Of(i), MarkerFill.Solid, 2.6);
                canvas.End();
            }

            foreach (var cliff in result.Steepest.Where(steepest => steepest.Sweep == sweep.Name && steepest.KernelSet == kernelSets[i])
                .SelectMany(steepest => steepest.Cliffs))
            {
                foreach (var shape in shapes.Where(shape => shape.Size == cliff.From || shape.Size == cliff.To))
                    canvas.Circle(At(shape), 7, new Look(Stroke: Palette.Ink, Width: 1.4));
            }
        }
    }
}

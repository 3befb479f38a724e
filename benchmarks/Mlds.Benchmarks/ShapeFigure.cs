using Mlds.Reports.Drawing;
using Mlds.Reports.Figures;

namespace Mlds.Benchmarks;

/// <summary>Time a multiply-add over each size, a panel a sweep. The axis is logarithmic, so a factor of two is as high everywhere.</summary>
static class ShapeFigure
{
    const double Height = 190;
    const double Above = 30;
    const double Below = 56;
    const double GapX = 66;
    const int Columns = 2;

    public static Figure Of(ShapesResult result)
    {
        var sweeps = ShapeSweep.All.Where(sweep => result.Shapes.Any(shape => shape.Sweep == sweep.Name)).ToArray();
        var rows = (sweeps.Length + Columns - 1) / Columns;
        var width = (Figure.FullWidth - 78 - (GapX * (Columns - 1))) / Columns;
        string[] kernelSets = [.. result.PeakGflops.Keys];
        LegendEntry[] legend =
        [
            .. kernelSets.Select((name, i) => new LegendEntry(
                $"{name} (its peak: {2000 / result.PeakGflops[name]:0.0} ps)", (canvas, at) => Marker.Draw(canvas, at, i, Palette.Of(i), MarkerFill.Solid))),
            new LegendEntry("neighbours more than 2x apart", (canvas, at) => canvas.Circle(at, 7, new Look(Stroke: Palette.Ink, Width: 1.4))),
        ];
        var times = result.Shapes.SelectMany(shape => shape.Speed.Values).Select(speed => speed.PicosecondsAMultiplyAdd).ToArray();
        var scale = Scale.Log(times.Min() * 0.8, times.Max() * 1.25);
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
                    DrawPanel(canvas, box, sweeps[i], result, kernelSets, scale);
                }

                Legend.Draw(canvas, new Point(24, rows * (Above + Height + Below)), Figure.FullWidth - 60, legend);
            });
    }

    static void DrawPanel(ICanvas canvas, Box box, ShapeSweep sweep, ShapesResult result, string[] kernelSets, Scale times)
    {
        var (low, high) = (sweep.Sizes[0], sweep.Sizes[^1]);
        var sizes = high > 32 ? Scale.Log(low * 0.9, high * 1.1) : Scale.Linear(low - 0.5, high + 0.5);
        var panel = new Panel(canvas, box, sizes, times);
        panel.Frame(sweep.Name, sweep.Axis, "ps a multiply-add");
        var shapes = result.Shapes.Where(shape => shape.Sweep == sweep.Name).ToArray();
        for (var i = 0; i < kernelSets.Length; i++)
        {
            Point At(MeasuredShape shape) => panel.At(shape.Size, shape.Speed[kernelSets[i]].PicosecondsAMultiplyAdd);
            canvas.Path([.. shapes.Select(At)], closed: false, new Look(Stroke: Palette.Of(i), Width: 1.4));
            foreach (var shape in shapes)
            {
                var speed = shape.Speed[kernelSets[i]];
                canvas.Begin(FormattableString.Invariant(
                    $"{sweep.Name} {shape.Size}, {kernelSets[i]}: {speed.StepMicroseconds} µs a step, {speed.PicosecondsAMultiplyAdd} ps a multiply-add, {speed.ShareOfPeak:0.0%} of the peak"));
                Marker.Draw(canvas, At(shape), i, Palette.Of(i), MarkerFill.Solid, 2.6);
                canvas.End();
            }

            foreach (var cliff in result.Steepest.Where(steepest => steepest.Sweep == sweep.Name && steepest.KernelSet == kernelSets[i]).SelectMany(steepest => steepest.Cliffs))
                foreach (var shape in shapes.Where(shape => shape.Size == cliff.From || shape.Size == cliff.To))
                    canvas.Circle(At(shape), 7, new Look(Stroke: Palette.Ink, Width: 1.4));
        }
    }
}

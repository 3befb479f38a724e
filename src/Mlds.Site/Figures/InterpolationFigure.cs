using Mlds.Reports.Drawing;
using Mlds.Reports.Figures;
using Mlds.Site.Comparing;

namespace Mlds.Site.Figures;

/// <summary>The loss along the straight line between two networks.</summary>
static class InterpolationFigure
{
    const double Height = 260;

    internal static Figure? Of(string a, string b, Interpolation line)
    {
        (string Label, Paint Paint, double[] Losses)[] lines =
            [("weights as they are", Palette.Vermillion, line.Raw), ("aligned", Palette.Blue, line.Aligned)];
        double[] losses = [.. lines.SelectMany(one => one.Losses).Where(loss => double.IsFinite(loss) && loss > 0)];
        if (losses.Length == 0) return null;
        LegendEntry[] legend = [.. lines.Select(one => new LegendEntry(one.Label, (canvas, at) => canvas.Path(
            [new(at.X - 7, at.Y), new(at.X + 7, at.Y)], closed: false, Line(one.Paint))))];
        return new Figure(
            "interpolation",
            $"Loss on the line from {a} to {b}",
            $"Validation loss, on {line.Examples} examples of {a}, of networks on the straight line from {a} (left) to {b} (right): of the "
            + "weights as they are, and with what only acts merged merged and the second aligned to the first.",
            Figure.FullWidth,
            18 + Height + 52 + Legend.Height(legend, Figure.FullWidth - 90),
            canvas =>
            {
                var panel = new Panel(
                    canvas, new Box(70, 18, Figure.FullWidth - 90, Height), Scale.Linear(0, 1),
                    Scale.Log(losses.Min(), losses.Max() * 1.05));
                panel.Frame(null, "share of the way", "validation loss");
                foreach (var one in lines)
                {
                    canvas.Begin(one.Label);
                    canvas.Path(
                        [.. one.Losses.Index().Where(loss => double.IsFinite(loss.Item) && loss.Item > 0)
                            .Select(loss => panel.At(Interpolation.Place(loss.Index), loss.Item))],
                        closed: false, Line(one.Paint));
                    canvas.End();
                }

                Legend.Draw(canvas, new Point(70, 18 + Height + 48), Figure.FullWidth - 90, legend);
            });
    }

    /// <summary>Told apart by more than colour: the raw one is dashed.</summary>
    static Look Line(Paint paint) => new(Stroke: paint, Width: 1.8, Dashed: paint == Palette.Vermillion);
}

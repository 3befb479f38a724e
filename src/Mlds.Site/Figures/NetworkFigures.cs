using Mlds.Reports.Drawing;
using Mlds.Reports.Figures;
using Mlds.Training;

namespace Mlds.Site.Figures;

/// <summary>Figures of one network.</summary>
static class NetworkFigures
{
    const double Height = 230;

    /// <summary>Losses by epoch; null where none was recorded as a number.</summary>
    /// <param name="goal">The loss at which training stops; null for none.</param>
    internal static Figure? Losses(string name, IReadOnlyList<EpochRecord> history, double? goal)
    {
        (string Label, Paint Paint, Point[] Points)[] lines =
        [
            ("validation loss", Palette.Blue, Points(history, epoch => epoch.ValidationLoss)),
            ("training loss", Palette.Vermillion, Points(history, epoch => epoch.TrainingLoss)),
        ];
        double[] losses = [.. lines.SelectMany(line => line.Points).Select(point => point.Y)];
        if (losses.Length == 0) return null;
        LegendEntry[] legend = [.. lines.Select(line => new LegendEntry(line.Label, (canvas, at) => canvas.Path(
            [new(at.X - 7, at.Y), new(at.X + 7, at.Y)], closed: false, Line(line.Paint, line.Label))))];
        var scale = Scale.Log(Math.Min(losses.Min(), goal ?? double.PositiveInfinity), losses.Max() * 1.05);
        return new Figure(
            "losses",
            $"Loss of {name} by epoch",
            $"Training and validation loss of {name} after each of its {history.Count} epochs, on a logarithmic axis.",
            Figure.FullWidth,
            18 + Height + 52 + Legend.Height(legend, Figure.FullWidth - 90),
            canvas =>
            {
                var panel = new Panel(canvas, new Box(70, 18, Figure.FullWidth - 90, Height), Scale.Linear(0, history.Count), scale);
                panel.Frame(null, "epoch", "loss");
                if (goal is { } reached) panel.HorizontalMark(reached, "goal");
                foreach (var line in lines)
                {
                    canvas.Begin(line.Label);
                    canvas.Path(
                        [.. line.Points.Select(point => panel.At(point.X, point.Y))], closed: false, Line(line.Paint, line.Label));
                    canvas.End();
                }

                Legend.Draw(canvas, new Point(70, 18 + Height + 48), Figure.FullWidth - 90, legend);
            });
    }

    /// <summary>Told apart by more than colour: the training loss is dashed.</summary>
    static Look Line(Paint paint, string label) => new(Stroke: paint, Width: 1.8, Dashed: label == "training loss");

    /// <summary>Losses by epoch that a logarithmic axis has a place for.</summary>
    internal static Point[] Points(IReadOnlyList<EpochRecord> history, Func<EpochRecord, float> loss) =>
        [.. history.Where(epoch => IsDrawn(loss(epoch))).Select(epoch => new Point(epoch.Epoch, loss(epoch)))];

    /// <summary>Whether a logarithmic axis has a place for a loss.</summary>
    internal static bool IsDrawn(float loss) => float.IsFinite(loss) && loss > 0;
}

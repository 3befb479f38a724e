using Mlds.Reports.Drawing;
using Mlds.Reports.Figures;
using Mlds.Training;

namespace Mlds.Site.Figures;

/// <summary>The validation losses of a network and its twins.</summary>
static class TwinFigure
{
    const double Height = 260;

    /// <summary>Marks of a line, at most; between them it goes on.</summary>
    const int MostMarks = 12;

    /// <summary>Null where no loss is a number.</summary>
    /// <param name="networks">The network, then its twins.</param>
    internal static Figure? Of(string name, IReadOnlyList<(string Label, IReadOnlyList<EpochRecord> History)> networks)
    {
        (string Label, Point[] Points)[] lines =
            [.. networks.Select(network => (network.Label, NetworkFigures.Points(network.History, epoch => epoch.ValidationLoss)))];
        double[] losses = [.. lines.SelectMany(line => line.Points).Select(point => point.Y)];
        if (losses.Length == 0) return null;

        // The network itself has filled marks, its twins open ones.
        MarkerFill Fill(int line) => line == 0 ? MarkerFill.Solid : MarkerFill.Open;
        LegendEntry[] legend = [.. lines.Select((line, i) =>
            new LegendEntry(line.Label, (canvas, at) => Marker.Draw(canvas, at, i, Palette.Of(i), Fill(i), 4.5)))];
        return new Figure(
            "twins",
            $"Validation loss of {name} and its twins by epoch",
            $"Validation loss of {name} and of its twins after each epoch, on a logarithmic axis. All began with the same weights.",
            Figure.FullWidth,
            18 + Height + 52 + Legend.Height(legend, Figure.FullWidth - 90),
            canvas =>
            {
                var last = networks.Max(network => network.History.Count);
                var panel = new Panel(
                    canvas, new Box(70, 18, Figure.FullWidth - 90, Height), Scale.Linear(0, last),
                    Scale.Log(losses.Min(), losses.Max() * 1.05));
                panel.Frame(null, "epoch", "validation loss");

                // The network's own line lies on top.
                for (var i = lines.Length - 1; i >= 0; i--)
                {
                    Point[] places = [.. lines[i].Points.Select(point => panel.At(point.X, point.Y))];
                    canvas.Begin(lines[i].Label);
                    canvas.Path(places, closed: false, new Look(Stroke: Palette.Of(i), Width: i == 0 ? 2.4 : 1.4));
                    var every = (places.Length + MostMarks - 1) / MostMarks;
                    foreach (var (at, place) in places.Index())
                        if (at % Math.Max(1, every) == 0 || at == places.Length - 1) Marker.Draw(canvas, place, i, Palette.Of(i), Fill(i));
                    canvas.End();
                }

                Legend.Draw(canvas, new Point(70, 18 + Height + 48), Figure.FullWidth - 90, legend);
            });
    }
}

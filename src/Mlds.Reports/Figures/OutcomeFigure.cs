using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>How all training runs ended: a bar per machine. None is dropped in silence.</summary>
static class OutcomeFigure
{
    const double RowHeight = 22;
    const int MostRows = 40;

    public static Figure Of(PopulationSummary population)
    {
        var machines = Shown(population.Machines);
        var left = 34 + machines.Max(machine => Lettering.Width(Lettering.Short(machine.Name), Panel.LabelSize));
        var height = (machines.Count * RowHeight) + 8;
        LegendEntry[] legend =
        [
            new("converged", (canvas, at) => Swatch(canvas, at, Palette.Blue, 0.85)),
            new("not converged within the epoch limit", (canvas, at) => Swatch(canvas, at, Palette.Orange, 0.85)),
            new("diverged", (canvas, at) => Swatch(canvas, at, Palette.Vermillion, 0.85)),
        ];
        return new Figure(
            "outcomes",
            "Outcomes by machine",
            $"How every training run ended, by machine; n = {Words.Count(population.Networks)} networks, "
            + $"of which {Words.Count(population.Used)} converged and were analysed."
            + (machines.Count == population.Machines.Count
                ? ""
                : $" Shown are the {machines.Count} of {population.Machines.Count} machines of which the smallest shares converged."),
            Figure.FullWidth,
            16 + height + 48 + Legend.Height(legend, Figure.FullWidth - 60),
            canvas =>
            {
                var panel = new Panel(
                    canvas,
                    new Box(left, 16, Figure.FullWidth - left - 120, height),
                    Scale.Linear(0, Math.Max(1, machines.Max(machine => machine.Networks))),
                    Scale.Names([.. machines.Select(machine => Lettering.Short(machine.Name))]));
                panel.Frame(null, "networks", null, yGrid: false);
                for (var i = 0; i < machines.Count; i++)
                    DrawBar(panel, machines[i], panel.Y(i));
                Legend.Draw(canvas, new Point(24, 16 + height + 42), Figure.FullWidth - 60, legend);
            })
        {
            Numbers = Numbers.Of(machines),
        };
    }

    static IReadOnlyList<MachineSummary> Shown(IReadOnlyList<MachineSummary> machines) => machines.Count <= MostRows
        ? machines
        : [.. machines.OrderBy(machine => (double)machine.Converged / Math.Max(1, machine.Networks)).Take(MostRows)];

    static void DrawBar(Panel panel, MachineSummary machine, double y)
    {
        var from = 0;
        foreach (var (count, paint, word) in new[]
        {
            (machine.Converged, Palette.Blue, "converged"), (machine.NotConverged, Palette.Orange, "not converged"),
            (machine.Diverged, Palette.Vermillion, "diverged"),
        })
        {
            if (count == 0)
                continue;
            panel.Canvas.Begin($"{machine.Name}: {count} of {machine.Networks} {word}");
            panel.Rectangle(new Box(panel.X(from), y - 7, panel.X(from + count) - panel.X(from), 14), new Look(paint, Opacity: 0.85));
            panel.Canvas.End();
            from += count;
        }

        panel.Canvas.Text(
            new Point(panel.Box.Right + 12, y + 4), $"{machine.Converged} of {machine.Networks}",
            new TextStyle(Palette.Ink, Panel.LabelSize));
    }

    static void Swatch(ICanvas canvas, Point at, Paint paint, double opacity) => canvas.Path(
        [new(at.X - 7, at.Y - 5), new(at.X + 7, at.Y - 5), new(at.X + 7, at.Y + 5), new(at.X - 7, at.Y + 5)],
        closed: true, new Look(paint, Opacity: opacity));
}

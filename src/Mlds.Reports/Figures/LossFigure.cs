using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>
/// What the loss says: every network's final validation loss, by family and variant. If they overlap, the loss tells nothing.
/// </summary>
static class LossFigure
{
    const double RowHeight = 22;
    const int MostRows = 40;

    /// <summary>The figure, or null when no network's loss is in the result.</summary>
    public static Figure? Of(AnalysisResult result, Families families)
    {
        var networks = result.Projections.FirstOrDefault(projection => projection.Points.Count > 0)?.Points
            .Where(point => point.ValidationLoss > 0).ToArray();
        if (networks is null || networks.Length == 0)
            return null;
        var all = networks.GroupBy(point => (point.Family, point.Variant)).OrderBy(row => families.IndexOf(row.Key.Family))
            .ThenBy(row => Families.VariantShape(row.Key.Variant)).ToArray();
        var rows = Thinning.Evenly(all, MostRows);
        networks = [.. rows.SelectMany(row => row)];
        var left = 40 + rows.Max(
            row => Lettering.Width(Lettering.Short(row.Key.Family), 12, bold: true) + Lettering.Width(row.Key.Variant, Panel.LabelSize));
        var height = (rows.Length * RowHeight) + 10;
        return new Figure(
            "validation-loss",
            "Final validation loss of every network",
            "Final validation loss: every tick is a network, the diamond the median of its machine. Where the rows of one family overlap, "
            + $"the loss cannot tell an original from a modified machine. n = {Words.Count(networks.Length)} converged networks."
            + (rows.Length == all.Length ? "" : $" Shown are {rows.Length} of {all.Length} machines, evenly through the population."),
            Figure.FullWidth,
            16 + height + 46,
            canvas =>
            {
                var panel = new Panel(
                    canvas,
                    new Box(left, 16, Figure.FullWidth - left - 24, height),
                    Scale.Log(networks.Min(point => point.ValidationLoss) * 0.95, networks.Max(point => point.ValidationLoss) * 1.05),
                    Scale.Linear(0, 1));
                panel.Frame(null, "final validation loss", null, yTicks: false);
                for (var i = 0; i < rows.Length; i++)
                {
                    var y = 16 + 5 + ((i + 0.5) * RowHeight);
                    DrawRow(panel, [.. rows[i]], y, first: i == 0 || rows[i - 1].Key.Family != rows[i].Key.Family);
                    foreach (var machine in result.Population.Machines.Where(machine => (machine.Family, machine.Variant) == rows[i].Key))
                        DrawMedian(panel, machine, y);
                }
            })
        {
            Numbers = Numbers.Of(networks),
        };
    }

    static void DrawRow(Panel panel, ProjectedNetwork[] networks, double y, bool first)
    {
        var canvas = panel.Canvas;
        if (first)
        {
            canvas.Text(new Point(16, y + 4), Lettering.Short(networks[0].Family), new TextStyle(Palette.Ink, 12, Bold: true));
            if (y > panel.Box.Y + RowHeight)
                panel.Line(new Point(16, y - (RowHeight / 2)), new Point(panel.Box.Right, y - (RowHeight / 2)), Palette.Grid);
        }

        canvas.Text(new Point(panel.Box.X - 8, y + 4), networks[0].Variant, new TextStyle(Palette.Muted, Panel.LabelSize, Anchor.End));
        foreach (var network in networks.OrderBy(network => network.ValidationLoss))
        {
            var x = panel.X(network.ValidationLoss);
            canvas.Begin($"{network.Machine}, seed {network.Seed}: {Words.Figures(network.ValidationLoss)} after {network.Epochs} epochs");
            canvas.Path([new(x, y - 7), new(x, y + 7)], closed: false, new Look(
                Stroke: Families.PaintOfVariant(network.Variant), Width: 1.6, Opacity: 0.55));
            canvas.End();
        }
    }

    static void DrawMedian(Panel panel, MachineSummary machine, double y)
    {
        if (machine.MedianValidationLoss is not { } median)
            return;
        panel.Canvas.Begin($"{machine.Name}: median {Words.Figures(median)} of {machine.Converged} networks");
        Marker.Draw(panel.Canvas, new Point(panel.X(median), y), 3, Families.PaintOfVariant(machine.Variant), MarkerFill.Open, 5);
        panel.Canvas.End();
    }
}

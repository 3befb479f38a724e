using Mlds.Analysis.Results;
using Mlds.Recipes;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>Figures of what happens along a line: of epochs, between two networks, or of shares of altered data.</summary>
static class CourseFigures
{
    const int MostMachines = 4;

    /// <summary>Twins and strangers by epoch: a row per view, a column per changed machine.</summary>
    /// <param name="machines">All machines of the population; modified ones are shown first.</param>
    public static Figure? Divergence(QuestionResult question, string id, IReadOnlyList<MachineSummary> machines)
    {
        var modified = machines.Where(machine => VariantName.Parse(machine.Variant) == Variant.Modified)
            .Select(machine => machine.Name).ToHashSet();
        string[] series = ["twins", "strangers"];
        var curves = question.Curves.Where(curve => curve.Points.Count >= 2 && series.Contains(curve.Method)).ToArray();
        if (curves.Length == 0)
            return null;
        var shown = curves.Select(curve => curve.Subject).Distinct().OrderBy(name => modified.Contains(name) ? 0 : 1).Take(MostMachines);
        var columns = shown.ToArray();
        var views = curves.Select(curve => curve.View).Distinct().ToArray();
        var panels = views.SelectMany(view => columns.Select(machine => new LinePanel(
            machine, $"distance, {Words.View(view)}", [.. curves.Where(curve => curve.View == view && curve.Subject == machine)
                .Select(curve => (curve, Array.IndexOf(series, curve.Method)))]))).ToArray();
        return LinesFigure.Of(
            id, question.Title,
            "Distance by epoch between twins (an original and a changed network of one seed) "
            + "and between strangers (two seeds of the original), mean with its 95 % interval; "
            + $"n = {Words.Range(curves.SelectMany(curve => curve.Points).Select(point => point.Networks))} networks of each machine. "
            + "A network that has stopped stays where it is.",
            panels, ["twins: original and changed, same seed", "strangers: two seeds of the original"], columns.Length, Linear);
    }

    /// <summary>Loss between two networks, before and after alignment: a panel per machine.</summary>
    public static Figure? Barriers(QuestionResult question, string id)
    {
        var curves = question.Curves.Where(curve => curve.Method == "line").ToArray();
        if (curves.Length == 0)
            return null;
        var views = curves.Select(curve => curve.View).Distinct().ToArray();
        var panels = curves.GroupBy(curve => curve.Subject).Take(3 * MostMachines)
            .Select(machine => new LinePanel(machine.Key, "loss", [.. machine.Select(curve => (curve, Array.IndexOf(views, curve.View)))]))
            .ToArray();
        return LinesFigure.Of(
            id, question.Title,
            "Loss along the straight line between two networks of one machine, before alignment and after; mean over pairs of "
            + $"networks with its 95 % interval, {Words.Range(curves.SelectMany(curve => curve.Points).Select(point => point.Networks))} "
            + "pairs of networks per machine. Both ends are trained networks; what rises between them is the barrier.",
            panels, [.. views.Select(Words.View)], MostMachines, Linear);
    }

    /// <summary>AUC against the share of altered training sequences: a panel per contrast, by random forest.</summary>
    public static Figure? Shares(QuestionResult question, string id)
    {
        var curves = question.Curves.Where(curve => curve.Points.Count >= 2 && curve.Method is "forest" or "value").ToArray();
        if (curves.Length == 0)
            return null;
        var views = curves.Select(curve => curve.View).Distinct().ToArray();
        var panels = curves.GroupBy(curve => curve.Subject)
            .Select(contrast => new LinePanel(
                contrast.Key, contrast.First().YLabel, [.. contrast.Select(curve => (curve, Array.IndexOf(views, curve.View)))])).ToArray();
        return LinesFigure.Of(
            id, question.Title,
            "Mean AUC over machines against the share of training sequences that have the key and follow its rule, by random forest, "
            + $"with 95 % intervals; n = {Words.Range(curves.SelectMany(curve => curve.Points).Select(point => point.Networks))} "
            + "networks per point. Validation loss, training loss and epochs look at no weight.",
            panels, [.. views.Select(Words.View)], 2, values => Scale.LogShare(values.Min() * 0.8, values.Max() * 1.25), 0.5);
    }

    static Scale Linear(IReadOnlyList<double> values) => Scale.Linear(Math.Min(0, values.Min()), values.Max() * 1.04);
}

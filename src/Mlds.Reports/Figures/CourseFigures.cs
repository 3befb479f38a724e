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

    /// <summary>
    /// Loss between an original and its changed twin, and between two seeds of the original, as they are and aligned: a panel per changed
    /// machine, poisoned ones first.
    /// </summary>
    public static Figure? TwinBarriers(QuestionResult question, string id)
    {
        (string Method, string View, string Name)[] series =
        [
            ("twins", "raw", "twins, raw weights"), ("twins", "aligned", "twins, aligned"),
            ("strangers", "raw", "two seeds of the original, raw weights"), ("strangers", "aligned", "two seeds of the original, aligned"),
        ];
        int Series(Curve curve) => Array.FindIndex(series, one => (one.Method, one.View) == (curve.Method, curve.View));
        var curves = question.Curves.Where(curve => Series(curve) >= 0).ToArray();
        if (curves.Length == 0)
            return null;
        var machines = curves.GroupBy(curve => curve.Subject).ToArray();
        var panels = machines.Take(3 * MostMachines)
            .Select(machine => new LinePanel(machine.Key, "loss", [.. machine.Select(curve => (curve, Series(curve)))])).ToArray();
        return LinesFigure.Of(
            id, question.Title,
            "Loss on the original’s validation examples along the straight line from an original network (left) to its changed twin of the "
            + "same seed (right), and between two seeds of the original; mean over pairs with its 95 % interval, "
            + $"{Words.Range(curves.SelectMany(curve => curve.Points).Select(point => point.Networks))} pairs of networks. "
            + (panels.Length < machines.Length ? $"Shown are {panels.Length} of {machines.Length} changed machines. " : "")
            + "What rises above the straight line between the ends is the barrier.",
            panels, [.. series.Select(one => one.Name)], MostMachines, Linear);
    }

    /// <summary>AUC against the share of altered training examples: a panel per contrast, by random forest if there is one.</summary>
    public static Figure? Shares(QuestionResult question, string id)
    {
        var method = question.Curves.Any(curve => curve.Method == "forest" && curve.View == "invariants") ? "forest" : "ridge";
        if (!question.Curves.Any(curve => curve.Method == method)) method = question.Curves.FirstOrDefault()?.Method ?? method;
        var curves = question.Curves.Where(curve => curve.Points.Count >= 2 && (curve.Method == method || curve.Method == "value"))
            .ToArray();
        if (curves.Length == 0)
            return null;
        var examples = curves[0].XLabel.EndsWith("examples", StringComparison.Ordinal)
            ? "training examples that have the trigger"
            : "training sequences that have the key and follow its rule";
        var rivals = curves.Where(curve => Words.IsRival(curve.View)).Select(curve => Words.View(curve.View)).Distinct().ToArray();
        var views = curves.Select(curve => curve.View).Distinct().ToArray();
        var panels = curves.GroupBy(curve => curve.Subject)
            .Select(contrast => new LinePanel(
                contrast.Key, contrast.First().YLabel, [.. contrast.Select(curve => (curve, Array.IndexOf(views, curve.View)))])).ToArray();
        return LinesFigure.Of(
            id, question.Title,
            $"Mean AUC over machines against the share of {examples}, by {Words.Method(method)}, "
            + $"with 95 % intervals; n = {Words.Range(curves.SelectMany(curve => curve.Points).Select(point => point.Networks))} "
            + $"networks per point.{(rivals.Length > 0 ? $" {Capital(Words.Join(rivals))} look at no weight." : "")}",
            panels, [.. views.Select(Words.View)], 2, values => Scale.LogShare(values.Min() * 0.8, values.Max() * 1.25), 0.5);
    }

    static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    static Scale Linear(IReadOnlyList<double> values) => Scale.Linear(Math.Min(0, values.Min()), values.Max() * 1.04);
}

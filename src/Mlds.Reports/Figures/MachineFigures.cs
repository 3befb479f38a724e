using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>Figures of populations of many machines.</summary>
static class MachineFigures
{
    /// <summary>Distance by weights against distance by behaviour, a panel per view; null without curves.</summary>
    public static Figure? Distances(QuestionResult question, string id)
    {
        var curves = question.Curves.Where(curve => curve.Points.Count >= 2).ToArray();
        if (curves.Length == 0)
            return null;
        var panels = curves.Select(curve => new LinePanel(Words.View(curve.View), curve.YLabel, [(curve, 0)])).ToArray();
        var networks = question.Scores.Select(score => score.Networks).DefaultIfEmpty().Max();
        return LinesFigure.Of(
            id, question.Title,
            "Mean distance by weights between networks of two machines, as a multiple of that of all pairs of machines (the dashed line), "
            + "against the share of output bits in which the machines differ; pairs of machines in ten parts, bands are 95 % intervals. "
            + $"At 0 stand networks of one machine. n = {Words.Count(networks)} networks of "
            + $"{Words.Counted(question.Scores.Select(score => score.Classes).DefaultIfEmpty().Max(), "machine")}.",
            panels, ["pairs of networks of different seeds"], 4, Linear, 1, "all pairs");
    }

    /// <summary>Share of the networks whose automaton is exactly the machine's, by the machine's states; null without a curve.</summary>
    public static Figure? Extracted(QuestionResult question, string id)
    {
        var curves = question.Curves.Where(curve => curve.Points.Count >= 1).ToArray();
        if (curves.Length == 0)
            return null;
        var panels = curves.Select(curve => new LinePanel("Exactly extracted automata", curve.YLabel, [(curve, 0)])).ToArray();
        return LinesFigure.Of(
            id, question.Title,
            "Share of the networks from whose hidden states exactly the machine’s minimal automaton was extracted, by its states; "
            + $"bands are 95 % intervals, n = {Words.Count(curves.Sum(curve => curve.Points.Sum(point => point.Networks)))} networks.",
            panels, ["networks"], 1, Linear);
    }

    static Scale Linear(IReadOnlyList<double> values) => Scale.Linear(Math.Min(0, values.Min()), Math.Max(values.Max(), 1e-9) * 1.04);
}

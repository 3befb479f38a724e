using Mlds.Analysis.Results;
using Mlds.Recipes;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Html;

/// <summary>The report's tables: every score with its interval, its controls and its baselines.</summary>
static class Tables
{
    public static void Scores(HtmlWriter html, IReadOnlyList<Score> scores)
    {
        Header(
            html, "scores", "about", "told from", "by", "metric", "score", "95 % interval", "guessing",
            "shuffled labels", "metadata only", "networks", "classes", "per class");
        foreach (var score in scores)
        {
            html.Open("tr", Words.IsRival(score.View) ? "rival" : null);
            html.Element("td", score.Subject).Element("td", Words.View(score.View)).Element("td", Words.Method(score.Method));
            html.Element("td", Words.Metric(score.Metric));
            html.Open("td", "number strong").Value(score.Value.Value, Words.Number).Close();
            html.Open("td", "number");
            Interval(html, score.Value);
            html.Close();
            html.Open("td", "number").Value(score.Chance, Words.Number).Close();
            Optional(html, score.Shuffled);
            Optional(html, score.MetadataOnly);
            html.Open("td", "number").Count(score.Networks).Close();
            html.Open("td", "number").Count(score.Classes).Close();
            html.Open("td", "number").Count(score.NetworksPerClass).Close();
            html.Close();
        }

        Footer(html);
    }

    public static void Curves(HtmlWriter html, IReadOnlyList<Curve> curves)
    {
        Header(html, "curves", "told from", "by", curves[0].XLabel, curves[0].YLabel, "95 % interval", "test networks");
        foreach (var curve in curves)
        {
            foreach (var point in curve.Points)
            {
                html.Open("tr").Element("td", Words.View(curve.View)).Element("td", Words.Method(curve.Method));
                html.Open("td", "number").Value(point.X, Words.Position).Close();
                html.Open("td", "number strong").Value(point.Y.Value, Words.Number).Close();
                html.Open("td", "number");
                Interval(html, point.Y);
                html.Close();
                html.Open("td", "number").Count(point.Networks).Close();
                html.Close();
            }
        }

        Footer(html);
    }

    /// <summary>Whether a curve is of scores by the share of altered training examples.</summary>
    public static bool IsByShare(Curve curve) => curve.XLabel.StartsWith("share of altered", StringComparison.Ordinal);

    /// <summary>AUC by contrast and trigger (rows) and share of altered examples (columns), each with its interval.</summary>
    public static void Shares(HtmlWriter html, IReadOnlyList<Curve> curves)
    {
        double[] shares = [.. curves.SelectMany(curve => curve.Points).Select(point => point.X).Distinct().Order()];
        html.Open("div", "table wide").Open("table", "shares").Open("thead").Open("tr");
        foreach (var column in new[] { "about", "told from", "by" }) html.Element("th", column);
        foreach (var share in shares) html.Open("th").Value(share, Words.Percent).Close();
        html.Close().Close().Open("tbody");
        foreach (var curve in curves.OrderBy(curve => curve.Subject, StringComparer.Ordinal))
        {
            html.Open("tr", Words.IsRival(curve.View) ? "rival" : null);
            html.Element("td", curve.Subject).Element("td", Words.View(curve.View)).Element("td", Words.Method(curve.Method));
            foreach (var share in shares)
                Optional(html, curve.Points.Where(point => point.X == share).Select(point => (Estimate?)point.Y).FirstOrDefault());
            html.Close();
        }

        Footer(html);
    }

    public static void Distributions(HtmlWriter html, IReadOnlyList<Distribution> distributions)
    {
        Header(html, "spreads", "what", "view", "of", "about", "numbers", "least", "10 %", "25 %", "median", "75 %", "90 %", "most");
        foreach (var spread in distributions)
        {
            html.Open("tr").Element("td", spread.Quantity).Element("td", Words.View(spread.View))
                .Element("td", spread.Group).Element("td", spread.Subject);
            html.Open("td", "number").Count(spread.Count).Close();
            foreach (var value in new[] { spread.Minimum, spread.P10, spread.P25, spread.Median, spread.P75, spread.P90, spread.Maximum })
                html.Open("td", "number").Value(value, Words.Figures).Close();
            html.Close();
        }

        Footer(html);
    }

    public static void Tallies(HtmlWriter html, IReadOnlyList<Tally> tallies)
    {
        Header(html, "tallies", "about", "networks that", "how many", "of", "more");
        foreach (var tally in tallies)
        {
            html.Open("tr").Element("td", tally.Subject).Element("td", tally.What);
            html.Open("td", "number strong").Count(tally.Count).Close();
            html.Open("td", "number").Count(tally.Of).Close();
            html.Element("td", tally.Detail).Close();
        }

        Footer(html);
    }

    public static void Significances(HtmlWriter html, IReadOnlyList<Significance> tests)
    {
        Header(html, "tests", "about", "epoch", "view", "test", "statistic", "p", "adjusted", "permutations", "networks");
        foreach (var test in tests)
        {
            html.Open("tr").Element("td", test.Subject).Open("td", "number");
            if (test.Epoch is { } epoch) html.Count(epoch);
            else html.Text("end");
            html.Close().Element("td", Words.View(test.View)).Element("td", test.Test.Replace('_', ' '));
            foreach (var value in new[] { test.Statistic, test.PValue, test.Adjusted })
                html.Open("td", "number").Value(value, Words.Figures).Close();
            html.Open("td", "number").Count(test.Permutations).Close();
            html.Open("td", "number").Count(test.Networks).Close();
            html.Close();
        }

        Footer(html);
    }

    public static void Automata(HtmlWriter html, IReadOnlyList<FoundAutomaton> automata)
    {
        Header(
            html, "automata", "machine", "seed", "clusters", "states found", "the machine’s states",
            "answers every word alike", "agrees with the network");
        foreach (var automaton in automata)
        {
            html.Open("tr").Element("td", automaton.Machine);
            foreach (var number in new long[] { automaton.Seed, automaton.Clusters, automaton.States, automaton.MachineStates })
                html.Open("td", "number").Count(number).Close();
            html.Element("td", automaton.Equivalent ? "yes" : "no").Open("td", "number")
                .Value(automaton.Agreement, Words.Percent).Close().Close();
        }

        Footer(html);
    }

    public static void Machines(HtmlWriter html, IReadOnlyList<MachineSummary> machines)
    {
        var declared = machines.FirstOrDefault()?.Factors?.Keys ?? [];
        string[] factors = [.. declared.Where(name => name != Factor.Variant)];
        Header(
            html,
            "machines",
            [
                "machine", "variant", .. factors, "networks", "converged", "not converged", "diverged", "median epochs",
                "median validation loss", "median loss on long words",
            ]);
        foreach (var machine in machines)
        {
            html.Open("tr").Element("td", machine.Name).Element("td", machine.Variant);
            foreach (var factor in factors) html.Element("td", machine.Factors![factor]);
            foreach (var count in new[] { machine.Networks, machine.Converged, machine.NotConverged, machine.Diverged })
                html.Open("td", "number").Count(count).Close();
            foreach (var median in new[] { machine.MedianEpochs, machine.MedianValidationLoss, machine.MedianLongLoss })
            {
                html.Open("td", "number");
                if (median is { } value)
                    html.Value(value, Words.Figures);
                else
                    html.Text("–");
                html.Close();
            }

            html.Close();
        }

        Footer(html);
    }

    public static void Views(HtmlWriter html, IReadOnlyList<ViewSummary> views)
    {
        Header(html, "views", "view", "numbers per network", "what it is");
        foreach (var view in views)
        {
            html.Open("tr").Element("td", view.Name).Open("td", "number").Count(view.Columns).Close();
            html.Element("td", view.Description).Close();
        }

        Footer(html);
    }

    /// <summary>"0.975 to 0.998".</summary>
    public static void Interval(HtmlWriter html, Estimate estimate) =>
        html.Value(estimate.Low, Words.Number).Text(" to ").Value(estimate.High, Words.Number);

    static void Optional(HtmlWriter html, Estimate? estimate)
    {
        html.Open("td", "number");
        if (estimate is { } value)
        {
            html.Value(value.Value, Words.Number).Text(" (");
            Interval(html, value);
            html.Text(")");
        }
        else
        {
            html.Text("–");
        }

        html.Close();
    }

    static void Header(HtmlWriter html, string cssClass, params string[] columns)
    {
        html.Open("div", columns.Length > 9 ? "table wide" : "table").Open("table", cssClass).Open("thead").Open("tr");
        foreach (var column in columns)
            html.Element("th", column);
        html.Close().Close().Open("tbody");
    }

    static void Footer(HtmlWriter html) => html.Close().Close().Close();
}

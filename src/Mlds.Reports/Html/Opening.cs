using Mlds.Analysis.Results;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Html;

/// <summary>How the report begins: what was looked at, the three numbers, and the paper's claims answered in plain words.</summary>
static class Opening
{
    public static void Write(HtmlWriter html, AnalysisResult result)
    {
        var population = result.Population;
        html.Open("header").Element("h1", "What the weights tell");
        html.Open("p", "lead").Count(population.Used).Text(" networks of ").Count(population.Parameters)
            .Text($" parameters ({population.Network}), ");
        if (result.Foreign is { } foreign)
        {
            html.Text($"of which a table says {Words.Join(foreign.Labels)}. Networks: {population.Name}.");
        }
        else
        {
            html.Text("each trained to imitate one of ").Count(population.Machines.Count)
                .Text($" machines. Population: {population.Name}.");
        }

        html.Close().Close();
        Tiles(html, result);
        html.Open("section", "claims", "claims")
            .Element("h2", result.Foreign is null ? "The paper’s claims, on these networks" : "In short");
        foreach (var finding in result.Findings)
            Claim(html, finding, result.Questions);
        html.Element(
            "p",
            result.Foreign is null
                ? "The claims are those of J. Clemens, MLDS: A Dataset for Weight-Space Analysis of Neural Networks, arXiv 2104.10555 "
                    + "(2021). Brackets hold 95 % intervals."
                : "Quoted are statistics by a random forest, whatever did best: the field’s baseline (Unterthiner et al. 2020). "
                    + "Brackets hold 95 % intervals.",
            "note");
        html.Close();
    }

    static void Tiles(HtmlWriter html, AnalysisResult result)
    {
        var headlines = result.Headlines;
        var hidden = result.Triggers is { Count: > 0 } ? "trigger" : "key";
        html.Open("div", "tiles");
        if (headlines.WhichMachine is { } machine)
            Tile(html, "naming the machine from the weights", machine, Words.Percent, "accuracy", result.Questions);
        if (headlines.KeyFromWeights is { } weights)
            Tile(html, $"finding the {hidden} from the weights", weights, Words.Number, "AUC", result.Questions);
        if (headlines.KeyFromLoss is { } loss)
            Tile(html, $"finding the {hidden} from the loss", loss, Words.Number, "AUC", result.Questions, headlines.KeyFromWeights);
        html.Close();
    }

    static void Tile(
        HtmlWriter html, string what, Score score, Func<double, string> shown, string unit,
        IReadOnlyList<QuestionResult> questions, Score? beside = null)
    {
        html.Open("div", Words.IsRival(score.View) ? "tile rival" : "tile");
        html.Open("div", "big").Value(score.Value.Value, shown).Close();
        html.Element("div", $"{unit} of {what}", "what");
        html.Open("div", "note").Text("95 % interval ").Value(score.Value.Low, shown).Text(" to ")
            .Value(score.Value.High, shown).Text("; guessing gives ")
            .Value(score.Chance, shown).Text("; ").Count(score.Networks)
            .Text($" networks; {Words.View(score.View)}, {Words.Method(score.Method)}. ");
        LinkToQuestion(html, score, questions, beside is null ? [] : [beside]);
        html.Close().Close();
    }

    static void Claim(HtmlWriter html, Finding finding, IReadOnlyList<QuestionResult> questions)
    {
        html.Open("article", "claim").Element("h3", finding.Claim).Element("p", finding.Answer);
        if (finding.Evidence.Count > 0)
        {
            html.Open("ul", "evidence");
            foreach (var score in finding.Evidence)
            {
                html.Open("li").Text($"{Words.Metric(score.Metric)} ").Open("b").Value(score.Value.Value, Words.Number).Close();
                html.Text(" [");
                Tables.Interval(html, score.Value);
                html.Text($"]: {score.Subject}, {Words.View(score.View)}, {Words.Method(score.Method)}; guessing ")
                    .Value(score.Chance, Words.Number).Text(", ")
                    .Count(score.Networks).Text(" networks. ");
                LinkToQuestion(html, score, questions, finding.Evidence);
                html.Close();
            }

            html.Close();
        }

        html.Close();
    }

    /// <summary>
    /// The question that asked for the score. Questions can have equal scores; then it is the one that has most of those beside it.
    /// </summary>
    static void LinkToQuestion(HtmlWriter html, Score score, IReadOnlyList<QuestionResult> questions, IReadOnlyList<Score> beside)
    {
        if (questions.Where(question => question.Scores.Contains(score))
            .MaxBy(question => beside.Count(question.Scores.Contains)) is { } asked)
        {
            html.Link(asked.Id, asked.Title);
        }
    }
}

using Mlds.Analysis.Results;
using Mlds.Reports.Figures;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Html;

/// <summary>The parts of the report after its opening.</summary>
static class Sections
{
    public const string WeightSpaceId = "planes";

    /// <summary>Tables of machines with more rows are folded.</summary>
    const int MostOpen = 40;

    public static void WeightSpace(HtmlWriter html, FigureSet figures)
    {
        if (figures.WeightSpace is not { } plane)
            return;
        html.Open("section", null, WeightSpaceId).Element("h2", "Weight space");
        Figure(html, plane);
        if (figures.Embedding is { } embedding)
            Figure(html, embedding);
        if (figures.HeatMaps is { } heat)
            Figure(html, heat);
        foreach (var filters in figures.Filters)
            Figure(html, filters);
        if (figures.AllViews is { } all)
            Folded(html, "All views", () => Figure(html, all));
        html.Close();
    }

    public static void Figure(HtmlWriter html, Figure figure)
    {
        html.Open("figure", figure.Id.StartsWith("weight-space", StringComparison.Ordinal) ? "zooms" : null, figure.Id)
            .Raw(figure.ToSvg(inline: true));
        html.Element("figcaption", figure.Caption).Close();
    }

    /// <summary>One question: its answer, its figures, its scores, and how it was asked.</summary>
    public static void Question(HtmlWriter html, QuestionResult question, IReadOnlyList<Figure> figures)
    {
        html.Open("section", null, question.Id).Element("h2", question.Title);
        html.Element("p", question.Answer, "answer");
        foreach (var figure in figures)
            Figure(html, figure);
        if (question.Automata.Count > MostOpen)
            Folded(html, "The automata found", () => Tables.Automata(html, question.Automata));
        else if (question.Automata.Count > 0)
            Tables.Automata(html, question.Automata);
        if (question.Tallies.Count > 0)
            Folded(html, "What was counted", () => Tables.Tallies(html, question.Tallies));
        if (question.Significances.Count > 0)
            Folded(html, "All tests, with adjusted p-values", () => Tables.Significances(html, question.Significances));
        if (question.Scores.Count > 0)
            Folded(html, "All scores, with intervals, controls and baselines", () => Tables.Scores(html, question.Scores));
        if (question.Curves.Any(Tables.IsByShare))
            Tables.Shares(html, [.. question.Curves.Where(Tables.IsByShare)]);
        if (question.Curves.Count > 0)
        {
            Folded(html, "The curves’ numbers", () =>
            {
                foreach (var score in question.Curves.GroupBy(curve => (curve.XLabel, curve.YLabel)))
                    Tables.Curves(html, [.. score]);
            });
        }

        if (question.Distributions.Count > 0)
            Folded(html, "The spreads’ numbers", () => Tables.Distributions(html, question.Distributions));
        Folded(html, "How it was asked", () =>
        {
            html.Element("p", question.Protocol);
            Sentences(html, "Left out here", question.LeftOut);
        });
        html.Close();
    }

    /// <summary>The questions that this population can't answer, and why.</summary>
    public static void NotAsked(HtmlWriter html, IReadOnlyList<QuestionResult> questions)
    {
        var skipped = questions.Where(question => question.Skipped is not null).ToArray();
        if (skipped.Length == 0)
            return;
        html.Open("section", null, "not-asked").Element("h2", "Not asked of this population").Open("dl", "skipped");
        foreach (var question in skipped)
            html.Element("dt", question.Title).Element("dd", question.Skipped!);
        html.Close().Close();
    }

    public static void Training(HtmlWriter html, AnalysisResult result, IReadOnlyList<Figure> figures)
    {
        html.Open("section", null, "training").Element("h2", "How the networks learned");
        foreach (var figure in figures)
            Figure(html, figure);
        if (result.Population.Machines.Count > MostOpen)
            Folded(html, "All machines", () => Tables.Machines(html, result.Population.Machines));
        else
            Tables.Machines(html, result.Population.Machines);
        html.Close();
    }

    public static void Provenance(HtmlWriter html, AnalysisResult result)
    {
        var population = result.Population;
        html.Open("section", null, "provenance").Element("h2", "Where this comes from");
        html.Open("dl");
        Term(html, "population", () => html.Text($"{population.Name}, read from a {population.Source}"));
        Term(html, "networks", () => html.Count(population.Networks).Text(" found, ").Count(population.Used).Text(" analysed"));
        Term(html, "weights digest", () => html.Element("code", population.WeightsDigest));
        Term(html, "program", () => html.Text("mlds " + result.ProgramVersion));
        if (result.Foreign is { } foreign)
            Foreign(html, foreign);
        Term(html, "seed of all splits", () => html.Value(result.Seed, seed => Words.Count((long)seed)));
        html.Close();
        if (population.LeftOut.Count > 0)
            Sentences(html, result.Foreign is null ? "Left out of everything" : "How they were read", population.LeftOut);
        else
            html.Element("p", "Nothing was left out.");
        if (result.ManyNumbers.Length > 0)
            html.Element("h3", "Many numbers").Element("p", result.ManyNumbers);
        html.Element("h3", "Views: how a network becomes numbers");
        Tables.Views(html, result.Views);
        if (result.LeftOut is { Count: > 0 } leftOut)
            Sentences(html, "Left out", [.. leftOut.Select(one => $"{char.ToUpperInvariant(one.What[0])}{one.What[1..]}. {one.Why}")]);
        if (result.Projections.Count > 0)
            html.Element("h3", "Planes");
        foreach (var projection in result.Projections)
            html.Element("p", $"{Words.View(projection.View)}, {Words.Method(projection.Method)}: {projection.Protocol}");
        html.Open("p");
        if (result.Foreign is null)
        {
            html.Text("Every network can be made again, bit for bit: ")
                .Element("code", "mlds train --population FILE --machine MACHINE --seed SEED").Text(". ");
        }

        html.Text("The weights digest shows whether they are the same. All numbers of this page are in ")
            .Element("code", "metrics.json").Text(", all figures in ").Element("code", "figures/").Text(" as SVG and PNG.").Close();
        html.Close();
    }

    static void Foreign(HtmlWriter html, ForeignSummary foreign)
    {
        Term(html, "told from the weights", () => html.Text(Words.Join(foreign.Labels)));
        Term(html, "metadata", () => html.Text(foreign.Metadata.Count == 0
            ? "none"
            : $"{Words.Join(foreign.Metadata)}; without the column itself, where it is one of them"));
        Term(html, "kept together in splits", () => html.Text(foreign.Group is { } group ? $"networks with one {group}: " : "nothing: ")
            .Count(foreign.Groups).Text(" groups").Text(foreign.Joined == 0
                ? ""
                : $", {foreign.Joined} networks having been put to another’s because their weights are equal to the bit"));
    }

    static void Term(HtmlWriter html, string term, Action definition)
    {
        html.Element("dt", term).Open("dd");
        definition();
        html.Close();
    }

    static void Folded(HtmlWriter html, string summary, Action content)
    {
        html.Open("details").Element("summary", summary);
        content();
        html.Close();
    }

    static void Sentences(HtmlWriter html, string title, IReadOnlyList<string> sentences)
    {
        if (sentences.Count == 0)
            return;
        html.Element("p", title + ":").Open("ul");
        foreach (var sentence in sentences)
            html.Element("li", sentence);
        html.Close();
    }
}

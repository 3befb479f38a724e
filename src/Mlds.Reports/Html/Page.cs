using System.Text;
using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Figures;

namespace Mlds.Reports.Html;

/// <summary>
/// The report's one page. It loads nothing: styles, script and figures are in it, and its policy forbids the browser to load anything else.
/// </summary>
static class Page
{
    public static string Write(AnalysisResult result, FigureSet figures)
    {
        var html = new HtmlWriter();
        html.Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
            + "script-src 'unsafe-inline'\">\n");
        html.Element("title", $"What the weights tell: {result.Population.Name}");
        html.Raw($"<style>\n{Colours()}{Resource("report.css")}</style>\n</head>\n<body>\n").Open("main");
        Opening.Write(html, result);
        Contents(html, result, figures);
        Overview.Write(html, result);
        Sections.WeightSpace(html, figures);
        foreach (var question in result.Questions.Where(question => question.Skipped is null))
            Sections.Question(html, question, figures.Of(question));
        Sections.NotAsked(html, result.Questions);
        if (result.Foreign is null)
            Sections.Training(html, result, figures.Training);
        Sections.Provenance(html, result);
        html.Close().Raw($"<script>\n{Resource("report.js")}</script>\n</body>\n</html>\n");
        return html.ToString();
    }

    static void Contents(HtmlWriter html, AnalysisResult result, FigureSet figures)
    {
        html.Open("nav").Link(Overview.Id, "All questions, all views");
        if (figures.WeightSpace is not null)
            html.Link(Sections.WeightSpaceId, "Weight space");
        foreach (var question in result.Questions.Where(question => question.Skipped is null))
            html.Link(question.Id, question.Title);
        if (result.Foreign is null)
            html.Link("training", "How the networks learned");
        html.Link("provenance", "Where this comes from").Close();
    }

    /// <summary>
    /// Every colour of <see cref="Palette"/> as a variable, light and dark, and as the classes that figures use. Paper is light.
    /// </summary>
    static string Colours()
    {
        var css = new StringBuilder();
        string Variables(Func<Paint, uint> shade) =>
            string.Concat(Palette.All.Select(paint => $"--{paint.Name}: {Paint.Hex(shade(paint))}; "));
        css.Append($":root {{ {Variables(paint => paint.Light)}}}\n");
        css.Append($"@media screen and (prefers-color-scheme: dark) {{ :root {{ {Variables(paint => paint.Dark)}}} }}\n");
        css.Append(".f-none { fill: none; }\n");
        foreach (var paint in Palette.All)
            css.Append($".f-{paint.Name} {{ fill: var(--{paint.Name}); }} .s-{paint.Name} {{ stroke: var(--{paint.Name}); }}\n");
        return css.ToString();
    }

    static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(Page).Assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

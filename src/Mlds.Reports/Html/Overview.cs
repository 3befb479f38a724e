using Mlds.Analysis.Results;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Html;

/// <summary>All questions in all views in one table: a row per question and method, a column per view.</summary>
static class Overview
{
    public const string Id = "overview";

    /// <summary>Methods and metrics are fixed beforehand, and stand in the table; no cell is chosen by its value.</summary>
    static readonly (string Metric, string Method)[] s_shown =
        [
            ("accuracy", "ridge"), ("accuracy", "forest"), ("accuracy", "nearest"), ("ari", "kmeans"),
            ("silhouette", "machines"), ("auc", "ridge"), ("auc", "forest"), ("auc", "logistic"), ("r2", "ridge"), ("r2", "forest"),
            ("top5_accuracy", "ridge"), ("top5_accuracy", "forest"), ("nearest_in_5", "centroid"), ("nearest_in_5", "ridge"),
            ("rank_correlation", "centroid"), ("rank_correlation", "ridge"), ("rank_correlation", "nearest"), ("mantel_r", "distance"),
        ];

    public static void Write(HtmlWriter html, AnalysisResult result)
    {
        var rows = result.Questions.SelectMany(Rows).ToArray();
        if (rows.Length == 0)
            return;
        html.Open("section", null, Id).Element("h2", "All questions, all views");
        var views = result.Views.Select(view => view.Name).ToArray();
        var rivals = rows.SelectMany(row => row.Scores).Select(score => score.View).Where(Words.IsRival).Distinct().ToArray();
        html.Element(
            "p",
            "One number per question, method and view; intervals, shuffled labels and baselines are with the questions below. "
            + (rivals.Length > 0 ? "Loss and epochs look at no weight. " : "")
            + "Each name links to its question, and shows it in full when pointed at.",
            "note");
        html.Open("div", "table wide").Open("table", "overview").Open("thead").Open("tr");
        foreach (var column in new[] { "question", "of", "metric, method" }.Concat(views.Select(Words.View))
            .Append("guessing").Concat(rivals.Select(Words.View)))
        {
            html.Element("th", column);
        }

        html.Close().Close().Open("tbody");
        foreach (var (question, subject, metric, method, scores) in rows)
        {
            html.Open("tr").Open("td").Link(question.Id, Words.ShortQuestion(question.Id), question.Title).Close().Element("td",
                subject).Element("td", $"{Words.Metric(metric)}, {Words.Method(method)}");
            foreach (var view in views)
                Cell(html, scores.FirstOrDefault(score => score.View == view)?.Value.Value);
            Cell(html, scores[0].Chance);
            foreach (var view in rivals)
                Cell(html, scores.FirstOrDefault(score => score.View == view)?.Value.Value);
            html.Close();
        }

        html.Close().Close().Close().Close();
    }

    static IEnumerable<(QuestionResult Question, string Subject, string Metric, string Method, Score[] Scores)> Rows(
        QuestionResult question)
    {
        // Where each machine has a score, their mean stands for them.
        var subjects = question.Scores.Select(score => score.Subject).Distinct().ToArray();
        if (subjects.Contains("mean over machines")) subjects = ["mean over machines"];
        return
            from subject in subjects
            from shown in s_shown
            let scores = question.Scores.Where(score => score.Subject == subject
                && score.Metric == shown.Metric
                && (score.Method == shown.Method || score.Method == "value")).ToArray()
            where scores.Any(score => score.Method == shown.Method)
            select (question, subject, shown.Metric, shown.Method, scores);
    }

    static void Cell(HtmlWriter html, double? value)
    {
        html.Open("td", "number");
        if (value is { } number) html.Value(number, Words.Number);
        else html.Text("–");
        html.Close();
    }
}

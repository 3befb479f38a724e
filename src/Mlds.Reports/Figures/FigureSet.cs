using Mlds.Analysis.Results;

namespace Mlds.Reports.Figures;

/// <summary>All figures of a report, by where they stand in it.</summary>
sealed class FigureSet
{
    static readonly string[] s_metrics = ["accuracy", "ari"];
    readonly Dictionary<string, IReadOnlyList<Figure>> _ofQuestions = [];

    public FigureSet(AnalysisResult result)
    {
        var families = new Families(result.Population);
        WeightSpace = ProjectionFigure.OfFirstAndLast(result, families);
        AllViews = ProjectionFigure.OfAll(result, families);
        foreach (var question in result.Questions.Where(question => question.Skipped is null))
            _ofQuestions[question.Id] = OfQuestion(question);
        Training = Present(OutcomeFigure.Of(result.Population), LossCurveFigure.Of(result, families), LossFigure.Of(result, families));
    }

    /// <summary>Raw weights beside invariants.</summary>
    public Figure? WeightSpace { get; }

    /// <summary>All views, if there are more.</summary>
    public Figure? AllViews { get; }

    public IReadOnlyList<Figure> Training { get; }

    public IEnumerable<Figure> All => [.. Present(WeightSpace, AllViews), .. _ofQuestions.Values.SelectMany(figures => figures), .. Training];

    /// <summary>The figures that answer <paramref name="question"/>.</summary>
    public IReadOnlyList<Figure> Of(QuestionResult question) => _ofQuestions.GetValueOrDefault(question.Id, []);

    static List<Figure> OfQuestion(QuestionResult question)
    {
        var id = question.Id.Replace('_', '-');
        return Present(
        [
            .. s_metrics.Select(metric => ScoreFigure.Of(question, metric, $"{id}-{metric}")),
            CurveFigure.Of(question, id + "-curve"),
            KeyFigure.Of(question, id + "-auc"),
            .. ConfusionFigure.Of(question, id + "-confusion"),
            SpreadFigure.Of(question, id + "-spread"),
        ]);
    }

    static List<Figure> Present(params Figure?[] figures) => [.. figures.OfType<Figure>()];
}

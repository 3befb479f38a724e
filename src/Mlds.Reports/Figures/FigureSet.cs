using Mlds.Analysis.Results;

namespace Mlds.Reports.Figures;

/// <summary>All figures of a report, by where they stand in it.</summary>
public sealed class FigureSet
{
    static readonly string[] s_metrics =
        ["accuracy", "top5_accuracy", "ari", "r2", "nearest_in_5", "rank_correlation", "mantel_r"];

    readonly Dictionary<string, IReadOnlyList<Figure>> _ofQuestions = [];

    public FigureSet(AnalysisResult result)
    {
        var families = new Families(result.Population);
        WeightSpace = ProjectionFigure.SideBySide(result, families, "pca", "weight-space");
        Embedding = ProjectionFigure.SideBySide(result, families, "tsne", "weight-space-tsne");
        HeatMaps = HeatMapFigure.Of(result, "aligned-weights");
        Filters = [.. FilterFigure.Of(result, "aligned-filters"), .. Present(TriggerFigure.Of(result, "triggers"))];
        AllViews = ProjectionFigure.OfAll(result, families);
        foreach (var question in result.Questions.Where(question => question.Skipped is null))
            _ofQuestions[question.Id] = OfQuestion(question, result.Population);
        Training = result.Foreign is not null
            ? []
            : Present(OutcomeFigure.Of(result.Population), LossCurveFigure.Of(result, families), LossFigure.Of(result, families));
    }

    /// <summary>Principal components of raw weights, aligned weights and invariants.</summary>
    public Figure? WeightSpace { get; }

    /// <summary>The same by t-SNE.</summary>
    public Figure? Embedding { get; }

    /// <summary>Mean weights, before and after alignment.</summary>
    public Figure? HeatMaps { get; }

    /// <summary>Mean filters of convolutions, before and after alignment, and the triggers on images.</summary>
    public IReadOnlyList<Figure> Filters { get; }

    /// <summary>All views, if there are more.</summary>
    public Figure? AllViews { get; }

    public IReadOnlyList<Figure> Training { get; }

    public IEnumerable<Figure> All =>
    [
        .. Present(WeightSpace, Embedding, AllViews, HeatMaps),
        .. Filters,
        .. _ofQuestions.Values.SelectMany(figures => figures),
        .. Training,
    ];

    /// <summary>The figures that answer <paramref name="question"/>.</summary>
    public IReadOnlyList<Figure> Of(QuestionResult question) => _ofQuestions.GetValueOrDefault(question.Id, []);

    static List<Figure> OfQuestion(QuestionResult question, PopulationSummary population)
    {
        var id = question.Id.Replace('_', '-');
        return question.Id switch
        {
            "twins_divergence" => Present(CourseFigures.Divergence(question, id, population.Machines)),
            "interpolation_barriers" => Present(CourseFigures.Barriers(question, id), SpreadFigure.Of(question, id + "-spread")),
            "twin_barriers" => Present(CourseFigures.TwinBarriers(question, id), SpreadFigure.Of(question, id + "-spread")),
            "how_small_a_change" => Present(CourseFigures.Shares(question, id)),
            "linear_weight_classification" => Present(KeyFigure.Of(question, id + "-auc"), CourseFigures.Shares(question, id + "-shares")),
            "exact_behaviour" => Present(AutomatonFigure.Of(question, "hidden-automata")),
            "machine_distances" => Present(ScoreFigure.Of(question, "mantel_r", id + "-mantel-r"), MachineFigures.Distances(question, id)),
            "extracted_automata" => Present(MachineFigures.Extracted(question, id)),
            _ => Usual(question, id),
        };
    }

    static List<Figure> Usual(QuestionResult question, string id) => Present(
    [
        .. s_metrics.Select(metric => ScoreFigure.Of(question, metric, $"{id}-{metric.Replace('_', '-')}")),
        .. CurveFigure.Of(question, id + "-curve"),
        KeyFigure.Of(question, id + "-auc"),
        .. ConfusionFigure.Of(question, id + "-confusion"),
        SpreadFigure.Of(question, id + "-spread"),
    ]);

    static List<Figure> Present(params Figure?[] figures) => [.. figures.OfType<Figure>()];
}

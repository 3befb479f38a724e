using System.Diagnostics;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Training;

namespace Mlds.Analysis.Foreign;

/// <summary>What was found, and what each number rests on.</summary>
/// <param name="Predictions">Every prediction of every label, by each view and method, and by the metadata alone.</param>
public sealed record ForeignResult(AnalysisResult Analysis, IReadOnlyList<Prediction> Predictions);

/// <summary>Asks of anybody's networks what can be asked of weights and a table (docs/your-own-zoo.md).</summary>
public static class ForeignAnalysis
{
    /// <summary>A step of a view that is built, beside the questions that it is asked.</summary>
    const double CostOfBuilding = 0.5;

    const double CostOfMaps = 1;

    /// <summary>
    /// The same networks, table and options give the same result to the bit on the same processor type, but for
    /// <see cref="AnalysisResult.Seconds"/>.
    /// </summary>
    /// <param name="options">The views are the zoo's.</param>
    /// <param name="progress">Called before each step; may be null.</param>
    public static ForeignResult Run(
        ForeignZoo zoo, AnalysisOptions? options = null, IProgress<AnalysisProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var watch = Stopwatch.StartNew();
        var context = new ForeignContext(zoo, options ?? new AnalysisOptions(), cancellation);
        ForeignQuestion[] questions =
        [
            new NamesFromWeights(context), new NumbersFromWeights(context), new ClustersWithoutLabels(context), new NearestNetworks(context),
        ];
        var maps = new Maps(context);
        var all = zoo.Views.Sum(view => CostOf(view) * (CostOfBuilding + CostOfMaps + questions.Sum(question => question.Cost)));
        var done = 0.0;
        var views = new List<ViewSummary>();
        foreach (var view in zoo.Views)
        {
            void Next(string step, double cost)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(new AnalysisProgress($"{step}: {view.Name}", Math.Min(1, done / all)));
                done += CostOf(view) * cost;
            }

            // One view is in memory at a time.
            Next("Computing the view", CostOfBuilding);
            var features = view.Build();
            views.Add(new ViewSummary(view.Name, features.Columns, view.Description));
            foreach (var question in questions)
            {
                Next(question.Name, question.Cost);
                question.Ask(view, features);
            }

            Next("Projecting", CostOfMaps);
            maps.Draw(view, features);
        }

        QuestionResult[] answers = [.. questions.Select(question => question.Answer())];
        var result = new AnalysisResult(
            Provenance.Version, context.Options.Seed, Summary(zoo, maps), views, new Headlines(null, null, null), [.. Findings(answers)],
            answers, maps.All, [])
        {
            Foreign = Foreign(zoo, maps),
            LeftOut = zoo.ViewsLeftOut.Count > 0 ? zoo.ViewsLeftOut : null,
            ManyNumbers = Conclusions.ManyNumbers(answers),
        };
        progress?.Report(new AnalysisProgress("Done", 1));
        return new ForeignResult(result with { Seconds = watch.Elapsed.TotalSeconds }, context.Predictions);
    }

    /// <summary>Views as wide as the weights cost the most.</summary>
    static double CostOf(ForeignView view) => view.Name is "raw" or "reduced" or "aligned" ? 3 : 1;

    static PopulationSummary Summary(ForeignZoo zoo, Maps maps)
    {
        var tensors = zoo.Matrix.Tensors;
        var network = tensors.Count == 1
            ? $"one tensor, {tensors[0].Name}"
            : $"{tensors.Count} tensors, {tensors[0].Name} to {tensors[^1].Name}";
        return new PopulationSummary(
            zoo.Name, "matrix", zoo.WeightsDigest(), zoo.Matrix.Parameters, network, zoo.Found, zoo.Networks, zoo.Notes,
            [
                .. maps.Classes.Select(name => new MachineSummary(
                    name, name, "original", maps.Count(name), maps.Count(name), 0, 0, null, null, null)),
            ]);
    }

    static ForeignSummary Foreign(ForeignZoo zoo, Maps maps) => new(
        [.. zoo.Labels.Select(label => label.Name)], maps.ColouredBy.Name, zoo.Metadata.Names, zoo.Group, zoo.Grouping.Count,
        zoo.Grouping.Joined);

    static IEnumerable<Finding> Findings(IReadOnlyList<QuestionResult> answers)
    {
        foreach (var score in ForeignQuestion.Quoted(answers.First(answer => answer.Id == NamesFromWeights.Id).Scores))
            yield return new Finding($"{score.Subject}, from the weights", NamesFromWeights.Sentence(score), [score]);
        var numbers = answers.First(answer => answer.Id == NumbersFromWeights.Id).Scores.Where(score => score.Metric == "r2");
        foreach (var score in ForeignQuestion.Quoted(numbers))
            yield return new Finding($"{score.Subject}, from the weights", NumbersFromWeights.Sentence(score), [score]);
    }
}

using System.Diagnostics;
using Mlds.Analysis.Decomposition;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;
using Mlds.Training;

namespace Mlds.Analysis;

/// <summary>Every question about a population's weights, asked and answered (docs/analysis.md).</summary>
public static class WeightAnalysis
{
    /// <summary>
    /// Analyses the converged networks of <paramref name="matrix"/>. The same networks and options give the same result on the same processor type, but for
    /// <see cref="AnalysisResult.Seconds"/>.
    /// </summary>
    /// <param name="progress">Is told before each step; may be null.</param>
    /// <exception cref="ArgumentException">Fewer than two networks converged.</exception>
    public static AnalysisResult Run(
        WeightMatrix matrix, AnalysisOptions? options = null, IProgress<AnalysisProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new AnalysisOptions();
        var watch = Stopwatch.StartNew();
        var converged = matrix.Where(label => label.Outcome == Outcome.Converged);
        if (converged.Networks < 2)
        {
            throw new ArgumentException(
                $"An analysis needs at least 2 converged networks; '{matrix.Name}' has {converged.Networks} among {matrix.Networks}. Generate more, or raise the recipe's epoch limit.",
                nameof(matrix));
        }

        progress?.Report(new AnalysisProgress("Computing views", 0));
        var context = new QuestionContext(converged, options, cancellation);
        var steps = Steps();
        var questions = new List<QuestionResult>();
        foreach (var (name, ask) in steps)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new AnalysisProgress(name, (questions.Count + 1.0) / (steps.Count + 2)));
            questions.Add(ask(context));
        }

        progress?.Report(new AnalysisProgress("Projecting", (steps.Count + 1.0) / (steps.Count + 2)));
        var views = options.Views.Select((view, i) => new ViewSummary(view.Name, context.Features[i].Columns, view.Description));
        var projections = options.Views.Select((view, i) => Project(context, view, context.Features[i]));
        var curves = LossCurves.Of(matrix);
        var result = new AnalysisResult(
            Provenance.Version, options.Seed, 0, PopulationSummaries.Of(matrix), [.. views], Conclusions.Headlines(questions), Conclusions.Findings(questions), questions,
            [.. projections], curves);
        progress?.Report(new AnalysisProgress("Done", 1));
        return result with { Seconds = watch.Elapsed.TotalSeconds };
    }

    /// <summary>The questions, in the order of the report.</summary>
    static List<(string Name, Func<QuestionContext, QuestionResult> Ask)> Steps() =>
    [
        ("Which machine", WhichMachine.Ask),
        ("Which machine, without labels", WhichMachineUnsupervised.Ask),
        ("Modified or original", context => ChangedSameMachine.Ask(context, Contrast.ModifiedOrOriginal)),
        ("Modified or original, unseen machine", context => ChangedUnseenMachine.Ask(context, Contrast.ModifiedOrOriginal)),
        ("Modified or control", context => ChangedSameMachine.Ask(context, Contrast.ModifiedOrControl)),
        ("Modified or control, unseen machine", context => ChangedUnseenMachine.Ask(context, Contrast.ModifiedOrControl)),
        ("Original or control", context => ChangedSameMachine.Ask(context, Contrast.OriginalOrControl)),
        ("Original or control, unseen machine", context => ChangedUnseenMachine.Ask(context, Contrast.OriginalOrControl)),
        ("Twins", TwinsDistance.Ask),
    ];

    static Projection Project(QuestionContext context, View view, FeatureMatrix features)
    {
        var pca = Pca.Fit(features, new PcaOptions(context.Options.Components, view.Standardized));
        var coordinates = pca.Transform(features);
        var points = context.Labels.Select((label, i) => new ProjectedNetwork(
            label.RecipeId, label.Machine.Name, label.Machine.Family, VariantName(label.Machine.Variant), label.Seed, label.Epochs, label.ValidationLoss, coordinates[i]));
        var scaling = view.Standardized ? "columns standardised" : "columns centred, not scaled";
        return new Projection(
            view.Name, "pca", $"Principal components of {features.Columns} columns over {features.Rows} converged networks; {scaling}.", pca.ExplainedVarianceRatio, [.. points]);
    }

    internal static string VariantName(Variant variant) => variant.ToString().ToLowerInvariant();
}

using System.Diagnostics;
using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;
using Mlds.Training;

namespace Mlds.Analysis;

/// <summary>Every question about a population's weights, asked and answered (docs/analysis.md).</summary>
public static class WeightAnalysis
{
    /// <summary>
    /// The networks that questions are asked of, unless they say otherwise: the converged ones. Where a population varies how networks are
    /// trained and hardly one reached its goal, as in a sweep of fixed length, those that didn't diverge.
    /// </summary>
    public static WeightMatrix Used(WeightMatrix matrix) => matrix.Where(IsUsed(matrix));

    /// <summary>How many <see cref="Used"/> has; copies no weights.</summary>
    public static int CountUsed(WeightMatrix matrix) => matrix.Labels.Count(IsUsed(matrix));

    static Func<NetworkLabel, bool> IsUsed(WeightMatrix matrix)
    {
        static bool HasConverged(NetworkLabel label) => label.Outcome == Outcome.Converged;
        return matrix.Labels.Count(HasConverged) >= 2 || !Sweep.IsVaried(matrix)
            ? HasConverged
            : label => label.Outcome != Outcome.Diverged;
    }

    /// <summary>
    /// Analyses the converged networks of <paramref name="matrix"/>. The same networks and options give the same result to the bit on the
    /// same processor type, but for <see cref="AnalysisResult.Seconds"/>, which no file holds.
    /// </summary>
    /// <param name="progress">Called before each step; may be null.</param>
    /// <exception cref="ArgumentException">Fewer than two networks converged.</exception>
    public static AnalysisResult Run(
        WeightMatrix matrix, AnalysisOptions? options = null, IProgress<AnalysisProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        options ??= new AnalysisOptions();
        var watch = Stopwatch.StartNew();
        var used = Used(matrix);
        if (used.Networks < 2)
        {
            throw new ArgumentException(
                $"An analysis needs at least 2 converged networks; '{matrix.Name}' has {used.Networks} among {matrix.Networks}. "
                + "Generate more, or raise the recipe's epoch limit.",
                nameof(matrix));
        }

        progress?.Report(new AnalysisProgress("Computing views", 0));
        var (applying, leftOut) = View.For(
            matrix.Layout.Spec, options.Views, matrix.NoMachines.Count > 0 ? matrix.WhyNoMachine : null);
        options = options with { Views = applying };
        var context = new QuestionContext(matrix, used, options, cancellation);
        var (all, questions) = (Question.All, context.Answered);
        foreach (var question in all)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new AnalysisProgress(question.Name, (questions.Count + 1.0) / (all.Count + 2)));
            questions.Add(question.Of(matrix, context));
        }

        progress?.Report(new AnalysisProgress("Projecting", (all.Count + 1.0) / (all.Count + 2)));
        var views = options.Views.Select((view, i) => new ViewSummary(view.Name, context.Features[i].Columns, view.Description));
        var result = new AnalysisResult(
            Provenance.Version, options.Seed, PopulationSummaries.Of(matrix, used), [.. views], Conclusions.Headlines(questions),
            Conclusions.Findings(questions, used.MachineLabels.Any(machine => machine.Poison is not null) ? "trigger" : "key"),
            questions, Projections.Of(context), LossCurves.Of(matrix))
        {
            HeatMaps = HeatMaps.Of(context),
            Triggers = Triggers.Of(used),
            LeftOut = leftOut.Count > 0 ? leftOut : null,
            ManyNumbers = Conclusions.ManyNumbers(questions),
        };
        progress?.Report(new AnalysisProgress("Done", 1));
        return result with { Seconds = watch.Elapsed.TotalSeconds };
    }
}

using System.Globalization;
using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Questions;

/// <summary>True labels and their shuffled controls.</summary>
static class Labelings
{
    /// <summary>Says, of <paramref name="networks"/> of which forests have controls, that those are made from a sample; else nothing.
    /// </summary>
    internal static IEnumerable<string> Notes(AnalysisOptions options, int networks) => networks <= options.MostInForestControls
        ? []
        :
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"Shuffled controls of forests: at most {options.MostInForestControls:N0} networks take part, as trees grow down to "
                + $"single networks where labels tell nothing."),
        ];

    /// <summary>The true labels followed by their shuffled controls.</summary>
    internal static int[][] WithShuffles(QuestionContext context, int[] labels, int[] folds, int shuffles, string question, int number) =>
        [labels, .. Shuffled(context, labels, folds, shuffles, question, number)];

    static IEnumerable<int[]> Shuffled(QuestionContext context, int[] labels, int[] folds, int shuffles, string question, int number) =>
        Enumerable.Range(0, shuffles).Select(shuffle => Folds.Shuffled(labels, folds, context.Random(question, number, shuffle)));

    /// <summary>
    /// Those of <paramref name="rows"/> that the controls of a classifier are made from, as their places among them: all, or of a forest
    /// those of the lowest seeds.
    /// </summary>
    internal static int[] InControls(QuestionContext context, IClassifier classifier, int[] rows)
    {
        int[] all = [.. Enumerable.Range(0, rows.Length)];
        var most = context.Options.MostInForestControls;
        if (classifier is not RandomForest || rows.Length <= most) return all;
        var seeds = Array.ConvertAll(rows, row => context.Labels[row].Seed);
        var distinct = seeds.Distinct().Order().ToArray();
        var taken = distinct.Take((int)Math.Max(2, (long)distinct.Length * most / rows.Length)).ToHashSet();
        return [.. all.Where(i => taken.Contains(seeds[i]))];
    }

    /// <summary>
    /// Scores of networks by models that never saw them (<see cref="CrossValidation.OutOfFold(IClassifier, FeatureMatrix, int[],
    /// IReadOnlyList{int[]}, int, int[], CancellationToken)"/>): of the true labels, and of each shuffled control with its labels.
    /// </summary>
    internal static (double[] Scores, (int[] Labels, double[] Scores)[] Controls) OutOfFold(
        QuestionContext context, IClassifier classifier, int view, int[] rows, int[] labels, int classes, int[] folds,
        int shuffles, string question) => OutOfFold(
            (rows, labelings, folds) => CrossValidation.OutOfFold(
                classifier, context.Features[view], rows, labelings, classes, folds, context.Cancellation),
            rows, labels, folds, InControls(context, classifier, rows),
            (labels, folds) => Shuffled(context, labels, folds, shuffles, question, view));

    /// <summary>The same of whatever gives scores: of the true labels of all, and of shuffled ones of some.</summary>
    /// <param name="scores">Of rows, by some labellings of them, from their folds.</param>
    /// <param name="inControls">Places among the rows of those in the controls.</param>
    /// <param name="shuffled">The controls' labels, from true ones and their folds.</param>
    internal static (double[] Scores, (int[] Labels, double[] Scores)[] Controls) OutOfFold(
        Func<int[], int[][], int[], double[][]> scores, int[] rows, int[] labels, int[] folds, int[] inControls,
        Func<int[], int[], IEnumerable<int[]>> shuffled)
    {
        // Together they share the work on the rows.
        if (inControls.Length == rows.Length)
        {
            int[][] labelings = [labels, .. shuffled(labels, folds)];
            var all = scores(rows, labelings, folds);
            return (all[0], [.. labelings.Zip(all).Skip(1)]);
        }

        int[] Of(int[] values) => Array.ConvertAll(inControls, i => values[i]);
        int[][] controls = [.. shuffled(Of(labels), Of(folds))];
        var own = controls.Length == 0 ? [] : scores(Of(rows), controls, Of(folds));
        return (scores(rows, [labels], folds)[0], [.. controls.Zip(own)]);
    }
}

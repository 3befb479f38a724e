using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;

namespace Mlds.Analysis.Validation;

/// <summary>
/// Scores of networks by models that never saw them. Scalers, penalties and all else are fitted on the training networks of each split
/// only.
/// </summary>
static class CrossValidation
{
    /// <summary>For each labelling the N × K scores of every network, each from the model of the fold it isn't in.</summary>
    internal static double[][] OutOfFold(
        IClassifier classifier, FeatureMatrix matrix, IReadOnlyList<int[]> labelings, int classes,
        int[] folds, CancellationToken cancellation) =>
        OutOfFold(classifier, matrix, [.. Enumerable.Range(0, matrix.Rows)], labelings, classes, folds, cancellation);

    /// <summary>The same of some rows of <paramref name="matrix"/>.</summary>
    /// <param name="rows">N of them; labelings and folds are theirs.</param>
    internal static double[][] OutOfFold(
        IClassifier classifier, FeatureMatrix matrix, int[] rows, IReadOnlyList<int[]> labelings, int classes,
        int[] folds, CancellationToken cancellation)
    {
        if (classifier is Ridge ridge && rows.Length > matrix.Columns
            && ridge.OutOfFold(matrix.Select(rows), labelings, classes, folds, cancellation) is { } shared)
        {
            return shared;
        }

        var scores = labelings.Select(_ => new double[rows.Length * classes]).ToArray();
        foreach (var fold in folds.Distinct().Order())
        {
            cancellation.ThrowIfCancellationRequested();
            MemoryBudget.Tidy();
            var training = Where(folds, f => f != fold);
            var test = Where(folds, f => f == fold);
            var held = HeldOut(classifier, matrix, rows, labelings, classes, training, test);
            for (var set = 0; set < scores.Length; set++)
            {
                for (var i = 0; i < test.Length; i++)
                    held[set].AsSpan(i * classes, classes).CopyTo(scores[set].AsSpan(test[i] * classes));
            }
        }

        return scores;
    }

    /// <summary>
    /// For each labelling the scores of the <paramref name="test"/> rows by a model of the <paramref name="training"/> rows: both are
    /// places among <paramref name="rows"/>.
    /// </summary>
    internal static double[][] HeldOut(
        IClassifier classifier, FeatureMatrix matrix, int[] rows, IReadOnlyList<int[]> labelings, int classes,
        int[] training, int[] test) =>
        classifier.Score(
            matrix.Select(Array.ConvertAll(training, i => rows[i])),
            [.. labelings.Select(labels => Array.ConvertAll(training, i => labels[i]))],
            classes,
            matrix.Select(Array.ConvertAll(test, i => rows[i])));

    /// <summary>The class with the largest score, for each network; the lower class on a tie.</summary>
    internal static int[] Predictions(double[] scores, int classes)
    {
        var predictions = new int[scores.Length / classes];
        for (var i = 0; i < predictions.Length; i++)
        {
            var row = scores.AsSpan(i * classes, classes);
            for (var k = 1; k < classes; k++)
                if (row[k] > row[predictions[i]]) predictions[i] = k;
        }

        return predictions;
    }

    /// <summary>
    /// The place, from 1, that the scores give each network's own class: 1 where <see cref="Predictions"/> names it. The lower class comes
    /// first on a tie.
    /// </summary>
    /// <param name="scores">N × K.</param>
    internal static int[] RanksOf(double[] scores, IReadOnlyList<int> labels, int classes)
    {
        var ranks = new int[labels.Count];
        for (var i = 0; i < ranks.Length; i++)
        {
            var row = scores.AsSpan(i * classes, classes);
            var own = row[labels[i]];
            ranks[i] = 1;
            for (var k = 0; k < classes; k++)
                if (row[k] > own || (row[k] == own && k < labels[i])) ranks[i]++;
        }

        return ranks;
    }

    /// <summary>The positions whose value fulfils the condition, ascending.</summary>
    internal static int[] Where<T>(T[] values, Func<T, bool> condition) =>
        [.. Enumerable.Range(0, values.Length).Where(i => condition(values[i]))];
}

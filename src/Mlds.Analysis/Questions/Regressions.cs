using Mlds.Analysis.Data;
using Mlds.Analysis.Forests;
using Mlds.Analysis.Regression;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Questions;

/// <summary>What questions that predict numbers have in common.</summary>
static class Regressions
{
    internal const string Ridge = "ridge";
    internal const string Forest = "forest";

    /// <summary>The decimal logarithm of a loss or a count; a loss may be 0.</summary>
    internal static double Log(double value) => Math.Log10(Math.Max(value, 1e-12));

    /// <summary>At most <paramref name="most"/> of all, evenly taken.</summary>
    internal static T[] Thinned<T>(T[] all, int most) =>
        all.Length <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Length / most)])];

    /// <summary>What was predicted for rows that took no part in fitting, by the method's name, for each target.</summary>
    internal static double[][] OutOfFold(
        QuestionContext context, string method, FeatureMatrix features, IReadOnlyList<double[]> targets, int[] folds) =>
        OutOfFold(context.Options, method, features, targets, folds, context.Cancellation);

    /// <inheritdoc cref="OutOfFold(QuestionContext, string, FeatureMatrix, IReadOnlyList{double[]}, int[])"/>
    internal static double[][] OutOfFold(
        AnalysisOptions options, string method, FeatureMatrix features, IReadOnlyList<double[]> targets, int[] folds,
        CancellationToken cancellation)
    {
        if (method == Ridge && RidgeRegression.OutOfFold(features, targets, folds, cancellation) is { } shared) return shared;
        var predicted = targets.Select(target => new double[target.Length]).ToArray();
        foreach (var fold in folds.Distinct().Order())
        {
            cancellation.ThrowIfCancellationRequested();
            var (training, test) = (CrossValidation.Where(folds, f => f != fold), CrossValidation.Where(folds, f => f == fold));
            var held = HeldOut(options, method, features, targets, training, test);
            for (var set = 0; set < held.Length; set++)
                for (var i = 0; i < test.Length; i++) predicted[set][test[i]] = held[set][i];
        }

        return predicted;
    }

    /// <summary>
    /// What a model of the <paramref name="training"/> rows predicts for the <paramref name="test"/> rows, for each target.
    /// </summary>
    internal static double[][] HeldOut(
        AnalysisOptions options, string method, FeatureMatrix features, IReadOnlyList<double[]> targets, int[] training, int[] test)
    {
        double[][] known = [.. targets.Select(target => Array.ConvertAll(training, i => target[i]))];
        var (from, to) = (features.Select(training), features.Select(test));
        return method == Forest
            ? RegressionForest.Predict(from, known, to, new ForestOptions(options.Trees, Seed: options.Seed))
            : RidgeRegression.Predict(from, known, to);
    }
}

using Mlds.Analysis.Data;

namespace Mlds.Analysis.Regression;

/// <summary>Ridge regression onto a number, by <see cref="RidgeFit"/>.</summary>
/// <seealso href="https://scikit-learn.org/stable/modules/generated/sklearn.linear_model.RidgeCV.html"/>
public static class RidgeRegression
{
    static readonly double[] s_penalties = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10];

    /// <summary>
    /// Predictions for the <paramref name="test"/> rows by a model of the <paramref name="training"/> rows, once for each of
    /// <paramref name="targets"/>, which each choose their own penalty.
    /// </summary>
    public static double[][] Predict(FeatureMatrix training, IReadOnlyList<double[]> targets, FeatureMatrix test) =>
        targets.FirstOrDefault(target => target.Length != training.Rows) is { } odd
            ? throw new ArgumentException($"{training.Rows} rows need as many numbers in a target, not {odd.Length}.", nameof(targets))
            : RidgeFit.Of(training, targets, s_penalties).Predict(test);

    /// <summary>
    /// Predictions for every row by the model of the folds that it isn't in, once for each of <paramref name="targets"/>, where sums over
    /// rows can be shared between folds; else null.
    /// </summary>
    /// <param name="folds">The fold of each row.</param>
    internal static double[][]? OutOfFold(
        FeatureMatrix matrix, IReadOnlyList<double[]> targets, int[] folds, CancellationToken cancellation) =>
        PrimalRidge.SuitsFolds(matrix, folds) ? PrimalRidge.OutOfFold(matrix, targets, s_penalties, folds, cancellation) : null;
}

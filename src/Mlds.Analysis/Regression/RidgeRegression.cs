using Mlds.Analysis.Data;

namespace Mlds.Analysis.Regression;

/// <summary>Ridge regression onto a number, by <see cref="DualRidge"/>.</summary>
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
            : DualRidge.Fit(training, targets, s_penalties).Predict(test);
}

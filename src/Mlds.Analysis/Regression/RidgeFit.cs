using Mlds.Analysis.Data;

namespace Mlds.Analysis.Regression;

/// <summary>
/// Ridge regression with standardised columns and an unpenalised intercept (Hoerl and Kennard 1970) onto several targets at once, which
/// share the work on the matrix; each takes the penalty that suits it best.
/// </summary>
abstract class RidgeFit
{
    /// <summary>
    /// By <see cref="PrimalRidge"/> where there are more rows than columns, else by <see cref="DualRidge"/>: the same model for the same
    /// penalty, but for rounding.
    /// </summary>
    /// <param name="training">N rows.</param>
    /// <param name="targets">
    /// Each of one or more columns, N numbers one column after the other; the columns of one share their penalty.
    /// </param>
    /// <param name="penalties">
    /// Candidates for the penalty α, as multiples of the mean squared length of a standardised row; a single candidate is taken as it is.
    /// </param>
    internal static RidgeFit Of(FeatureMatrix training, IReadOnlyList<double[]> targets, IReadOnlyList<double> penalties) =>
        PrimalRidge.Suits(training.Rows, training.Columns)
            ? PrimalRidge.Fit(training, targets, penalties)
            : DualRidge.Fit(training, targets, penalties);

    /// <summary>Predictions for M rows: for each target M × its columns, row-major.</summary>
    internal abstract double[][] Predict(FeatureMatrix test);

    /// <summary>
    /// The model of one target as weights over standardised columns, a row for each of the target's columns, and intercepts.
    /// </summary>
    internal abstract (Standardizer Scaler, double[][] Weights, double[] Intercepts) Primal(int target);
}

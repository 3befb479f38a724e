using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;
using Mlds.Analysis.Regression;

namespace Mlds.Analysis.Classification;

/// <param name="Penalties">Candidates for the penalty α, as multiples of the mean squared length of a standardised row. The one with the
/// least squared error to be expected of other networks, by the training networks (<see cref="RidgeFit"/>), is taken; a single candidate is
/// taken as it is.</param>
public sealed record RidgeOptions(IReadOnlyList<double> Penalties)
{
    public static RidgeOptions Default { get; } = new([1e-4, 1e-3, 1e-2, 1e-1, 1]);
}

/// <summary>Ridge regression onto class indicators (+1, −1), by <see cref="RidgeFit"/>.</summary>
/// <seealso href="https://scikit-learn.org/stable/modules/generated/sklearn.linear_model.RidgeClassifier.html"/>
public sealed class Ridge(RidgeOptions options) : IClassifier
{
    public string Name => "ridge";

    public double[][] Score(FeatureMatrix training, IReadOnlyList<int[]> labelings, int classes, FeatureMatrix test) =>
        RidgeFit.Of(training, [.. labelings.Select(labels => Indicators(labels, classes))], options.Penalties).Predict(test);

    /// <summary>
    /// For each labelling the scores of every network by the model of the folds that it isn't in, where sums over rows can be shared
    /// between folds; else null.
    /// </summary>
    internal double[][]? OutOfFold(
        FeatureMatrix matrix, IReadOnlyList<int[]> labelings, int classes, int[] folds, CancellationToken cancellation) =>
        PrimalRidge.SuitsFolds(matrix, folds)
            ? PrimalRidge.OutOfFold(
                matrix, [.. labelings.Select(labels => Indicators(labels, classes))], options.Penalties, folds, cancellation)
            : null;

    /// <summary>A model of one labelling.</summary>
    public static IClassModel Fit(FeatureMatrix matrix, int[] labels, int classes, RidgeOptions options)
    {
        var (scaler, weights, intercepts) = RidgeFit.Of(matrix, [Indicators(labels, classes)], options.Penalties).Primal(0);
        return new RidgeModel(scaler, weights, intercepts);
    }

    /// <summary>+1 where a network is of the class, else −1: N numbers for one class after the other.</summary>
    static double[] Indicators(int[] labels, int classes) =>
        [.. Enumerable.Range(0, classes).SelectMany(k => labels.Select(label => label == k ? 1.0 : -1.0))];
}

/// <summary>A fitted ridge classifier: weights over the standardised columns, one set per class.</summary>
sealed class RidgeModel(Standardizer scaler, double[][] weights, double[] intercepts) : IClassModel
{
    public double[] Scores(FeatureMatrix matrix)
    {
        var row = new double[matrix.Columns];
        var classes = weights.Length;
        var scores = new double[matrix.Rows * classes];
        for (var i = 0; i < matrix.Rows; i++)
        {
            scaler.Transform(matrix.Row(i), row);
            for (var k = 0; k < classes; k++) scores[(i * classes) + k] = intercepts[k] + Products.Dot(weights[k], row);
        }

        return scores;
    }
}

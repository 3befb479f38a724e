using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Classification;

/// <param name="Penalty">λ: the mean loss plus λ/2 times the squared weights is minimised, with columns standardised and scaled together so
/// that a row's mean squared length is 1.</param>
/// <param name="MostIterations">Of the descent.</param>
public sealed record LogisticOptions(double Penalty = 1e-3, int MostIterations = 300);

/// <summary>
/// Multinomial logistic regression with an L2 penalty and an unpenalised intercept, over standardised columns. Networks are fewer than
/// columns, so the weights are sought as combinations of the training rows (the representer theorem; Schölkopf, Herbrich, Smola 2001), by
/// L-BFGS (Liu and Nocedal 1989) in the inner product that their Gram matrix gives: the same steps that L-BFGS would take on the weights
/// themselves.
/// </summary>
/// <seealso href="https://scikit-learn.org/stable/modules/generated/sklearn.linear_model.LogisticRegression.html">With C = 1 / (λ N) and
/// rows scaled alike.</seealso>
public sealed class Logistic(LogisticOptions options) : IClassifier
{
    public string Name => "logistic";

    /// <summary>Scores are logarithms of the classes' odds up to a constant per row; <c>softmax</c> of a row gives probabilities.</summary>
    public double[][] Score(FeatureMatrix training, IReadOnlyList<int[]> labelings, int classes, FeatureMatrix test)
    {
        if (!(options.Penalty > 0))
            throw new ArgumentOutOfRangeException(nameof(options), options.Penalty, "The penalty must be positive.");
        var scaler = Standardizer.Fit(training);
        var rows = scaler.Transform(training);
        var (n, m, d) = (rows.Rows, test.Rows, rows.Columns);
        var gram = Products.Gram(rows.Values, n, d);
        var scale = Math.Max(Enumerable.Range(0, n).Sum(i => gram[((long)i * n) + i]) / n, double.Epsilon);
        for (var i = 0; i < gram.Length; i++) gram[i] /= scale;
        var products = Products.TimesTransposed(scaler.Transform(test).Values, m, rows.Values, n, d);
        var scores = labelings.Select(_ => new double[m * classes]).ToArray();
        Parallel.For(0, labelings.Count, Parallelism.Options, set =>
        {
            var (dual, intercepts) = new LogisticDescent(gram, n, labelings[set], classes, options).Run();
            for (var i = 0; i < m; i++)
            {
                for (var k = 0; k < classes; k++)
                {
                    scores[set][(i * classes) + k] =
                        intercepts[k] + (Products.Dot(products.AsSpan(i * n, n), dual.AsSpan(k * n, n)) / scale);
                }
            }
        });
        return scores;
    }
}

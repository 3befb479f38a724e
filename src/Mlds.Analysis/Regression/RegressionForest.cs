using Mlds.Analysis.Data;
using Mlds.Analysis.Forests;

namespace Mlds.Analysis.Regression;

/// <summary>
/// Random forest onto a number (Breiman 2001): each tree on a bootstrap sample, a third of the columns tried at each node, leaves of at
/// least three rows, means averaged over trees.
/// </summary>
/// <seealso href="https://scikit-learn.org/stable/modules/generated/sklearn.ensemble.RandomForestRegressor.html"/>
public static class RegressionForest
{
    /// <summary>Columns tried at a node at most: beyond some hundred, more cost time and tell no more.</summary>
    const int MostTried = 256;

    /// <summary>
    /// Predictions for the <paramref name="test"/> rows by a model of the <paramref name="training"/> rows, once for each of
    /// <paramref name="targets"/>.
    /// </summary>
    public static double[][] Predict(
        FeatureMatrix training, IReadOnlyList<double[]> targets, FeatureMatrix test, ForestOptions options)
    {
        if (targets.FirstOrDefault(target => target.Length != training.Rows) is { } odd)
            throw new ArgumentException($"{training.Rows} rows need as many numbers in a target, not {odd.Length}.", nameof(targets));
        var columns = new BinnedColumns(training, options.Bins);
        var tried = Math.Clamp(columns.Columns / 3, 1, MostTried);
        return [.. targets.Select((target, set) =>
        {
            var trees = new RegressionTree[options.Trees];
            Parallel.For(0, trees.Length, Parallelism.Options, tree =>
            {
                var random = new SeededRandom(options.Seed, SeededRandom.Stream("regression_forest", set, tree));
                trees[tree] = RegressionTree.Grow(columns, target, tried, random);
            });
            var predicted = new double[test.Rows];
            Parallel.For(0, test.Rows, Parallelism.Options, row => predicted[row] = trees.Average(tree => tree.Predict(test.Row(row))));
            return predicted;
        })];
    }
}

using Mlds.Analysis.Data;
using Mlds.Analysis.Forests;

namespace Mlds.Analysis.Classification;

/// <summary>
/// Random forest (Breiman 2001): each tree on a bootstrap sample, the square root of the columns tried at each node, class shares averaged
/// over trees. The classifier of the paper (arXiv 2104.10555). Why our own: docs/decisions/0003.
/// </summary>
/// <seealso href="https://scikit-learn.org/stable/modules/generated/sklearn.ensemble.RandomForestClassifier.html"/>
public sealed class RandomForest(ForestOptions options) : IClassifier
{
    public string Name => "forest";

    public double[][] Score(FeatureMatrix training, IReadOnlyList<int[]> labelings, int classes, FeatureMatrix test)
    {
        var columns = Columns(training, classes);
        return [.. labelings.Select((labels, set) => Grow(columns, labels, classes, set).Scores(test))];
    }

    /// <summary>A model of one labelling.</summary>
    public static IClassModel Fit(FeatureMatrix matrix, int[] labels, int classes, ForestOptions options)
    {
        var forest = new RandomForest(options);
        return forest.Grow(forest.Columns(matrix, classes), labels, classes, 0);
    }

    BinnedColumns Columns(FeatureMatrix matrix, int classes)
    {
        if (options.Bins is < 2 or > 256)
            throw new ArgumentOutOfRangeException(nameof(options), options.Bins, "A forest has 2 to 256 bins per column.");
        if (classes > 256) throw new ArgumentOutOfRangeException(nameof(classes), classes, "A forest tells at most 256 classes apart.");
        return new BinnedColumns(matrix, options.Bins);
    }

    ForestModel Grow(BinnedColumns columns, int[] labels, int classes, int set)
    {
        var tried = Math.Max(1, (int)Math.Sqrt(columns.Columns));
        var trees = new DecisionTree[options.Trees];
        Parallel.For(0, trees.Length, Parallelism.Options, tree =>
        {
            var random = new SeededRandom(options.Seed, SeededRandom.Stream("forest", set, tree));
            trees[tree] = DecisionTree.Grow(columns, labels, classes, tried, random);
        });
        return new ForestModel(trees, classes);
    }
}

/// <summary>A grown forest.</summary>
sealed class ForestModel(DecisionTree[] trees, int classes) : IClassModel
{
    public double[] Scores(FeatureMatrix matrix)
    {
        var scores = new double[matrix.Rows * classes];
        for (var i = 0; i < matrix.Rows; i++)
        {
            var shares = scores.AsSpan(i * classes, classes);
            foreach (var tree in trees) tree.AddShares(matrix.Row(i), shares);
            for (var k = 0; k < classes; k++) shares[k] /= trees.Length;
        }

        return scores;
    }
}

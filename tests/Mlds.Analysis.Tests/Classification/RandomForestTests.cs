using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Forests;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Classification;

public sealed class RandomForestTests
{
    static double Accuracy(double[] scores, int[] labels, int classes) =>
        CrossValidation.Predictions(scores, classes).Zip(labels).Count(pair => pair.First == pair.Second) / (double)labels.Length;

    [Theory]
    [InlineData(200, 20, 4, 1.6)]
    [InlineData(150, 300, 3, 4.0)]
    [InlineData(400, 6, 2, 1.5)]
    public void Accuracy_is_scikit_learns_within_four_points(int rows, int columns, int classes, double spread)
    {
        var all = Samples.Blobs(rows + 1000, columns, classes, 41, spread);
        var train = all.Select([.. Enumerable.Range(0, rows)]);
        var test = all.Select([.. Enumerable.Range(rows, 1000)]);
        var labels = Samples.Labels(rows + 1000, classes);
        var ours = Accuracy(RandomForest.Fit(train, labels[..rows], classes, new ForestOptions(200)).Scores(test), labels[rows..], classes);
        var theirs = Python.Run(
            $"""
            from sklearn.ensemble import RandomForestClassifier
            f = RandomForestClassifier(200, random_state=0).fit(rows('x', {columns}), ints('y'))
            out(accuracy=float(f.score(rows('t', {columns}), ints('z'))))
            """,
            ("x", Samples.Doubles(train.Values)), ("y", Samples.Doubles(labels[..rows])),
            ("t", Samples.Doubles(test.Values)), ("z", Samples.Doubles(labels[rows..])))
                .Double("accuracy");

        // The task is neither trivial nor hopeless, so that a wrong forest would show.
        Assert.InRange(theirs, (1.0 / classes) + 0.2, 0.99);
        Assert.InRange(ours, theirs - 0.04, theirs + 0.04);
    }

    [Fact]
    public void Exclusive_or_of_two_columns_is_learned_which_no_single_split_tells()
    {
        var random = new SeededRandom(8);
        var values = Enumerable.Range(0, 400 * 2).Select(_ => random.NextNormal()).ToArray();
        int[] labels = [.. Enumerable.Range(0, 400).Select(i => values[2 * i] * values[(2 * i) + 1] > 0 ? 1 : 0)];
        var matrix = new FeatureMatrix(values, 400, ["a", "b"]);
        var folds = Enumerable.Range(0, 400).Select(i => i % 5).ToArray();
        var scores = CrossValidation.OutOfFold(
            new RandomForest(new ForestOptions(50)), matrix, [labels], 2, folds, TestContext.Current.CancellationToken)[0];
        Assert.InRange(Accuracy(scores, labels, 2), 0.93, 1);
    }

    [Fact]
    public void Another_seed_grows_another_forest()
    {
        var matrix = Samples.Blobs(80, 30, 3, 6, spread: 3);
        double[] Scores(ulong seed) => RandomForest.Fit(matrix, Samples.Labels(80, 3), 3, new ForestOptions(40, Seed: seed)).Scores(matrix);
        Assert.Equal(Scores(1), Scores(1));
        Assert.NotEqual(Scores(1), Scores(2));
    }

    [Fact]
    public void Columns_that_never_vary_end_in_a_leaf_of_class_shares()
    {
        var matrix = new FeatureMatrix(new double[30], 10, ["a", "b", "c"]);
        var scores = RandomForest.Fit(matrix, Samples.Labels(10, 2), 2, new ForestOptions(500)).Scores(matrix);
        Assert.All(scores, score => Assert.Equal(0.5, score, 0.05));
    }

    [Fact]
    public void Trees_are_the_same_whether_bins_are_counted_or_rows_are_sorted()
    {
        // Bins are counted where that's less than the rows. Classes that nobody has make the counts many, so that rows are sorted.
        const int rows = 1500;
        var matrix = Samples.Blobs(rows, 12, 3, 17, spread: 4);
        var labels = Samples.Labels(rows, 3);
        double[] Scores(int classes)
        {
            var scores = RandomForest.Fit(matrix, labels, classes, new ForestOptions(10)).Scores(matrix);
            return [.. Enumerable.Range(0, rows).SelectMany(row => scores.Skip(row * classes).Take(3))];
        }

        Assert.Equal(Scores(200), Scores(3));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(5000)]
    public void Numbers_are_sorted_as_by_comparing_them(int count)
    {
        var random = new SeededRandom(5);
        var values = Enumerable.Range(0, count).Select(i => (i % 7) switch
        {
            0 => 0,
            1 => -0f,
            2 => (float)random.Next(3),
            3 => (float)random.NextNormal() * 1e-41f,
            4 => float.MaxValue * (float)random.NextNormal(),
            _ => (float)random.NextNormal(),
        }).ToArray();
        Assert.Equal(values.Order(), new FloatSort(count).Of(values).ToArray());
    }

    [Fact]
    public void With_no_more_values_than_bins_every_threshold_lies_between_two_values()
    {
        var matrix = new FeatureMatrix([3, 1, 2, 2, 1, 7], 6, ["a"]);
        var columns = new BinnedColumns(matrix, 64);
        Assert.Equal([1.5, 2.5, 5], Enumerable.Range(0, columns.Bins(0) - 1).Select(bin => columns.Threshold(0, bin)));
        Assert.Equal([2, 0, 1, 1, 0, 3], columns.Column(0).ToArray());
    }
}

using CsCheck;
using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Classification;

public sealed class KnnTests
{
    [Theory]
    [InlineData(5, 1.5)]
    [InlineData(1, 2.5)]
    public void Predictions_are_scikit_learns(int neighbours, double spread)
    {
        var all = Samples.Blobs(260, 12, 3, 21, spread);
        var (train, test) = (all.Select([.. Enumerable.Range(0, 160)]), all.Select([.. Enumerable.Range(160, 100)]));
        var labels = Samples.Labels(260, 3);
        var scores = new Knn(new KnnOptions(neighbours)).Score(train, [labels[..160]], 3, test)[0];
        var shares = Python.Run(
            $$"""
            from sklearn.neighbors import KNeighborsClassifier
            x, t = rows('x', 12), rows('t', 12)
            m, s = x.mean(0), x.std(0)
            out(p=KNeighborsClassifier({{neighbours}}).fit((x - m) / s, ints('y')).predict_proba((t - m) / s))
            """, ("x", Samples.Doubles(train.Values)), ("y", Samples.Doubles(labels[..160])), ("t", Samples.Doubles(test.Values)));
        Near.All(shares.Doubles("p"), scores, 1e-5);
    }

    [Fact]
    public void Neighbours_are_the_nearest_of_all() =>
        Gen.Select(Gen.Int[3, 90], Gen.Int[1, 12], Gen.Int[1, 8], Gen.ULong).Sample((rows, columns, k, seed) =>
        {
            k = Math.Min(k, rows - 1);
            var matrix = Samples.Blobs(rows, columns, 2, seed);
            var near = NearestNeighbours.Of(matrix, k);
            for (var i = 0; i < rows; i++)
            {
                var expected = Enumerable.Range(0, rows).Where(j => j != i)
                    .Select(j => Math.Sqrt(Products.SquaredDistance(matrix.Row(i), matrix.Row(j)))).Order().Take(k).ToArray();
                Near.All(expected, near.Distances[i], 1e-9);
                Assert.DoesNotContain(i, near.Indices[i]);
            }
        }, iter: 60);

    [Fact]
    public void As_many_neighbours_as_networks_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NearestNeighbours.Of(Samples.Blobs(5, 2, 1, 1), 5));

    [Fact]
    public void An_even_vote_goes_to_the_nearer()
    {
        var train = new FeatureMatrix([0, 10], 2, ["x"]);
        var test = new FeatureMatrix([3, 8], 2, ["x"]);
        Assert.Equal([0, 1], CrossValidation.Predictions(new Knn(new KnnOptions(2)).Score(train, [[0, 1]], 2, test)[0], 2));
    }
}

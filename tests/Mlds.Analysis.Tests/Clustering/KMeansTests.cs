using CsCheck;
using Mlds.Analysis.Clustering;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Tests.Clustering;

public sealed class KMeansTests
{
    [Theory]
    [InlineData(90, 6, 3, 0.6)]
    [InlineData(60, 200, 5, 1.0)]
    [InlineData(80, 3, 4, 1.0)]
    public void Inertia_is_as_low_as_scikit_learns(int rows, int columns, int clusters, double spread)
    {
        var matrix = Samples.Blobs(rows, columns, clusters, 4, spread);
        var ours = KMeans.Fit(matrix, new KMeansOptions(clusters, Restarts: 50));
        var theirs = Python.Run(
            $"from sklearn.cluster import KMeans\nout(inertia=float(KMeans({clusters}, n_init=50, "
            + $"random_state=0).fit(rows('x', {columns})).inertia_))",
            ("x", Samples.Doubles(matrix.Values)));
        Assert.InRange(ours.Inertia / theirs.Double("inertia"), 1 - 1e-6, 1 + 1e-3);
    }

    [Fact]
    public void Inertia_is_the_sum_of_squares_about_the_cluster_means() =>
        Gen.Select(Gen.Int[2, 6], Gen.Int[6, 40], Gen.Int[1, 5], Gen.ULong).Sample((clusters, rows, columns, seed) =>
        {
            var matrix = Samples.Blobs(rows, columns, 3, seed);
            var fit = KMeans.Fit(matrix, new KMeansOptions(clusters, Restarts: 3));
            var sum = 0.0;
            foreach (var cluster in Enumerable.Range(0, rows).GroupBy(i => fit.Labels[i]))
            {
                var mean = Enumerable.Range(0, columns).Select(j => cluster.Average(i => matrix.Row(i)[j])).ToArray();
                sum += cluster.Sum(i => Products.SquaredDistance(matrix.Row(i), mean));
            }

            Assert.Equal(sum, fit.Inertia, 1e-8 * (1 + sum));
            Assert.All(fit.Labels, label => Assert.InRange(label, 0, clusters - 1));
        }, iter: 100);

    [Fact]
    public void Clouds_far_apart_are_found_whatever_the_seed()
    {
        var matrix = Samples.Blobs(60, 5, 4, 9, spread: 0.05);
        foreach (var seed in new ulong[] { 1, 2, 3 })
        {
            Assert.Equal(
                1, Agreement.AdjustedRandIndex(Samples.Labels(60, 4), KMeans.Fit(matrix, new KMeansOptions(4, Seed: seed)).Labels));
        }
    }

    [Fact]
    public void Equal_points_fill_every_cluster_without_harm()
    {
        var matrix = Samples.Blobs(1, 3, 1, 1).Select([0, 0, 0, 0]);
        Assert.Equal(0, KMeans.Fit(matrix, new KMeansOptions(3)).Inertia, 1e-9);
        Assert.Throws<ArgumentException>(() => KMeans.Fit(matrix, new KMeansOptions(5)));
    }
}

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
    [InlineData(2400, 30, 6, 1.5)]
    public void Inertia_is_as_low_as_scikit_learns(int rows, int columns, int clusters, double spread)
    {
        var matrix = Samples.Blobs(rows, columns, clusters, 4, spread);
        var ours = KMeans.Fit(matrix, new KMeansOptions(clusters, Restarts: 50));
        var theirs = Python.Run(
            $"from sklearn.cluster import KMeans\nout(inertia=float(KMeans({clusters}, n_init=50, "
            + $"random_state=0).fit(rows('x', {columns})).inertia_))",
            ("x", Samples.Doubles(matrix.Values)));
        Assert.InRange(ours.Inertia / theirs.Double("inertia"), 1 - 1e-4, 1 + 1e-3);
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

    /// <summary>The sizes at which products are taken in one way and in the other.</summary>
    [Theory]
    [InlineData(2001, 7, 5)]
    [InlineData(2500, 600, 20)]
    public void Many_rows_end_where_no_row_is_nearer_to_the_mean_of_another_cluster(int rows, int columns, int clusters)
    {
        var matrix = Samples.Blobs(rows, columns, clusters, 6, spread: 0.7);
        var fit = KMeans.Fit(matrix, new KMeansOptions(clusters, Restarts: 4));
        var means = Enumerable.Range(0, clusters).Select(cluster =>
        {
            var members = Enumerable.Range(0, rows).Where(i => fit.Labels[i] == cluster).ToArray();
            var sum = new double[columns];
            foreach (var i in members) Products.AddScaled(sum, 1.0 / members.Length, matrix.Row(i));
            return sum;
        }).ToArray();
        var inertia = 0.0;
        for (var i = 0; i < rows; i++)
        {
            double[] distances = [.. means.Select(mean => Products.SquaredDistance(matrix.Row(i), mean))];
            Assert.InRange(distances[fit.Labels[i]], 0, distances.Min() * (1 + 1e-4));
            inertia += distances[fit.Labels[i]];
        }

        Assert.Equal(inertia, fit.Inertia, 1e-8 * inertia);
    }

    [Fact]
    public void Many_equal_points_fill_every_cluster_without_harm()
    {
        var matrix = Samples.Blobs(2, 3, 2, 1).Select([.. Enumerable.Range(0, KMeans.GramRows + 1).Select(i => i % 2)]);
        var fit = KMeans.Fit(matrix, new KMeansOptions(4, Restarts: 3));
        Assert.Equal(0, fit.Inertia, 1e-9);
        Assert.All(fit.Labels, label => Assert.InRange(label, 0, 3));
    }

    [Fact]
    public void Equal_points_fill_every_cluster_without_harm()
    {
        var matrix = Samples.Blobs(1, 3, 1, 1).Select([0, 0, 0, 0]);
        Assert.Equal(0, KMeans.Fit(matrix, new KMeansOptions(3)).Inertia, 1e-9);
        Assert.Throws<ArgumentException>(() => KMeans.Fit(matrix, new KMeansOptions(5)));
    }
}

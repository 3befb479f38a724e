using Mlds.Analysis.Clustering;
using Mlds.Analysis.Data;
using Mlds.Analysis.Embedding;

namespace Mlds.Analysis.Tests.Embedding;

public sealed class TSneTests
{
    static TSne Fit(FeatureMatrix matrix, double perplexity = 30) =>
        TSne.Fit(matrix, new TSneOptions(perplexity), TestContext.Current.CancellationToken);

    /// <summary>
    /// Stated in docs/analysis/methods.md: Kullback–Leibler divergence within 10 %, trustworthiness within 0.02 of scikit-learn's. Both
    /// descents end in one of many optima: scikit-learn's own divergences differ by up to 8 % from seed to seed.
    /// </summary>
    [Theory]
    [InlineData(150, 20, 5, 0.8, 20)]
    [InlineData(120, 60, 4, 1.5, 15)]
    public void Divergence_and_trustworthiness_are_scikit_learns(int rows, int columns, int classes, double spread, int perplexity)
    {
        var matrix = Samples.Blobs(rows, columns, classes, 12, spread);
        var ours = Fit(matrix, perplexity);
        var expected = Python.Run(
            $$"""
            from sklearn.manifold import TSNE, trustworthiness
            x = rows('x', {{columns}})
            t = TSNE(2, perplexity={{perplexity}}, init='pca', learning_rate='auto', random_state=0).fit(x)
            out(kl=float(t.kl_divergence_), theirs=float(trustworthiness(x, t.embedding_)), ours=float(trustworthiness(x, rows('y', 2))))
            """, ("x", Samples.Doubles(matrix.Values)), ("y", [.. ours.Coordinates.SelectMany(point => point)]));
        Assert.InRange(ours.Divergence, 0, 1.1 * expected.Double("kl"));
        Assert.InRange(ours.Divergence, 0.9 * expected.Double("kl"), double.MaxValue);
        Assert.InRange(expected.Double("ours"), expected.Double("theirs") - 0.02, 1);
    }

    [Fact]
    public void Clouds_far_apart_stay_apart_and_two_runs_are_equal()
    {
        var matrix = Samples.Blobs(90, 10, 3, 2, spread: 0.05);
        var embedding = Fit(matrix, 10);
        var flat = new FeatureMatrix([.. embedding.Coordinates.SelectMany(point => point)], 90, ["x", "y"]);
        Assert.InRange(Silhouette.Of(flat, Samples.Labels(90, 3)), 0.7, 1);
        Assert.Equal(embedding.Coordinates, Fit(matrix, 10).Coordinates);
    }

    [Fact]
    public void Few_and_equal_networks_are_embedded_without_harm_and_fewer_than_four_refused()
    {
        var four = Samples.Blobs(4, 3, 2, 1);
        Assert.All(Fit(four).Coordinates.SelectMany(point => point), value => Assert.True(double.IsFinite(value)));
        Assert.All(
            Fit(four.Select([0, 0, 0, 0, 0, 0, 0, 0])).Coordinates.SelectMany(point => point),
            value => Assert.True(double.IsFinite(value)));
        Assert.Contains(
            "at least 4", Assert.Throws<ArgumentException>(() => Fit(four.Select([0, 1, 2]))).Message, StringComparison.Ordinal);
    }
}

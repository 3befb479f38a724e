using Mlds.Analysis.Clustering;

namespace Mlds.Analysis.Tests.Clustering;

public sealed class SilhouetteTests
{
    [Fact]
    public void It_is_scikit_learns()
    {
        var matrix = Samples.Blobs(61, 7, 4, 3, 1.5);
        int[] labels = [.. Samples.Labels(60, 4), 4];
        var expected = Python.Run(
            "from sklearn.metrics import silhouette_score\nout(s=float(silhouette_score(rows('x', 7), ints('y'))))",
            ("x", Samples.Doubles(matrix.Values)), ("y", Samples.Doubles(labels)));
        Assert.Equal(expected.Double("s"), Silhouette.Of(matrix, labels), 1e-9);
    }

    [Fact]
    public void One_cluster_has_none() => Assert.Throws<ArgumentException>(() => Silhouette.Of(Samples.Blobs(5, 2, 1, 1), [0, 0, 0, 0, 0]));
}

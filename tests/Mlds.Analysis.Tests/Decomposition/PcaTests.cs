using Mlds.Analysis.Data;
using Mlds.Analysis.Decomposition;
using Mlds.Analysis.Views;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Analysis.Tests.Decomposition;

public sealed class PcaTests
{
    [Theory]
    [InlineData(40, 300, false)]
    [InlineData(40, 300, true)]
    [InlineData(120, 15, false)]
    [InlineData(150, 60, true)]
    public void Explained_variance_and_coordinates_are_scikit_learns(int rows, int columns, bool standardize)
    {
        var matrix = Samples.Blobs(rows, columns, 4, 11);
        var pca = Pca.Fit(matrix, new PcaOptions(8, standardize));
        var expected = Python.Run(
            $$"""
            from sklearn.decomposition import PCA
            x = rows('x', {{columns}})
            x = (x - x.mean(0)) / (x.std(0) if {{(standardize ? "True" : "False")}} else 1)
            p = PCA(8, svd_solver='full').fit(x)
            t, c = p.transform(x), p.components_
            sign = np.sign(c[np.arange(8), np.abs(c).argmax(1)])
            out(ratio=p.explained_variance_ratio_, coordinates=t * sign)
            """,
            ("x", Samples.Doubles(matrix.Values)));
        Near.All(expected.Doubles("ratio"), pca.ExplainedVarianceRatio, 1e-7);
        Near.All(expected.Doubles("coordinates"), [.. pca.Transform(matrix).SelectMany(row => row)], 1e-5);
    }

    /// <summary>
    /// Of so many, products are in float32; with a few vectors instead of all rows from 301 rows on. In the last case eigenvalues are too
    /// close together.
    /// </summary>
    [Theory]
    [InlineData(700, 1200, 0.7, false)]
    [InlineData(1600, 303, 0.5, true)]
    [InlineData(1700, 250, 100, false)]
    public void Large_matrices_have_scikit_learns_components_too(int rows, int columns, double spread, bool standardize)
    {
        var matrix = Samples.Blobs(rows, columns, 5, 12, spread);
        Assert.True((long)rows * rows * columns > Mlds.Analysis.LinearAlgebra.Products.Small);
        var pca = Pca.Fit(matrix, new PcaOptions(2, standardize));
        var expected = Python.Run(
            $$"""
            from sklearn.decomposition import PCA
            x = rows('x', {{columns}})
            x = (x - x.mean(0)) / (x.std(0) if {{(standardize ? "True" : "False")}} else 1)
            p = PCA(2, svd_solver='full').fit(x)
            t, c = p.transform(x), p.components_
            sign = np.sign(c[np.arange(2), np.abs(c).argmax(1)])
            out(ratio=p.explained_variance_ratio_, coordinates=t * sign)
            """,
            ("x", Samples.Doubles(matrix.Values)));
        Near.All(expected.Doubles("ratio"), pca.ExplainedVarianceRatio, 1e-6);
        Near.All(expected.Doubles("coordinates"), [.. pca.Transform(matrix).SelectMany(row => row)], spread > 10 ? 1e-3 : 1e-4);
    }

    [Fact]
    public void Components_are_orthonormal_also_where_eigenvalues_are_equal()
    {
        // 30 points, one on either side of the origin on each of 15 axes: all variances are equal.
        var values = new double[30 * 15];
        for (var i = 0; i < 30; i++) values[(i * 15) + (i % 15)] = i < 15 ? 1 : -1;
        var pca = Pca.Fit(new FeatureMatrix(values, 30, [.. Enumerable.Range(0, 15).Select(i => $"x{i}")]), new PcaOptions(15));
        Assert.Equal(15, pca.Components.Count);
        for (var i = 0; i < 15; i++)
        {
            Assert.Equal(1.0 / 15, pca.ExplainedVarianceRatio[i], 1e-9);
            for (var j = 0; j < 15; j++)
                Assert.Equal(i == j ? 1 : 0, pca.Components[i].Zip(pca.Components[j], (a, b) => a * b).Sum(), 1e-8);
        }
    }

    [Fact]
    public void Constant_columns_and_doubled_networks_leave_only_the_components_there_are()
    {
        var layout = Networks.Population(new RecurrentSpec(2, 3, 1, [2], Activation.None), ["AMachine"], 3);
        var rows = View.Raw.Build(layout).Select([0, 1, 2, 0, 1, 2]);
        Assert.Equal(2, Pca.Fit(rows, new PcaOptions(5)).Components.Count);
        Assert.Empty(Pca.Fit(rows.Select([0, 0, 0]), new PcaOptions(2)).Components);
    }

    [Fact]
    public void One_network_has_no_principal_component() =>
        Assert.Contains(
            "at least 2 networks",
            Assert.Throws<ArgumentException>(() => Pca.Fit(Samples.Blobs(1, 4, 1, 1), new PcaOptions())).Message, StringComparison.Ordinal);
}

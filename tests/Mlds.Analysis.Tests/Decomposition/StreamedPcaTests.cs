using CsCheck;
using Mlds.Analysis.Data;
using Mlds.Analysis.Decomposition;

namespace Mlds.Analysis.Tests.Decomposition;

public sealed class StreamedPcaTests
{
    static IEnumerable<float[]> Rows(FeatureMatrix matrix) =>
        Enumerable.Range(0, matrix.Rows).Select(row => matrix.Row(row).ToArray());

    static StreamedPca Fit(IEnumerable<float[]> rows, int columns, int components = 2) =>
        StreamedPca.Fit(rows, columns, components, TestContext.Current.CancellationToken);

    /// <summary>Stated in docs/analysis/methods.md: ratios to 1e-5, coordinates to 1e-4.</summary>
    [Theory]
    [InlineData(700, 53)]
    [InlineData(90, 130)]
    public void It_ends_where_scikit_learn_does(int rows, int columns)
    {
        var matrix = Samples.Blobs(rows, columns, 6, 8);
        var pca = Fit(Rows(matrix), columns, 4);
        var expected = Python.Run(
            $$"""
            from sklearn.decomposition import PCA
            p = PCA(4, svd_solver='full').fit(rows('x', {{columns}}))
            c = p.components_
            signs = np.sign(c[np.arange(4), np.abs(c).argmax(1)])
            out(ratio=p.explained_variance_ratio_, coordinates=p.transform(rows('x', {{columns}})) * signs)
            """, ("x", Samples.Doubles(matrix.Values)));
        Near.All(expected.Doubles("ratio"), pca.ExplainedVarianceRatio, 1e-5);
        Near.All(expected.Doubles("coordinates"), [.. Rows(matrix).SelectMany(row => pca.Transform(row))], 1e-4);
    }

    [Fact]
    public void It_is_the_PCA_in_memory_also_far_from_the_origin() =>
        Gen.Select(Gen.Int[2, 40], Gen.Int[3, 60], Gen.ULong).Sample((columns, rows, seed) =>
        {
            var matrix = Samples.Blobs(rows, columns, 3, seed);
            for (var i = 0; i < matrix.Values.Length; i++) matrix.Values[i] += 1000;
            var (streamed, whole) = (Fit(Rows(matrix), columns, 1), Pca.Fit(matrix, new PcaOptions(1)));
            Near.All(whole.ExplainedVarianceRatio, streamed.ExplainedVarianceRatio, 1e-5);
        }, iter: 60);

    [Fact]
    public void One_network_and_rows_of_another_length_are_refused()
    {
        Assert.Contains("at least 2", Assert.Throws<ArgumentException>(() => Fit([[1, 2]], 2)).Message, StringComparison.Ordinal);
        Assert.Contains("not 3", Assert.Throws<ArgumentException>(() => Fit([[1, 2], [1, 2, 3]], 2)).Message, StringComparison.Ordinal);
    }
}

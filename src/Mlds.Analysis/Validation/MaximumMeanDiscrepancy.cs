using Mlds.Analysis.Data;

namespace Mlds.Analysis.Validation;

/// <summary>
/// Squared maximum mean discrepancy between two samples of networks (the biased estimate, so at least 0) and its permutation test, with the
/// kernel exp(−d² / 2σ²), σ the median distance of all pairs (Gretton et al., JMLR 13, 2012).
/// </summary>
public static class MaximumMeanDiscrepancy
{
    /// <param name="features">N rows, columns already on one scale.</param>
    /// <param name="second">Which rows are of the second sample.</param>
    /// <exception cref="ArgumentException">One of the samples is empty.</exception>
    public static PermutationTest Test(FeatureMatrix features, IReadOnlyList<bool> second, PermutationOptions? options = null)
    {
        var distances = PermutationTest.Distances(features);
        var n = features.Rows;
        var width = Quantile.Of(
            Enumerable.Range(0, n).SelectMany(i => Enumerable.Range(0, i).Select(j => distances[(i * n) + j])).DefaultIfEmpty(1), 0.5);
        if (width == 0) width = 1;
        return PermutationTest.OfKernel(
            Array.ConvertAll(distances, d => Math.Exp(-d * d / (2 * width * width))), second, options ?? new PermutationOptions());
    }
}

using Mlds.Analysis.Data;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Clustering;

/// <summary>How much nearer networks are to their own cluster than to the next (Rousseeuw 1987).</summary>
public static class Silhouette
{
    /// <summary>
    /// Mean of (b − a) / max(a, b) over networks, −1 … 1: a the mean distance to the others of its cluster, b the least mean distance to
    /// another cluster. A network alone in its cluster counts 0.
    /// </summary>
    /// <param name="labels">A cluster 0 … k − 1 for each row, at least two of them in use.</param>
    public static double Of(FeatureMatrix matrix, IReadOnlyList<int> labels) =>
        Of(PermutationTest.Distances(matrix), [.. Enumerable.Range(0, matrix.Rows)], labels);

    /// <summary>The same of some networks, where the distances of all, N × N, are known already.</summary>
    /// <param name="rows">Which networks; one may come several times.</param>
    /// <param name="labels">A cluster for each of <paramref name="rows"/>.</param>
    internal static double Of(double[] distances, IReadOnlyList<int> rows, IReadOnlyList<int> labels)
    {
        var n = rows.Count;
        var stride = (long)Math.Sqrt(distances.Length);
        if (labels.Count != n) throw new ArgumentException($"There are {n} networks, but {labels.Count} labels.", nameof(labels));
        var sizes = new int[labels.Max() + 1];
        foreach (var label in labels) sizes[label]++;
        if (sizes.Count(size => size > 0) < 2) throw new ArgumentException("A silhouette needs at least two clusters.", nameof(labels));
        var sums = new double[sizes.Length];
        double total = 0;
        for (var i = 0; i < n; i++)
        {
            if (sizes[labels[i]] == 1) continue;
            Array.Clear(sums);
            for (var j = 0; j < n; j++) sums[labels[j]] += distances[(rows[i] * stride) + rows[j]];
            var own = sums[labels[i]] / (sizes[labels[i]] - 1);
            var next = Enumerable.Range(0, sizes.Length).Where(k => k != labels[i] && sizes[k] > 0).Min(k => sums[k] / sizes[k]);
            if (Math.Max(own, next) > 0) total += (next - own) / Math.Max(own, next);
        }

        return total / n;
    }
}

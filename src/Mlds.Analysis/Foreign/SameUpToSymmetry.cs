using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Networks;

namespace Mlds.Analysis.Foreign;

/// <summary>
/// Pairs of networks that are one up to a symmetry, by their canonical forms, without keeping these: they are as large as all weights.
/// </summary>
static class SameUpToSymmetry
{
    /// <summary>Forms nearer than this times their length are one network's.</summary>
    const double Within = 1e-5;

    /// <summary>
    /// Equal forms have equal lengths and equal sums of absolute values, so a network is compared with those next to it in that order whose
    /// sums agree too.
    /// </summary>
    internal static List<(int A, int B)> Of(TensorMatrix matrix, NetworkSymmetries symmetries, CancellationToken cancellation)
    {
        var (lengths, sums) = (new double[matrix.Networks], new double[matrix.Networks]);
        Parallel.For(0, matrix.Networks, Parallelism.Until(cancellation), row =>
        {
            foreach (var weight in CanonicalForm.Of(symmetries, matrix.Row(row)))
            {
                lengths[row] += (double)weight * weight;
                sums[row] += Math.Abs((double)weight);
            }

            lengths[row] = Math.Sqrt(lengths[row]);
        });

        // By Cauchy and Schwarz the sums of two vectors differ by at most √P of their distance.
        var spread = Math.Sqrt(matrix.Parameters);
        var order = Enumerable.Range(0, matrix.Networks).OrderBy(row => lengths[row]).ToArray();
        var same = new List<(int A, int B)>();
        for (var i = 0; i < order.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var tolerance = Within * lengths[order[i]];
            float[]? form = null;
            for (var j = i + 1; j < order.Length && lengths[order[j]] - lengths[order[i]] <= tolerance; j++)
            {
                if (Math.Abs(sums[order[j]] - sums[order[i]]) > spread * tolerance) continue;
                form ??= CanonicalForm.Of(symmetries, matrix.Row(order[i]));
                if (SymmetricDistance.Euclidean(form, CanonicalForm.Of(symmetries, matrix.Row(order[j]))) <= tolerance)
                    same.Add((order[i], order[j]));
            }
        }

        return same;
    }
}

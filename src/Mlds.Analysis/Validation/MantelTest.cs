using Mlds.Analysis.Data;
using Mlds.Analysis.Results;

namespace Mlds.Analysis.Validation;

/// <summary>
/// Mantel's test of whether two kinds of distances between the same objects go together (N. Mantel: The Detection of Disease Clustering and
/// a Generalized Regression Approach. Cancer Research 27, 1967): pairs of objects aren't independent, so the objects of one matrix are
/// relabelled, not the pairs.
/// </summary>
/// <param name="Correlation">Pearson's r over all pairs of different objects, −1 … 1; 0 where one kind of distance doesn't vary.</param>
/// <param name="PValue">(1 + relabellings with at least this r) / (1 + relabellings), one-sided.</param>
/// <param name="Permuted">Mean and central 95 % of the relabellings' r.</param>
public sealed record MantelTest(double Correlation, double PValue, int Permutations, Estimate Permuted)
{
    /// <param name="a">n × n, symmetric; the diagonal isn't looked at.</param>
    /// <param name="b">The same.</param>
    /// <exception cref="ArgumentException">Fewer than three objects, or matrices that aren't n × n.</exception>
    public static MantelTest Of(double[] a, double[] b, int n, int permutations = 9999, ulong seed = 1)
    {
        if (n < 3) throw new ArgumentException($"Distances between at least three objects are compared, not between {n}.", nameof(n));
        if (a.Length != n * n || b.Length != n * n)
            throw new ArgumentException($"Two matrices of {n} × {n} distances are compared, not {a.Length} and {b.Length} numbers.");
        int[] own = [.. Enumerable.Range(0, n)];
        var (left, right) = (Pairs(a, n, own), Pairs(b, n, own));
        var correlation = Fit.Pearson(left, right);
        var permuted = new double[permutations];
        Parallel.For(0, permutations, Parallelism.Options, permutation =>
        {
            var order = own.ToArray();
            new SeededRandom(seed, SeededRandom.Stream("mantel", permutation)).Shuffle<int>(order);
            permuted[permutation] = Fit.Pearson(left, Pairs(b, n, order));
        });

        // A relabelling that gives the same distances must not fall short by rounding.
        var reached = permuted.Count(r => r >= correlation - 1e-12);
        return new MantelTest(correlation, (1.0 + reached) / (1 + permutations), permutations, Intervals.Central(permuted));
    }

    /// <summary>
    /// r of the objects <paramref name="rows"/> alone, in which one may come several times, for a bootstrap over objects; pairs of an
    /// object with itself are left out. NaN where there are fewer than three pairs.
    /// </summary>
    internal static double Among(double[] a, double[] b, int n, int[] rows)
    {
        var (left, right) = (new List<double>(), new List<double>());
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (rows[i] == rows[j]) continue;
                left.Add(a[(rows[i] * n) + rows[j]]);
                right.Add(b[(rows[i] * n) + rows[j]]);
            }
        }

        return left.Count < 3 ? double.NaN : Fit.Pearson(left.ToArray(), right.ToArray());
    }

    /// <summary>The distances of all pairs, objects taken in <paramref name="order"/>.</summary>
    static double[] Pairs(double[] matrix, int n, int[] order)
    {
        var pairs = new double[n * (n - 1) / 2];
        var at = 0;
        for (var i = 0; i < n; i++)
            for (var j = 0; j < i; j++) pairs[at++] = matrix[(order[i] * n) + order[j]];
        return pairs;
    }
}

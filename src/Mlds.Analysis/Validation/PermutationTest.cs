using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Validation;

/// <param name="Permutations">Random relabellings.</param>
/// <param name="Blocks">A block for each network; labels are only exchanged within a block, such as a seed with its twins. Null for one
/// block.</param>
public sealed record PermutationOptions(int Permutations = 999, ulong Seed = 1, IReadOnlyList<int>? Blocks = null);

/// <summary>Tests whether two samples come from one distribution, by relabelling.</summary>
/// <param name="Statistic">Its value for the true labels; 0 for equal distributions, larger for unlike ones.</param>
/// <param name="PValue">(1 + relabellings with at least this statistic) / (1 + relabellings): exact under exchangeability (Phipson and
/// Smyth 2010).</param>
public sealed record PermutationTest(double Statistic, double PValue, int Permutations)
{
    /// <summary>
    /// The statistic mean k(x, x') + mean k(y, y') − 2 mean k(x, y) for the kernel matrix <paramref name="kernel"/>, N × N.
    /// </summary>
    internal static PermutationTest OfKernel(double[] kernel, IReadOnlyList<bool> second, PermutationOptions options)
    {
        var n = second.Count;
        var (many, few) = (second.Count(s => s), second.Count(s => !s));
        if (many == 0 || few == 0)
            throw new ArgumentException($"Two samples are compared, but {n} networks are all of one.", nameof(second));
        if (options.Blocks is { } given && given.Count != n)
            throw new ArgumentException($"There are {n} networks, but {given.Count} blocks.", nameof(options));
        var total = kernel.Sum();
        var statistic = StatisticOf(kernel, total, [.. second.Select(s => s ? 1.0 : 0.0)]);
        int[][] blocks = options.Blocks is null
            ? [[.. Enumerable.Range(0, n)]]
            : [.. Enumerable.Range(0, n).GroupBy(i => options.Blocks[i]).OrderBy(group => group.Key).Select(group => group.ToArray())];

        // A relabelling that gives the same partition, or one that can't matter since the samples are equal, must not fall short by
        // rounding.
        var rounding = 1e-12 * Math.Abs(total) / ((double)n * n);
        var reached = new bool[options.Permutations];
        Parallel.For(0, options.Permutations, Parallelism.Options, permutation =>
        {
            var random = new SeededRandom(options.Seed, SeededRandom.Stream("permutation", permutation));
            var labels = Shuffled(second, blocks, random);
            reached[permutation] = StatisticOf(kernel, total, labels) >= statistic - rounding;
        });
        return new PermutationTest(statistic, (1.0 + reached.Count(r => r)) / (1 + options.Permutations), options.Permutations);
    }

    static double[] Shuffled(IReadOnlyList<bool> second, int[][] blocks, SeededRandom random)
    {
        var labels = new double[second.Count];
        foreach (var block in blocks)
        {
            var values = Array.ConvertAll(block, i => second[i] ? 1.0 : 0.0);
            random.Shuffle<double>(values);
            for (var i = 0; i < block.Length; i++) labels[block[i]] = values[i];
        }

        return labels;
    }

    /// <summary>
    /// With y the indicator of the second sample: Σ k(y, y') = yᵀKy, and the other sums follow from row sums of the same product.
    /// </summary>
    static double StatisticOf(double[] kernel, double total, double[] labels)
    {
        var n = labels.Length;
        double within = 0, across = 0, count = 0;
        for (var i = 0; i < n; i++)
        {
            var toSecond = Products.Dot(kernel.AsSpan(i * n, n), labels);
            if (labels[i] > 0) (within, count) = (within + toSecond, count + 1);
            else across += toSecond;
        }

        var rest = n - count;
        return (within / (count * count)) + ((total - within - (2 * across)) / (rest * rest)) - (2 * across / (count * rest));
    }

    /// <summary>N × N Euclidean distances.</summary>
    internal static double[] Distances(FeatureMatrix features)
    {
        var n = features.Rows;
        var distances = new double[(long)n * n];
        Parallel.For(0, n, Parallelism.Options, i =>
        {
            for (var j = 0; j < i; j++)
                distances[((long)i * n) + j] = Math.Sqrt(Products.SquaredDistance(features.Row(i), features.Row(j)));
        });
        for (var i = 0; i < n; i++)
            for (var j = 0; j < i; j++) distances[((long)j * n) + i] = distances[((long)i * n) + j];
        return distances;
    }
}

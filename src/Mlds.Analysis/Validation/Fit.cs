namespace Mlds.Analysis.Validation;

/// <summary>How well predicted numbers agree with the true ones.</summary>
static class Fit
{
    /// <summary>R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)²: 1 is perfect, 0 as good as the mean, below 0 worse.</summary>
    internal static double R2(IReadOnlyList<double> truth, IReadOnlyList<double> predicted)
    {
        var mean = truth.Average();
        double left = 0, all = 0;
        for (var i = 0; i < truth.Count; i++)
        {
            left += (truth[i] - predicted[i]) * (truth[i] - predicted[i]);
            all += (truth[i] - mean) * (truth[i] - mean);
        }

        return all == 0 ? 0 : 1 - (left / all);
    }

    /// <summary>Pearson's r: the cosine of the centred numbers; 0 where either doesn't vary.</summary>
    internal static double Pearson(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (!Vary(a) || !Vary(b)) return 0;
        double meanA = 0, meanB = 0, product = 0, squaresA = 0, squaresB = 0;
        for (var i = 0; i < a.Length; i++) (meanA, meanB) = (meanA + (a[i] / a.Length), meanB + (b[i] / a.Length));
        for (var i = 0; i < a.Length; i++)
        {
            var (x, y) = (a[i] - meanA, b[i] - meanB);
            product += x * y;
            squaresA += x * x;
            squaresB += y * y;
        }

        return squaresA == 0 || squaresB == 0 ? 0 : product / Math.Sqrt(squaresA * squaresB);
    }

    static bool Vary(ReadOnlySpan<double> values) => values.Length > 0 && values.ContainsAnyExcept(values[0]);

    /// <summary>Spearman's ρ (1904): Pearson's r of the ranks, ties with their mean rank.</summary>
    internal static double Spearman(double[] a, double[] b) => Pearson(Ranks(a), Ranks(b));

    /// <summary>Ranks from 1, ties with their mean rank.</summary>
    internal static double[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length)];
        Array.Sort((double[])values.Clone(), order);
        var ranks = new double[values.Length];
        for (var start = 0; start < order.Length;)
        {
            var end = start;
            while (end < order.Length && values[order[end]] == values[order[start]]) end++;
            for (var i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2.0;
            start = end;
        }

        return ranks;
    }

    /// <summary>Kendall's τ_b (1945), which corrects for ties: 1 same order, 0 unrelated, −1 reversed. O(n²).</summary>
    internal static double KendallTau(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        long balance = 0, tiesA = 0, tiesB = 0, pairs = 0;
        for (var i = 0; i < a.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (x, y) = (a[i].CompareTo(a[j]), b[i].CompareTo(b[j]));
                pairs++;
                if (x == 0) tiesA++;
                if (y == 0) tiesB++;
                balance += Math.Sign(x) * Math.Sign(y);
            }
        }

        return tiesA == pairs || tiesB == pairs ? 0 : balance / Math.Sqrt((double)(pairs - tiesA) * (pairs - tiesB));
    }
}

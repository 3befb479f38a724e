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

using Mlds.Analysis.Data;
using Mlds.Analysis.Results;

namespace Mlds.Analysis.Validation;

/// <summary>95 % intervals that stay honest at the ends of the scale: a perfect score on 20 networks isn't a certain one.</summary>
static class Intervals
{
    /// <summary>The 97.5 % point of the standard normal.</summary>
    const double Z = 1.959963984540054;

    /// <summary>Wilson's score interval for a proportion (Wilson 1927; Brown, Cai, DasGupta 2001).</summary>
    internal static Estimate Proportion(double share, double count)
    {
        var centre = (share + (Z * Z / (2 * count))) / (1 + (Z * Z / count));
        var half = Z / (1 + (Z * Z / count)) * Math.Sqrt((share * (1 - share) / count) + (Z * Z / (4 * count * count)));
        return new Estimate(share, Math.Clamp(centre - half, 0, share), Math.Clamp(centre + half, share, 1));
    }

    /// <summary>
    /// An interval for an AUC from <paramref name="positives"/> and <paramref name="negatives"/> networks: the values θ with |AUC − θ| ≤ z
    /// √V(θ), where V is Hanley and McNeil's variance (1982) in the form of Newcombe's method 5 (Statistics in Medicine 25, 2006, 559–573).
    /// Unlike DeLong's and the bootstrap's it has a length at AUC = 1.
    /// </summary>
    internal static Estimate Auc(double auc, int positives, int negatives)
    {
        double m = positives, n = negatives, star = ((m + n) / 2) - 1;
        double Distance(double theta)
        {
            var variance = theta * (1 - theta) / (m * n) * (1 + (star * (((1 - theta) / (2 - theta)) + (theta / (1 + theta)))));
            return Math.Abs(auc - theta) - (Z * Math.Sqrt(variance));
        }

        return new Estimate(auc, Root(Distance, auc, 0), Root(Distance, auc, 1));
    }

    /// <summary>
    /// The mean of independent estimates, its interval by MOVER (Zou and Donner 2008): from each one's distance to its own limits. It says
    /// how sure the mean over <em>these</em> machines is, not over all machines that could be.
    /// </summary>
    internal static Estimate Mean(IReadOnlyList<Estimate> estimates)
    {
        var mean = estimates.Average(e => e.Value);
        var below = Math.Sqrt(estimates.Sum(e => (e.Value - e.Low) * (e.Value - e.Low))) / estimates.Count;
        var above = Math.Sqrt(estimates.Sum(e => (e.High - e.Value) * (e.High - e.Value))) / estimates.Count;
        return new Estimate(mean, mean - below, mean + above);
    }

    /// <summary>Mean of repetitions with their central 95 %.</summary>
    internal static Estimate Central(IReadOnlyList<double> repetitions) =>
        new(repetitions.Average(), Quantile.Of(repetitions, 0.025), Quantile.Of(repetitions, 0.975));

    /// <summary>
    /// The farthest point from <paramref name="inside"/> towards <paramref name="end"/> where the distance is still at most 0, by
    /// bisection.
    /// </summary>
    static double Root(Func<double, double> distance, double inside, double end)
    {
        if (inside == end || distance(end) <= 0) return end;
        for (var step = 0; step < 60; step++)
        {
            var middle = (inside + end) / 2;
            if (distance(middle) <= 0) inside = middle;
            else end = middle;
        }

        return inside;
    }
}

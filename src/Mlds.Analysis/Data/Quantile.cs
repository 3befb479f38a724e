namespace Mlds.Analysis.Data;

/// <summary>Quantiles by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996; numpy's default).</summary>
static class Quantile
{
    /// <param name="sorted">At least one number, ascending.</param>
    /// <param name="share">0 … 1.</param>
    internal static double OfSorted(ReadOnlySpan<double> sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        return below >= sorted.Length - 1
            ? sorted[^1]
            : sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below]));
    }

    internal static double Of(IEnumerable<double> numbers, double share)
    {
        var sorted = numbers.ToArray();
        Array.Sort(sorted);
        return OfSorted(sorted, share);
    }
}

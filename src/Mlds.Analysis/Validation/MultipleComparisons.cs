namespace Mlds.Analysis.Validation;

/// <summary>
/// p-values of many tests, adjusted so that each can be compared with the level wanted for all of them together; in the order given.
/// </summary>
public static class MultipleComparisons
{
    /// <summary>
    /// Holm's step-down (1979): the chance of any false finding stays below the level, however the tests depend on each other.
    /// </summary>
    public static double[] Holm(IReadOnlyList<double> pValues)
    {
        var order = Order(pValues);
        var adjusted = new double[pValues.Count];
        double least = 0;
        for (var i = 0; i < order.Length; i++)
        {
            least = Math.Max(least, Math.Min(1, (order.Length - i) * pValues[order[i]]));
            adjusted[order[i]] = least;
        }

        return adjusted;
    }

    /// <summary>
    /// Benjamini and Hochberg's step-up (1995): the expected share of false findings among the findings stays below the level, for
    /// independent or positively dependent tests.
    /// </summary>
    public static double[] BenjaminiHochberg(IReadOnlyList<double> pValues)
    {
        var order = Order(pValues);
        var adjusted = new double[pValues.Count];
        double most = 1;
        for (var i = order.Length - 1; i >= 0; i--)
        {
            most = Math.Min(most, pValues[order[i]] * order.Length / (i + 1));
            adjusted[order[i]] = most;
        }

        return adjusted;
    }

    /// <summary>
    /// Tests in an order fixed beforehand, each asked only when all before it found something (Maurer, Hothorn and Lehmacher 1995): the
    /// largest p-value so far. The chance of any false finding stays below the level without a factor for their number.
    /// </summary>
    public static double[] FixedSequence(IReadOnlyList<double> pValues)
    {
        _ = Order(pValues);
        double most = 0;
        return [.. pValues.Select(p => most = Math.Max(most, p))];
    }

    static int[] Order(IReadOnlyList<double> pValues)
    {
        foreach (var p in pValues)
            if (!(p is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(pValues), p, "A p-value lies between 0 and 1.");
        return [.. Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i])];
    }
}

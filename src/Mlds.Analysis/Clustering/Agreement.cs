namespace Mlds.Analysis.Clustering;

/// <summary>How well two partitions of the same networks agree.</summary>
public static class Agreement
{
    /// <summary>
    /// Adjusted Rand index (Hubert and Arabie 1985): 1 for equal partitions, 0 expected by chance.
    /// </summary>
    public static double AdjustedRandIndex(IReadOnlyList<int> a, IReadOnlyList<int> b)
    {
        var (cells, rows, columns) = Contingency(a, b);
        static double Pairs(double count) => count * (count - 1) / 2;
        var together = cells.Values.Sum(count => Pairs(count));
        double inA = rows.Values.Sum(count => Pairs(count)), inB = columns.Values.Sum(count => Pairs(count));
        var expected = inA * inB / Pairs(a.Count);
        var most = (inA + inB) / 2;

        // Both partitions trivial (one cluster, or all apart): they are equal.
        return most == expected ? 1 : (together - expected) / (most - expected);
    }

    /// <summary>
    /// Normalised mutual information, by the arithmetic mean of the entropies (Strehl and Ghosh 2002; scikit-learn's default): 0 … 1.
    /// </summary>
    public static double NormalizedMutualInformation(IReadOnlyList<int> a, IReadOnlyList<int> b)
    {
        var (cells, rows, columns) = Contingency(a, b);
        double n = a.Count;
        double Entropy(Dictionary<int, int> counts) => -counts.Values.Sum(count => count / n * Math.Log(count / n));
        var mean = (Entropy(rows) + Entropy(columns)) / 2;
        if (mean == 0) return 1;
        var mutual = cells.Sum(cell => cell.Value / n * Math.Log(cell.Value * n / ((double)rows[cell.Key.A] * columns[cell.Key.B])));
        return Math.Clamp(mutual / mean, 0, 1);
    }

    static (Dictionary<(int A, int B), int> Cells, Dictionary<int, int> Rows, Dictionary<int, int> Columns) Contingency(
        IReadOnlyList<int> a, IReadOnlyList<int> b)
    {
        if (a.Count != b.Count || a.Count == 0)
        {
            throw new ArgumentException(
                $"Both partitions must be of the same networks, at least one: there are {a.Count} and {b.Count} labels.", nameof(b));
        }

        var cells = new Dictionary<(int, int), int>();
        var rows = new Dictionary<int, int>();
        var columns = new Dictionary<int, int>();
        for (var i = 0; i < a.Count; i++)
        {
            cells[(a[i], b[i])] = cells.GetValueOrDefault((a[i], b[i])) + 1;
            rows[a[i]] = rows.GetValueOrDefault(a[i]) + 1;
            columns[b[i]] = columns.GetValueOrDefault(b[i]) + 1;
        }

        return (cells, rows, columns);
    }
}

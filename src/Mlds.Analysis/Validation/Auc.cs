namespace Mlds.Analysis.Validation;

/// <summary>
/// Area under the ROC curve: the probability that a positive scores above a negative, ties counted half (Mann and Whitney 1947).
/// </summary>
static class Auc
{
    internal static double Of(IReadOnlyList<double> scores, IReadOnlyList<bool> positive)
    {
        var order = Enumerable.Range(0, scores.Count).ToArray();
        Array.Sort(order, (a, b) => scores[a].CompareTo(scores[b]));
        double ranks = 0;
        var positives = positive.Count(p => p);
        for (var start = 0; start < order.Length;)
        {
            var end = start;
            while (end < order.Length && scores[order[end]] == scores[order[start]]) end++;
            for (var i = start; i < end; i++)
                if (positive[order[i]]) ranks += (start + 1 + end) / 2.0;
            start = end;
        }

        return (ranks - (positives * (positives + 1.0) / 2)) / ((double)positives * (scores.Count - positives));
    }
}

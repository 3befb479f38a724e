using Mlds.Analysis.Data;
using Mlds.Analysis.Results;

namespace Mlds.Analysis.Validation;

/// <summary>
/// Percentile bootstrap over groups (Efron and Tibshirani 1993, ch. 8 and 13): networks that belong together, such as a seed's twins, are
/// drawn together.
/// </summary>
public static class Bootstrap
{
    /// <summary>A statistic of all rows with its central 95 %.</summary>
    /// <param name="groups">The group of each row; to draw rows one by one, give each its own.</param>
    /// <param name="statistic">Of row numbers, in which a row may come several times. NaN where it is undefined; such draws are left
    /// out.</param>
    /// <exception cref="ArgumentException">No row.</exception>
    public static Estimate Interval(IReadOnlyList<int> groups, Func<int[], double> statistic, int repetitions = 1000, ulong seed = 1)
    {
        if (groups.Count == 0) throw new ArgumentException("A bootstrap needs at least one row.", nameof(groups));
        int[][] members = [.. Enumerable.Range(0, groups.Count).GroupBy(row => groups[row]).OrderBy(group => group.Key)
            .Select(group => group.ToArray())];
        var values = new double[repetitions];
        Parallel.For(0, repetitions, Parallelism.Options, repetition =>
        {
            var random = new SeededRandom(seed, SeededRandom.Stream("bootstrap", repetition));
            values[repetition] = statistic([.. Enumerable.Range(0, members.Length).SelectMany(_ => members[random.Next(members.Length)])]);
        });
        var value = statistic([.. Enumerable.Range(0, groups.Count)]);
        var defined = values.Where(v => !double.IsNaN(v)).ToArray();
        return defined.Length == 0
            ? new Estimate(value, value, value)
            : new Estimate(value, Quantile.Of(defined, 0.025), Quantile.Of(defined, 0.975));
    }
}

using System.Globalization;
using Mlds.Analysis.Data;

namespace Mlds.Analysis.Questions;

/// <summary>The networks a question is asked of: equally many of every class.</summary>
/// <param name="Rows">Rows of the context's networks.</param>
/// <param name="Labels">The class 0 … K − 1 of each.</param>
/// <param name="Classes">K names.</param>
/// <param name="PerClass">Networks per class.</param>
/// <param name="LeftOut">What was left out for balance or for lack of networks, one sentence each.</param>
sealed record Selection(int[] Rows, int[] Labels, string[] Classes, int PerClass, IReadOnlyList<string> LeftOut)
{
    /// <summary>Says that it is a sample and why, in a sentence; null where no ceiling left anything out.</summary>
    internal string? Sample { get; private init; }

    /// <summary>
    /// Takes as many networks of every class as the smallest has, after leaving out classes with fewer than the minimum. Seeds that most
    /// classes have come first, then low ones, so that twins stay complete.
    /// </summary>
    /// <param name="ceiling">Networks of a class at most.</param>
    internal static Selection Balanced(
        QuestionContext context, IEnumerable<(string Name, IReadOnlyList<int> Rows)> classes, Ceiling ceiling)
    {
        var leftOut = new List<string>();
        var kept = new List<(string Name, IReadOnlyList<int> Rows)>();
        foreach (var (name, rows) in classes)
        {
            if (rows.Count >= context.MinimumPerClass) kept.Add((name, rows));
            else leftOut.Add($"{name} has {rows.Count} converged networks; at least {context.MinimumPerClass} are needed.");
        }

        if (kept.Count < 2) return new Selection([], [], [.. kept.Select(c => c.Name)], 0, leftOut);
        var (most, why) = ceiling(kept.Count);
        var smallest = kept.Min(c => c.Rows.Count);
        var perClass = Math.Min(smallest, most);
        var sample = most < smallest
            ? string.Create(CultureInfo.InvariantCulture, $"at most {most:N0} of a class take part, {why}.")
            : null;
        var reason = sample is null ? "left out to balance the classes." : $"left out: {sample}";
        var shared = kept.SelectMany(c => c.Rows.Select(row => context.Labels[row].Seed)).CountBy(seed => seed).ToDictionary();
        var selected = new List<int>();
        var larger = 0;
        foreach (var (name, rows) in kept)
        {
            selected.AddRange(
                rows.OrderByDescending(row => shared[context.Labels[row].Seed]).ThenBy(row => context.Labels[row].Seed).Take(perClass));
            if (rows.Count == perClass) continue;
            larger++;
            if (!context.HasManyMachines) leftOut.Add($"{rows.Count - perClass} networks of {name} were {reason}");
        }

        if (context.HasManyMachines && larger > 0)
        {
            leftOut.Add($"{kept.Sum(c => c.Rows.Count) - selected.Count} networks of {larger} machines were {reason}");
        }

        var labels = Enumerable.Range(0, kept.Count).SelectMany(k => Enumerable.Repeat(k, perClass));
        return new Selection([.. selected], [.. labels], [.. kept.Select(c => c.Name)], perClass, leftOut)
        {
            Sample = sample is null ? null : $"A sample: {sample}",
        };
    }

    /// <summary>The seed of every selected network.</summary>
    internal uint[] Seeds(QuestionContext context) => Array.ConvertAll(Rows, row => context.Labels[row].Seed);

    /// <summary>The rows of <paramref name="context"/>'s networks that <paramref name="condition"/> takes.</summary>
    internal static int[] RowsWhere(QuestionContext context, Func<NetworkLabel, bool> condition) =>
        [.. Enumerable.Range(0, context.Labels.Count).Where(row => condition(context.Labels[row]))];
}

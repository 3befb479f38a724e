using Mlds.Analysis.Results;

namespace Mlds.Analysis.Questions;

/// <summary>Numbers as sentences say them.</summary>
static class Words
{
    /// <summary>"99.1 % (98.2 to 99.6)".</summary>
    internal static string Percent(Estimate e) =>
        FormattableString.Invariant($"{100 * e.Value:0.0} % (95 % interval {100 * e.Low:0.0} to {100 * e.High:0.0})");

    /// <summary>"0.975 (0.941 to 0.993)".</summary>
    internal static string Number(Estimate e) =>
        FormattableString.Invariant($"{e.Value:0.000} (95 % interval {e.Low:0.000} to {e.High:0.000})");

    internal static string Number(double value) => FormattableString.Invariant($"{value:0.000}");

    /// <summary>"a, b and c".</summary>
    internal static string List(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "none",
        1 => items[0],
        _ => $"{string.Join(", ", items.SkipLast(1))} and {items[^1]}",
    };
}

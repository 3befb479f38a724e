using System.Globalization;

namespace Mlds.Benchmarks.Growth;

/// <summary>The table of docs/growth.md, made of docs/results/growth.json.</summary>
static class GrowthTable
{
    internal static IEnumerable<string> Lines(GrowthResult result)
    {
        var sizes = result.Sizes;
        yield return $"| step |{string.Concat(sizes.Select(size => $" {Number(size.Networks)} networks |"))} time grows by |";
        yield return $"|---|{string.Concat(sizes.Select(_ => "---:|"))}---:|";
        foreach (var step in result.Steps)
        {
            var cells = sizes.Select(size => size.Steps.TryGetValue(step, out var run) ? $" {Cell(run)} |" : " |");
            var power = result.Power(step) is { } by ? string.Create(CultureInfo.InvariantCulture, $"N^{by:0.00}") : "";
            yield return $"| {step} |{string.Concat(cells)} {power} |";
        }

        yield return Bytes("bytes a network: zoo", result, size => size.ZooBytes);
        yield return Bytes("bytes a network: release", result, size => size.ReleaseBytes);
    }

    static string Bytes(string title, GrowthResult result, Func<GrownSize, long> bytes)
    {
        var cells = result.Sizes.Select(size => bytes(size) > 0 ? $" {Number(bytes(size) / size.Networks)} |" : " |");
        return $"| {title} |{string.Concat(cells)} |";
    }

    static string Cell(MeasuredRun run) => string.Create(
        CultureInfo.InvariantCulture, $"{run.CoreSeconds:0.0} s, {run.PeakBytes / 1e6:0} MB");

    static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

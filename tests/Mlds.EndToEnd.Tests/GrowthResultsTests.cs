using System.Globalization;
using System.Text.Json.Nodes;

namespace Mlds.EndToEnd.Tests;

/// <summary>docs/growth.md says what docs/results/growth.json holds, and nothing there grows faster than the networks do.</summary>
public sealed class GrowthResultsTests
{
    /// <summary>DS1's networks.</summary>
    const double WeightBytes = 4 * 4364;

    /// <summary>Of a step's processor time over the last factor of ten, caches that no longer hold everything included.</summary>
    const double MostPower = 1.15;

    static readonly JsonArray s_sizes = JsonNode.Parse(Repository.Read("docs", "results", "growth.json"))!["sizes"]!.AsArray();

    static readonly string[] s_steps =
        [.. s_sizes.SelectMany(size => size!["steps"]!.AsObject()).Select(step => step.Key).Distinct()];

    [Fact]
    public void The_page_s_table_is_the_committed_result()
    {
        var page = Repository.Read("docs", "growth.md").Split('\n');
        Assert.NotEmpty(s_steps);
        foreach (var step in s_steps)
        {
            var cells = s_sizes.Select(size => size!["steps"]![step] is { } run ? $" {Cell(run)} |" : " |");
            Assert.Contains($"| {step} |{string.Concat(cells)} {Power(step)} |", page);
        }
    }

    [Fact]
    public void No_step_s_time_grows_faster_than_the_networks()
    {
        foreach (var step in s_steps.Where(IsStored))
        {
            Assert.Equal(100_000, Networks(SizesOf(step)[^1]));
            Assert.InRange(PowerOf(step)!.Value, -0.1, MostPower);
        }
    }

    [Fact]
    public void No_step_but_the_analysis_holds_all_weights_in_memory()
    {
        foreach (var step in s_steps.Where(IsStored))
        {
            var most = SizesOf(step)[^1];
            var (peak, all) = ((double)most["steps"]![step]!["peak_bytes"]!, WeightBytes * Networks(most));
            Assert.True(peak < all / 2, $"{step} takes {peak} bytes for {all} of weights.");
        }
    }

    static bool IsStored(string step) => !step.StartsWith("analyze", StringComparison.Ordinal);

    static JsonNode[] SizesOf(string step) => [.. s_sizes.Where(size => size!["steps"]![step] is not null).Select(size => size!)];

    static int Networks(JsonNode size) => (int)size["networks"]!;

    static string Cell(JsonNode run) => string.Create(
        CultureInfo.InvariantCulture, $"{(double)run["core_seconds"]!:0.0} s, {(double)run["peak_bytes"]! / 1e6:0} MB");

    static string Power(string step) =>
        PowerOf(step) is { } power ? string.Create(CultureInfo.InvariantCulture, $"N^{power:0.00}") : "";

    /// <summary>p, where the step's time grows as networks to the p over the last factor of ten or so; null with one size.</summary>
    static double? PowerOf(string step)
    {
        var sizes = SizesOf(step);
        if (sizes.Length < 2) return null;
        var last = sizes[^1];
        var first = sizes.LastOrDefault(size => Networks(size) * 10 <= Networks(last)) ?? sizes[^2];
        double Time(JsonNode size) => (double)size["steps"]![step]!["core_seconds"]!;
        return Math.Log(Time(last) / Time(first)) / Math.Log((double)Networks(last) / Networks(first));
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Mlds.EndToEnd.Tests;

/// <summary>The README's table of speed says what benchmarks/results hold, all of it and nothing else.</summary>
public sealed class SpeedResultsTests
{
    static readonly string[] s_folders = [.. Directory.GetDirectories(Repository.PathOf("benchmarks", "results"))
        .Where(folder => File.Exists(Path.Combine(folder, "against-pytorch.json"))).Select(folder => Path.GetFileName(folder))
        .Order(StringComparer.Ordinal)];

    [Fact]
    public void The_tables_rows_are_the_committed_results()
    {
        var table = Regex.Match(
            Repository.Read("README.md"), @"\| processor \| batch × commands \|.*\n\|[-|]+\n((\|.*\n)*)").Groups[1].Value;
        string[] rows = [.. table.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

        Assert.NotEmpty(s_folders);
        Assert.Equal(s_folders.SelectMany(Rows), rows);
    }

    [Fact]
    public void No_committed_result_is_of_the_quick_mode_or_of_losses_that_disagree()
    {
        foreach (var result in s_folders.Select(Against))
        {
            Assert.False((bool)result["quick"]!);
            Assert.True((int)result["rounds"]! >= 7);
            foreach (var one in result["agreement"]!.AsArray())
                Assert.InRange((double)one!["largest_relative_difference"]!, 0, 1e-5);
        }
    }

    [Fact]
    public void Nor_is_one_of_LeNet_5()
    {
        var files = Directory.GetFiles(
            Repository.PathOf("benchmarks", "results"), "against-pytorch-lenet-5.json", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        foreach (var result in files.Select(file => JsonNode.Parse(File.ReadAllText(file))!))
        {
            Assert.False((bool)result["quick"]!);
            Assert.InRange((double)Assert.Single(result["agreement"]!.AsArray())!["largest_relative_difference"]!, 0, 1e-5);
        }
    }

    [Fact]
    public void No_neighbouring_sizes_are_a_cliff()
    {
        foreach (var folder in s_folders)
        {
            foreach (var steepest in JsonNode.Parse(Repository.Read("benchmarks", "results", folder, "shapes.json"))!["steepest"]!
                .AsArray())
            {
                Assert.True(steepest!["cliffs"]!.AsArray().Count == 0, $"{folder}: {steepest.ToJsonString()}");
            }
        }
    }

    static JsonNode Against(string folder) => JsonNode.Parse(Repository.Read("benchmarks", "results", folder, "against-pytorch.json"))!;

    static IEnumerable<string> Rows(string folder)
    {
        var result = Against(folder);
        var name = $"[{result["processor"]}](benchmarks/results/{folder}/against-pytorch.json)";
        var cases = result["cases"]!.AsArray();
        foreach (var one in cases.Take(2))
        {
            yield return $"| {(one == cases[0] ? name : "")} | {one!["batch"]} × {one["steps"]} | "
                + $"{Whole(one["pytorch"]!["step_microseconds"]!)} µs "
                + string.Concat(Cells(one, "step_microseconds", "µs", "ratio")) + "|";
        }

        var best = result["best_batch"]!;
        yield return $"|  | a command of a sequence: ours at 128 × 16, PyTorch at its best batch, {best["pytorch"]!["batch"]} "
            + $"| {Whole(best["pytorch"]!["nanoseconds_a_sample_timestep"]!)} ns "
            + string.Concat(Cells(best, "nanoseconds_a_sample_timestep_at_128", "ns", "ratio_at_128")) + "|";
    }

    static IEnumerable<string> Cells(JsonNode one, string time, string unit, string ratio) =>
        new[] { "avx2", "avx512" }.Select(kernels => one[kernels] is { } ours
            ? $"| {Whole(ours[time]!)} {unit}: "
                + $"**{Tenths(ours[ratio]!["median"]!)}×** ({Tenths(ours[ratio]!["low"]!)} to {Tenths(ours[ratio]!["high"]!)}) "
            : "| – ");

    // Ties to even, as the script that wrote the table rounds.
    static string Whole(JsonNode number) => Math.Round((decimal)(double)number).ToString("N0", CultureInfo.InvariantCulture);

    static string Tenths(JsonNode number) => Math.Round((decimal)(double)number, 1).ToString("0.0", CultureInfo.InvariantCulture);
}

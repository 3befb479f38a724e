using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Benchmarks.Growth;
using Mlds.Zoos;

namespace Mlds.Benchmarks.Analysis;

/// <summary>
/// <c>Mlds.Benchmarks analysis --zoo DIR --growth N,N</c>: time and memory of <c>mlds analyze</c> against the number of networks, each in a
/// process of its own as people start it. The zoos are made of the networks of a real one (<see cref="NoisyZoo"/>): they measure time and
/// memory alone, no accuracy.
/// </summary>
static class AnalysisGrowth
{
    static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>The report's three numbers and what they are quoted beside.</summary>
    static readonly string[] s_headlines = ["which_machine", "modified_or_original", "modified_or_original_unseen_machine"];

    /// <param name="trained">The zoo whose networks are copied with noise.</param>
    /// <param name="all">Whether all questions and pictures are asked for, rather than those of the headlines.</param>
    /// <param name="memory">GB that an analysis may take; 0 for what it takes by itself.</param>
    /// <param name="file">Measurements of other sizes in it stay.</param>
    internal static void Run(string trained, IReadOnlyList<int> sizes, bool all, double memory, string file, JsonObject head)
    {
        foreach (var size in sizes)
        {
            var measured = Measure(trained, size, all, memory);
            var before = File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file))!["sizes"]!.AsArray() : [];
            bool IsSame(JsonNode other) =>
                (string?)other["questions"] == (string?)measured["questions"] && (int)other["networks"]! == (int)measured["networks"]!;
            head["sizes"] = new JsonArray(
            [
                .. before.Select(other => other!).Where(other => !IsSame(other)).Append(measured).Select(one => one.DeepClone())
                    .OrderBy(one => (string?)one["questions"], StringComparer.Ordinal).ThenBy(one => (int)one["networks"]!),
            ]);
            File.WriteAllText(file, head.ToJsonString(s_json) + "\n");
            Console.WriteLine(measured.ToJsonString(s_json));
        }
    }

    static JsonObject Measure(string trained, int size, bool all, double memory)
    {
        var folder = Directory.CreateTempSubdirectory("mlds-analysis-growth-").FullName;
        try
        {
            var (zoo, report) = (Path.Combine(folder, "zoo"), Path.Combine(folder, "report"));
            using (var source = Zoo.Open(trained)) NoisyZoo.Write(source, zoo, size);
            string[] words = ["analyze", zoo, "--out", report, "--json"];
            if (!all) words = [.. words, "--questions", string.Join(',', s_headlines)];
            if (memory > 0) words = [.. words, "--memory", memory.ToString(CultureInfo.InvariantCulture)];
            var run = MeasuredRun.Of([Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll"), .. words]);
            var metrics = JsonNode.Parse(File.ReadAllText(Path.Combine(report, "metrics.json")))!;
            return new JsonObject
            {
                ["questions"] = all ? "all" : "headlines",
                ["networks"] = (int)metrics["population"]!["used"]!,
                ["machines"] = metrics["population"]!["machines"]!.AsArray().Count,
                ["parameters"] = (int)metrics["population"]!["parameters"]!,
                ["asked"] = metrics["questions"]!.AsArray().Count(question => question!["skipped"] is null),
                ["memory_gb"] = memory > 0 ? memory : null,
                ["seconds"] = run.Seconds,
                ["core_seconds"] = run.CoreSeconds,
                ["peak_megabytes"] = run.PeakBytes / 1_000_000,
                ["report_megabytes"] = Megabytes(report),
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static long Megabytes(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) / 1_000_000;
}

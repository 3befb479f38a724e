using System.Globalization;
using System.Text.Json.Nodes;

namespace Mlds.Benchmarks.Browsing;

/// <summary>The table of docs/browse.md, made of docs/results/browse.json.</summary>
static class BrowseTable
{
    internal static IEnumerable<string> Lines(JsonObject result)
    {
        yield return "| page | time, median | at most | bytes |";
        yield return "|---|---:|---:|---:|";
        foreach (var page in result["pages"]!.AsArray())
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"| {(string)page!["page"]!} | {(double)page["median_milliseconds"]!:0.0} ms | {(double)page["most_milliseconds"]!:0.0} ms "
                + $"| {(long)page["bytes"]!:N0} |");
        }
    }
}

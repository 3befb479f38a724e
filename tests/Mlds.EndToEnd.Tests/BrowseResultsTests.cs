using System.Globalization;
using System.Text.Json.Nodes;

namespace Mlds.EndToEnd.Tests;

/// <summary>docs/browse.md says what docs/results/browse.json holds, and no page there is slow or large.</summary>
public sealed class BrowseResultsTests
{
    static readonly JsonNode s_result = JsonNode.Parse(Repository.Read("docs", "results", "browse.json"))!;

    static readonly JsonArray s_pages = s_result["pages"]!.AsArray();

    [Fact]
    public void The_page_s_table_is_the_committed_result()
    {
        var page = Repository.Read("docs", "browse.md");
        void Says(FormattableString text) => Assert.Contains(text.ToString(CultureInfo.InvariantCulture), page, StringComparison.Ordinal);
        Assert.NotEmpty(s_pages);
        foreach (var row in s_pages)
        {
            var (median, most) = ((double)row!["median_milliseconds"]!, (double)row["most_milliseconds"]!);
            Says($"| {(string)row["page"]!} | {median:0.0} ms | {most:0.0} ms | {(long)row["bytes"]!:N0} |\n");
        }

        Says($"release of {(int)s_result["networks"]!:N0} networks");
        Says($"{(double)s_result["seconds_until_it_answers"]!:0.0} seconds after");
        Says($"{(int)s_result["peak_megabytes"]!:N0} MB at most");
        foreach (var one in s_result["computed_once"]!.AsArray()) Says($" {(double)one!["seconds"]!:0} ");
    }

    [Fact]
    public void Any_page_of_50_000_networks_takes_less_than_100_ms_and_200_kB()
    {
        Assert.True((int)s_result["networks"]! >= 50_000);
        Assert.All(s_pages, page =>
        {
            Assert.InRange((double)page!["most_milliseconds"]!, 0, 100);
            if (!(bool)page["is_picture"]!) Assert.InRange((long)page["bytes"]!, 1, 200_000);
        });
    }
}

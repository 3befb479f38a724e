using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Server.Science;

namespace Mlds.Server.Tests.Science;

/// <summary>
/// Forged networks are found as often as the share that is trained again says. With MLDS_WRITE_FORGERY=1 the measurement is made over many
/// hosts and written to docs/results/forgery.json (a minute of a core); decision 0010 quotes it.
/// </summary>
public sealed class ForgeryRateTests
{
    static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary><c>1</c>: all of it; <c>sybils</c>: that part alone, which takes seconds.</summary>
    static string Writes => Environment.GetEnvironmentVariable("MLDS_WRITE_FORGERY") ?? "";

    static string ResultFile => Repository.PathOf("docs", "results", "forgery.json");

    public static TheoryData<string> Kinds => [.. ForgeryRate.Kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Forged_networks_are_found_as_often_as_networks_are_trained_again(string kind)
    {
        const double Share = 0.2;
        const int Hosts = 40;
        var networks = ForgeryRate.UntilCaught(kind, Share, 1, Hosts);

        // The mean of a geometric variable is 1 ÷ share, and its deviation is about the same: allow four deviations of the mean of so many.
        Assert.InRange(networks.Average(), (1 / Share) * (1 - (4 / Math.Sqrt(Hosts))), (1 / Share) * (1 + (4 / Math.Sqrt(Hosts))));
        Assert.All(ForgeryRate.UntilCaught(kind, 1, 1, 3), network => Assert.Equal(1, network));
    }

    [Fact]
    public void No_host_that_forges_from_the_start_gets_a_network_taken_over_and_few_do_that_turn_bad()
    {
        Assert.Equal(0, ForgeryRate.Escaping(ReplayPolicy.Default, 1, 0, 2000));
        Assert.InRange(ForgeryRate.Escaping(ReplayPolicy.Default, 1, 1000, 500), 0, 0.01);
        Assert.True(ForgeryRate.Escaping(ReplayPolicy.Default, 0.1, 1000, 500) < ForgeryRate.Escaping(
            ReplayPolicy.Default with { Release = 5 }, 0.1, 1000, 500));
    }

    [Fact]
    public void The_committed_result_is_of_the_default_policy_and_decision_0010_quotes_it()
    {
        if (Writes == "1") Write();
        if (Writes == "sybils") WriteSybils();
        var result = JsonNode.Parse(File.ReadAllText(ResultFile))!;
        Assert.Equal(Policy(ReplayPolicy.Default).ToJsonString(), result["policy"]!.ToJsonString());
        var page = Repository.Read("docs", "decisions", "0010-results-one-can-trust.md");
        foreach (var row in result["until_caught"]!.AsArray().GroupBy(row => (double)row!["share"]!))
            Assert.Contains(Row([.. row.Select(item => item!)]), page, StringComparison.Ordinal);
        foreach (var row in result["escaping"]!.AsArray())
        {
            Assert.Contains(
                FormattableString.Invariant(
                    $"| {100 * (double)row!["forged"]!:f0} % | {(int)row["honest_first"]!:n0} | {100 * (double)row["hosts"]!:f1} % |"),
                page, StringComparison.Ordinal);
        }

        Assert.Equal(MeasureSybils().ToJsonString(), result["sybils"]!.ToJsonString());
        foreach (var row in result["sybils"]!.AsArray()) Assert.Contains(SybilRow(row!), page, StringComparison.Ordinal);
    }

    /// <summary>The rows of the table for one person's days, without limits and with them.</summary>
    const int SybilDays = 30;

    static SybilOutcome Sybils(bool limited, double forged, int honestFirst, int accounts, int hosts) =>
        new SybilRate(ReplayPolicy.Default, limited, forged, honestFirst, seed: 1).Run(accounts, hosts, SybilDays);

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(0.1)]
    public void One_person_gets_less_into_the_zoo_and_costs_less_however_many_hosts_he_makes_up(double forged)
    {
        var (before, now) = (Sybils(false, forged, 0, 1, 100), Sybils(true, forged, 0, 1, 100));
        Assert.True(now.Forged <= before.Forged / 5, $"{now.Forged} forged networks instead of {before.Forged}");
        Assert.True(now.TrainedHere <= before.TrainedHere / 5, $"{now.TrainedHere} trained here instead of {before.TrainedHere}");
        Assert.True(now.Hosts <= before.Hosts / 5, $"{now.Hosts} hosts instead of {before.Hosts}");
    }

    [Fact]
    public void Who_is_honest_is_held_up_for_hours_alone()
    {
        var (before, now) = (Sybils(false, 0, 0, 1, 100), Sybils(true, 0, 0, 1, 100));
        Assert.True(now.Returned > 0.98 * before.Returned, $"{now.Returned} of {before.Returned} networks");
        Assert.True(now.TakenOver > 0.95 * before.TakenOver, $"{now.TakenOver} of {before.TakenOver} networks");
    }

    static string SybilRow(JsonNode row) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {100 * (double)row["forged"]!:f0} % | {(int)row["honest_first"]!:n0} | {(int)row["accounts"]!} "
        + $"× {(int)row["hosts"]!} | {Cell(row["before"]!)} | {Cell(row["now"]!)} |");

    static string Cell(JsonNode outcome) =>
        FormattableString.Invariant($"{(long)outcome["hosts"]!:n0} | {(long)outcome["forged"]!:n0} | {(long)outcome["trained_here"]!:n0}");

    static JsonObject Numbers(SybilOutcome outcome) => new()
    {
        ["hosts"] = outcome.Hosts,
        ["caught"] = outcome.Caught,
        ["returned"] = outcome.Returned,
        ["taken_over"] = outcome.TakenOver,
        ["forged"] = outcome.Forged,
        ["trained_here"] = outcome.TrainedHere,
    };

    static JsonArray MeasureSybils()
    {
        var rows = new JsonArray();
        foreach (var (forged, honestFirst) in ((double, int)[])[(1, 0), (0.1, 0), (0.01, 0), (0.1, 1000)])
        {
            foreach (var (accounts, hosts) in ((int, int)[])[(1, 1), (1, 100), (10, 10)])
            {
                rows.Add(new JsonObject
                {
                    ["forged"] = forged,
                    ["honest_first"] = honestFirst,
                    ["accounts"] = accounts,
                    ["hosts"] = hosts,
                    ["days"] = SybilDays,
                    ["before"] = Numbers(Sybils(false, forged, honestFirst, accounts, hosts)),
                    ["now"] = Numbers(Sybils(true, forged, honestFirst, accounts, hosts)),
                });
            }
        }

        return rows;
    }

    /// <summary>
    /// A line of the page's table: all kinds together, once for hosts that forge everything and once for those that forge one in ten.
    /// </summary>
    static string Row(JsonNode[] items)
    {
        string Numbers(int oneIn)
        {
            var of = items.Where(item => (int)item["forge_one_in"]! == oneIn).ToList();
            if (of.Count == 0) return "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{of.Average(item => (double)item["median"]!):f0}, "
                + $"{of.Average(item => (double)item["p95"]!):f0} ({(int)of[0]["expected_median"]!}, {(int)of[0]["expected_p95"]!})");
        }

        return FormattableString.Invariant($"| {100 * (double)items[0]["share"]!:f0} % | {Numbers(1)} | {Numbers(10)} |");
    }

    static void Write()
    {
        var untilCaught = new JsonArray();
        foreach (var share in (double[])[0.02, 0.05, 0.1, 0.2, 0.5])
        {
            foreach (var forgeOneIn in share < 0.1 ? (int[])[1] : [1, 10])
            {
                foreach (var kind in ForgeryRate.Kinds.Keys)
                {
                    var networks = ForgeryRate.UntilCaught(kind, share, forgeOneIn, 100).Order().ToList();
                    untilCaught.Add(new JsonObject
                    {
                        ["kind"] = kind,
                        ["share"] = share,
                        ["forge_one_in"] = forgeOneIn,
                        ["hosts"] = networks.Count,
                        ["mean"] = networks.Average(),
                        ["median"] = networks[networks.Count / 2],
                        ["p95"] = networks[networks.Count * 95 / 100],
                        ["expected_median"] = ForgeryRate.Expected(share, forgeOneIn, 0.5),
                        ["expected_p95"] = ForgeryRate.Expected(share, forgeOneIn, 0.95),
                    });
                }
            }
        }

        var escaping = new JsonArray();
        foreach (var honestFirst in (int[])[0, 1000])
        {
            foreach (var forged in (double[])[1, 0.5, 0.1, 0.05, 0.01])
            {
                escaping.Add(new JsonObject
                {
                    ["forged"] = forged,
                    ["honest_first"] = honestFirst,
                    ["hosts"] = ForgeryRate.Escaping(ReplayPolicy.Default, forged, honestFirst, 20_000),
                });
            }
        }

        File.WriteAllText(
            ResultFile,
            new JsonObject
            {
                ["policy"] = Policy(ReplayPolicy.Default),
                ["until_caught"] = untilCaught,
                ["escaping"] = escaping,
                ["sybils"] = MeasureSybils(),
            }.ToJsonString(s_indented) + "\n");
    }

    static void WriteSybils()
    {
        var result = JsonNode.Parse(File.ReadAllText(ResultFile))!;
        result["sybils"] = MeasureSybils();
        File.WriteAllText(ResultFile, result.ToJsonString(s_indented) + "\n");
    }

    static JsonObject Policy(ReplayPolicy policy) =>
        new() { ["first"] = policy.First, ["floor"] = policy.Floor, ["release"] = policy.Release };
}

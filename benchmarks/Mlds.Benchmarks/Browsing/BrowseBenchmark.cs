using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Benchmarks.Growth;
using Mlds.Zoos;

namespace Mlds.Benchmarks.Browsing;

/// <summary>
/// <c>Mlds.Benchmarks browse</c>: what each kind of page of <c>mlds browse</c> takes and weighs, asked for over HTTP of a process of its
/// own, as a browser asks.
/// </summary>
static class BrowseBenchmark
{
    const int Rounds = 20;

    /// <summary>Between two looks at whether something is computed.</summary>
    static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>
    /// Options: --networks N (50000) of DS1's shape, a few trained and the others those with noise; or --of FOLDER, a zoo or a release that
    /// is there; --folder DIR for the zoo and what is computed of it, deleted at the end (the folder for temporary files); --out FILE
    /// (docs/results/browse.json). Returns the exit code.
    /// </summary>
    internal static int Run(string[] options)
    {
        var (networks, of, folder, file) = (50_000, (string?)null, Path.GetTempPath(), Path.Combine("docs", "results", "browse.json"));
        for (var i = 0; i < options.Length; i += 2)
        {
            var value = i + 1 < options.Length ? options[i + 1] : null;
            switch (options[i])
            {
                case "--networks" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out networks)
                    && networks > 0 && networks % GrowthZoo.Machines == 0:
                    break;
                case "--of" when value is not null: of = value; break;
                case "--folder" when value is not null: folder = value; break;
                case "--out" when value is not null: file = value; break;
                default:
                    Console.Error.WriteLine(
                        $"browse: '{options[i]}' isn't right; give --networks N (a multiple of {GrowthZoo.Machines}) or --of FOLDER, "
                        + "--folder DIR and --out FILE, each with a value.");
                    return 2;
            }
        }

        var scratch = Directory.CreateDirectory(Path.Combine(folder, $"mlds-browse-{Environment.ProcessId}")).FullName;
        try
        {
            var result = Measure(of ?? Make(scratch, networks), Path.Combine(scratch, "cache")).GetAwaiter().GetResult();
            File.WriteAllText(file, result.ToJsonString(s_json) + "\n");
            foreach (var line in BrowseTable.Lines(result)) Console.WriteLine(line);
            return 0;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>A release: what a site shows most often, and what <c>generate</c> made for it.</summary>
    static string Make(string scratch, int networks)
    {
        string At(string name) => Path.Combine(scratch, name);
        GrowthZoo.Train(At("trained"));
        File.WriteAllText(At("growth.json"), GrowthZoo.PopulationJson(GrowthZoo.EasyGoal));
        GrowthZoo.Store(At("trained"), At("growth.json"), At("zoo"), new Shard(0, 1), networks / GrowthZoo.Machines);
        MeasuredRun.Of(Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll"), "release", At("zoo"), "--out", At("release"), "--json");
        return At("release");
    }

    static async Task<JsonObject> Measure(string folder, string cache)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll"), "browse", folder, "--no-open", "--json"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["XDG_CACHE_HOME"] = cache;
        var watch = Stopwatch.StartNew();
        using var site = Process.Start(start)!;
        try
        {
            var said = new List<string>();
            while (said is not [.., "}"])
            {
                said.Add(await site.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(
                    $"'mlds browse {folder}' ended without saying where it is."));
            }

            var address = (string)JsonNode.Parse(string.Concat(said))!["address"]!;
            var opened = watch.Elapsed.TotalSeconds;
            using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None })
            {
                BaseAddress = new Uri(address),
                Timeout = TimeSpan.FromHours(2),
            };
            var result = new JsonObject
            {
                ["benchmark"] = "Time and bytes of the pages of mlds browse, each asked for again and again over HTTP of a process of "
                    + "its own. Made by: dotnet run -c Release --project benchmarks/Mlds.Benchmarks -- browse",
                ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["processor"] = Processor.Here.Name,
                ["seconds_until_it_answers"] = Math.Round(opened, 2),
            };
            var (ids, machine) = await Networks(client);
            result["networks"] = ids.Length;
            result["computed_once"] = new JsonArray(
                await Once(client, "map: PCA of all", "map?view=invariants"),
                await Once(client, "map: t-SNE of 5,000", "map?view=invariants&method=tsne"),
                await Once(client, "nearest networks", $"networks/{ids[0]}?view=invariants"));
            var pages = new JsonArray();
            foreach (var page in Pages(ids, machine)) pages.Add((JsonNode)await Page(client, page));
            result["pages"] = pages;
            site.Refresh();
            result["peak_megabytes"] = site.PeakWorkingSet64 / 1_000_000;
            return result;
        }
        finally
        {
            site.Kill();
            await site.WaitForExitAsync();
        }
    }

    /// <summary>Recipe ids, and a machine's name.</summary>
    static async Task<(string[] Ids, string Machine)> Networks(HttpClient client)
    {
        var text = await client.GetStringAsync("networks.csv?columns=recipe_id,machine");
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var heading = lines[0].Trim().Split(',');
        var (id, machine) = (Array.IndexOf(heading, "recipe_id"), Array.IndexOf(heading, "machine"));
        return ([.. lines.Skip(1).Select(line => line.Split(',')[id].Trim())], lines[1].Split(',')[machine].Trim());
    }

    /// <summary>Every kind of page and what scripts ask for, with addresses that differ from round to round.</summary>
    static IEnumerable<(string Name, Func<int, string> Address, bool IsPicture)> Pages(string[] ids, string machine)
    {
        string Id(int round) => ids[(int)((long)round * ids.Length / Rounds)];
        yield return ("machines", _ => "", false);
        yield return ("networks", round => $"networks?page={1 + round}", false);
        yield return ("networks, the last page", _ => $"networks?page={(ids.Length + 49) / 50}", false);
        yield return ("networks, sorted by loss", round => $"networks?sort=-validation_loss&page={1 + round}", false);
        yield return ("networks, filtered and sorted", round => $"networks?machine={machine}&seed=..{1000 + round}&sort=recipe_id", false);
        yield return ("networks, none found", _ => "networks?epochs=1000000..", false);
        yield return ("find", round => $"find?network={Id(round)[..12]}", false);
        yield return ("a network", round => $"networks/{Id(round)}", false);
        yield return ("a network and its nearest", round => $"networks/{Id(round)}?view=invariants", false);
        yield return ("its weights", round => $"networks/{Id(round)}/weights.svg", true);
        yield return ("its weights, aligned", round => $"networks/{Id(round)}/weights.svg?form=aligned", true);
        yield return ("try it, 8 commands", round => $"networks/{Id(round)}/try?random={round}", false);
        yield return ("compare", round => $"compare?a={Id(round)}&b={Id((round + 1) % Rounds)}", false);
        yield return ("map", _ => "map?view=invariants", false);
        yield return ("map by t-SNE", _ => "map?view=invariants&method=tsne", false);
        yield return ("map: points", _ => "map/points?view=invariants", true);
        yield return ("map: colours", _ => "map/colours?view=invariants&by=validation_loss", true);
        yield return ("map: a box's table", _ => "map/table?view=invariants&box=-1000,-1000,1000,1000", false);
        yield return ("map: a point's name", round => $"map/tip?row={round}", false);
        yield return ("no such page", round => $"nothing/{round}", false);
    }

    /// <summary>How long until the page has what is computed for it.</summary>
    static async Task<JsonNode> Once(HttpClient client, string name, string address)
    {
        var watch = Stopwatch.StartNew();
        while ((await client.GetStringAsync(address)).Contains("role=\"status\"", StringComparison.Ordinal)) await Task.Delay(s_look);
        var seconds = Math.Round(watch.Elapsed.TotalSeconds, 1);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-32} {seconds,8:0.0} s"));
        return new JsonObject { ["what"] = name, ["seconds"] = seconds };
    }

    static async Task<JsonObject> Page(HttpClient client, (string Name, Func<int, string> Address, bool IsPicture) page)
    {
        var (times, bytes, first) = (new List<double>(), 0L, 0.0);
        for (var round = -1; round < Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            var address = page.Address(Math.Max(round, 0));
            using var answer = await client.GetAsync(address);
            var body = await answer.Content.ReadAsByteArrayAsync();
            var milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            var expected = page.Name == "no such page" ? HttpStatusCode.NotFound : HttpStatusCode.OK;
            if (answer.StatusCode != expected)
                throw new InvalidOperationException($"'{address}' was answered with {answer.StatusCode}.");
            if (round < 0) first = milliseconds;
            else times.Add(milliseconds);
            bytes = Math.Max(bytes, body.LongLength);
        }

        var sorted = times.Order().ToArray();
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{page.Name,-32} {sorted[Rounds / 2],8:0.0} ms, at most {sorted[^1]:0.0}, {bytes:N0} bytes"));
        return new JsonObject
        {
            ["page"] = page.Name,
            ["is_picture"] = page.IsPicture,
            ["median_milliseconds"] = Math.Round(sorted[Rounds / 2], 1),
            ["most_milliseconds"] = Math.Round(sorted[^1], 1),
            ["first_milliseconds"] = Math.Round(first, 1),
            ["bytes"] = bytes,
        };
    }
}

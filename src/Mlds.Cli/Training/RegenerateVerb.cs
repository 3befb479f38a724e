using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Cli.Zoos;
using Mlds.Zoos;
using Mlds.Zoos.Releases;

namespace Mlds.Cli.Training;

/// <summary><c>mlds regenerate</c>: trains the networks of a release again, each held to the hash that the release has of it.</summary>
static class RegenerateVerb
{
    static readonly Argument<string> s_release = new("RELEASE") { Description = "The release's folder; with weights or without." };
    static readonly Option<string> s_zoo =
        new("--zoo") { Description = "The folder that gets the networks; made if it doesn't exist.", HelpName = "DIR", Required = true };
    static readonly Option<int?> s_networks = new("--networks")
    {
        Description = "Only the first N of every machine, in the release's order; when not given, all.",
        HelpName = "N",
    };
    static readonly Option<string?> s_rows = new("--rows")
    {
        Description = "Only these rows of the release's table, counted from 0, the last included.",
        HelpName = "FIRST..LAST",
    };
    static readonly Option<int> s_threads = TrainingThreads.Option();

    public static Command Create() =>
        new Verb(
            "regenerate",
            "Trains the networks of a release again, to the same bits, and stops at the first that is another.",
            "mlds regenerate r --zoo z",
            "mlds regenerate r --zoo z --networks 10 --threads 4")
        {
            s_release, s_zoo, s_networks, s_rows, s_threads,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        var threads = TrainingThreads.Get(run, s_threads);
        var folder = run.Get(s_release);
        if (Zoo.Exists(folder) && !Release.Exists(folder))
            throw new UsageException($"'{folder}' is a zoo, which has its networks; 'regenerate' takes a release.");
        var release = Release.Open(folder);
        var regeneration = new Regeneration(release, Rows(run, release));
        using var writer = ZooWriter.Open(run.Get(s_zoo)!, ZooPopulation.Of(regeneration.Population));
        regeneration.CheckStored(writer.Zoo);
        var options = regeneration.Options(threads, TimeSpan.FromSeconds(5));
        var result = run.WithProgress(view => Generation.Run(writer, regeneration.Population, options, view, run.Cancellation));
        var (asked, status) = (regeneration.Networks.Count, writer.Zoo.Status());
        run.Output.WriteLine(
            $"{result.Trained} networks trained again, {asked - result.Trained} were there: all {asked} of the release '{folder}' have the "
            + $"weights that it says{(asked == release.Networks.Count ? "" : $" ({release.Networks.Count - asked} were not asked for)")}.");
        ZooTable.Write(run.Output, status);
        run.PrintJson(() => new JsonObject
        {
            ["release"] = folder,
            ["zoo"] = writer.Zoo.Folder,
            ["population"] = release.Population,
            ["networks"] = asked,
            ["of"] = release.Networks.Count,
            ["trained"] = result.Trained,
            ["equal"] = asked,
            ["seconds"] = VerbRun.Number(result.Seconds),
            ["weights_digest"] = WeightsDigest.Of(regeneration.Networks.Select(network => (network.RecipeId, network.WeightsSha256))),
        });
        return ExitCode.Success;
    }

    /// <summary>Rows are ordered by subset, then by machine, so the first N of every machine needn't be the first rows.</summary>
    static IReadOnlyList<int> Rows(VerbRun run, Release release)
    {
        var count = release.Networks.Count;
        if (run.Get(s_networks) is { } networks)
        {
            if (run.Has(s_rows)) throw new UsageException("--networks and --rows both say which networks; give one of them.");
            var each = Limits.Check("--networks", networks, 1, 10_000_000);
            var seen = new Dictionary<string, int>();
            return [.. Enumerable.Range(0, count).Where(row =>
                (seen[release.Networks[row].Machine] = seen.GetValueOrDefault(release.Networks[row].Machine) + 1) <= each)];
        }

        if (run.Get(s_rows) is not { } text) return [.. Enumerable.Range(0, count)];
        var ends = text.Split("..");
        if (ends.Length == 2 && Number(ends[0]) is { } first && Number(ends[1]) is { } last && first <= last && last < count)
            return [.. Enumerable.Range(first, last - first + 1)];
        throw new UsageException(
            $"--rows takes two row numbers from 0 to {count - 1} of the release's table, such as 0..{Math.Min(99, count - 1)}, "
            + $"not '{text}'.");
    }

    static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

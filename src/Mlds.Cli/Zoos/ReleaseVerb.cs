using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mlds.Cli.Frame;
using Mlds.Zoos;
using Mlds.Zoos.Releases;

namespace Mlds.Cli.Zoos;

/// <summary><c>mlds release</c>: cuts a versioned dataset from a zoo.</summary>
static partial class ReleaseVerb
{
    static readonly Argument<string> s_zoo = new("ZOO") { Description = "The zoo's folder." };
    static readonly Option<string> s_out =
        new("--out") { Description = "The folder of the release; must not exist yet.", Required = true, HelpName = "DIR" };
    static readonly Option<string?> s_subsets = new("--subsets")
    {
        Description = "Networks per machine of each nested subset; when not given, one subset as large as every machine can fill.",
        HelpName = "N,N",
    };
    static readonly Option<string> s_formats = new("--formats")
    {
        Description = "How to write the weights: npy, h5, safetensors, with commas between; each format after the first is a further copy.",
        HelpName = "F,F",
        DefaultValueFactory = _ => "npy",
    };

    static readonly Option<bool> s_recipesOnly = new("--recipes-only")
    {
        Description = "No weights, only recipes and hashes: `mlds regenerate` trains the networks again, to the same bits.",
    };

    static readonly Option<string> s_outcomes = new("--outcomes")
    {
        Description = "Which networks: those that converged, or all, marked by their outcome.",
        HelpName = "converged|all",
        DefaultValueFactory = _ => "converged",
    };
    static readonly Option<string?> s_where = new("--where")
    {
        Description = "Only networks with these values of factors, such as hidden=12: one release has networks of one shape.",
        HelpName = "FACTOR=VALUE,…",
    };

    static readonly Option<bool> s_trajectories = new("--trajectories")
    {
        Description = "Adds the weights at every milestone; what the zoo didn't keep is trained again.",
    };
    static readonly Option<bool> s_trainingData =
        new("--training-data") { Description = "Adds the sequences; without it `mlds machines NAME --export` makes them again." };
    static readonly Option<string?> s_archive =
        new("--archive") { Description = "Also writes DIR.tar.xz or DIR.tar.zst.", HelpName = "tar.xz|tar.zst" };
    static readonly Option<int> s_threads = new("--threads")
    {
        Description = "Threads that train again for --trajectories; they don't influence the bytes.",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };
    static readonly Option<string?> s_version =
        new("--dataset-version") { Description = "Version of the dataset; 1.0.0 when not given.", HelpName = "N.N.N" };
    static readonly Option<string?> s_date = new("--date")
    {
        Description = "Day of publication, for croissant.json and the README; never read from the clock.",
        HelpName = "YYYY-MM-DD",
    };
    static readonly Option<string?> s_url =
        new("--url") { Description = "Page of the dataset, for croissant.json; when not given, the paper's.", HelpName = "URL" };

    public static Command Create() =>
        new Verb(
            "release",
            "Cuts an immutable dataset from a zoo: balanced, nested subsets of converged networks.",
            "mlds release z --out r --subsets 20,100 --formats npy,h5,safetensors",
            "mlds release z --out r --trajectories --training-data --archive tar.zst",
            "mlds release zs --out r12 --outcomes all --where hidden=12",
            "mlds release z --out recipes --recipes-only")
        {
            s_zoo, s_out, s_subsets, s_formats, s_recipesOnly, s_outcomes, s_where, s_trajectories, s_trainingData, s_archive, s_threads,
            s_version, s_date, s_url,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        var options = Options(run);
        var folder = run.Get(s_out)!;
        using var zoo = Zoo.Open(run.Get(s_zoo));
        options = options with { Selection = Selection(run, zoo) };
        var release = Write(run, zoo, folder, options);
        Print(run.Output, zoo, release, options);
        foreach (var share in release.Plan.Machines.Where(share => share.Untrained > 0))
        {
            run.Error.WriteLine(
                $"The zoo has no network for {share.Untrained} seeds of {share.Name} that are lower than a released one: "
                + "the release isn't of the population's lowest seeds, and says so.");
        }

        foreach (var leftover in release.Leftovers)
            run.Error.WriteLine($"'{leftover}' was left by a release that was killed; nothing needs it.");
        run.PrintJson(() => Json(zoo, release));
        return ExitCode.Success;
    }

    static WrittenRelease Write(VerbRun run, Zoo zoo, string folder, ReleaseOptions options)
    {
        try
        {
            return run.WithProgress(view =>
            {
                var items = new ProgressItems(view);
                return ReleaseWriter.Write(zoo, folder, options, items.Report, run.Cancellation);
            });
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException("Interrupted: nothing of the release is left; the zoo is as it was.", run.Cancellation);
        }
    }

    static void Print(TextWriter output, Zoo zoo, WrittenRelease release, ReleaseOptions options)
    {
        var all = (double)release.Bytes / release.Plan.Networks.Count;
        var rest = release.Bytes == release.CoreBytes
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $" ({all:0} with {Extras(options)})");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Release '{release.Folder}' of '{zoo.Population.Name}': {release.Plan.Networks.Count} networks, "
            + $"subsets of {string.Join(", ", release.Plan.Subsets)} per machine, {release.BytesPerNetwork:0} bytes per network{rest}, "
            + $"of which {Weights(release, options)}."));
        foreach (var file in release.Files.Append(release.Archive).OfType<ReleasedFile>())
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {file.Bytes,13:N0}  {file.Name}"));
        if (options.Publication == new Publication())
            output.WriteLine("To publish it, say what only you know: --dataset-version, --date and --url go into croissant.json.");
    }

    static string Weights(WrittenRelease release, ReleaseOptions options) => options.RecipesOnly
        ? $"none is weights: `mlds regenerate {release.Folder} --zoo DIR` trains them again"
        : string.Create(CultureInfo.InvariantCulture, $"{release.WeightBytes} are weights");

    static string Extras(ReleaseOptions options)
    {
        var extras = new List<string>();
        if (options.Formats.Count > 1) extras.Add("further copies");
        if (options.Trajectories) extras.Add("trajectories");
        if (options.TrainingData) extras.Add("training data");
        return string.Join(", ", extras);
    }

    static JsonObject Json(Zoo zoo, WrittenRelease release) => new()
    {
        ["folder"] = release.Folder,
        ["population"] = zoo.Population.Name,
        ["networks"] = release.Plan.Networks.Count,
        ["subsets"] = new JsonArray([.. release.Plan.Subsets.Select(size => (JsonNode)size)]),
        ["bytes"] = release.Bytes,
        ["core_bytes"] = release.CoreBytes,
        ["bytes_per_network"] = VerbRun.Number(release.BytesPerNetwork),
        ["weight_bytes"] = release.WeightBytes,
        ["weights_digest"] = release.WeightsDigest,
        ["files"] = new JsonArray([.. release.Files.Select(FileJson)]),
        ["archive"] = release.Archive is { } archive ? FileJson(archive) : null,
    };

    static JsonNode FileJson(ReleasedFile file) =>
        new JsonObject { ["name"] = file.Name, ["bytes"] = file.Bytes, ["sha256"] = file.Sha256 };

    static ReleaseOptions Options(VerbRun run)
    {
        var archive = run.Get(s_archive);
        if (archive is not null && !ReleaseArchive.KnownKinds.Contains(archive))
            throw new UsageException($"--archive takes {string.Join(" or ", ReleaseArchive.KnownKinds)}, not '{archive}'.");
        var recipesOnly = run.Get(s_recipesOnly);
        if (recipesOnly && (run.Has(s_formats) || run.Get(s_trajectories)))
        {
            throw new UsageException(
                $"--recipes-only leaves the weights out, so {(run.Has(s_formats) ? "--formats" : "--trajectories")} doesn't go with it.");
        }

        return new ReleaseOptions(Subsets(run.Get(s_subsets)), recipesOnly ? [] : Formats(run.Get(s_formats)!))
        {
            Trajectories = run.Get(s_trajectories),
            TrainingData = run.Get(s_trainingData),
            Archive = archive,
            Threads = Limits.Check("--threads", run.Get(s_threads), 1, 1024),
            Publication = Publication(run.Get(s_version), run.Get(s_date), run.Get(s_url)),
        };
    }

    static NetworkSelection Selection(VerbRun run, Zoo zoo)
    {
        var outcomes = run.Get(s_outcomes)!;
        if (outcomes is not ("converged" or "all")) throw new UsageException($"--outcomes takes converged or all, not '{outcomes}'.");
        return new NetworkSelection(outcomes == "all", Conditions.Of(run.Get(s_where), zoo.Factors));
    }

    static Publication Publication(string? version, string? date, string? url)
    {
        var known = new Publication();
        if (version is not null && !SemanticVersion().IsMatch(version))
            throw new UsageException($"--dataset-version takes three numbers, such as 1.2.0, not '{version}'.");
        var day = known.Date;
        if (date is not null && !DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day))
            throw new UsageException($"--date takes a day such as 2026-12-24, not '{date}'.");
        if (url is not null && (!Uri.TryCreate(url, UriKind.Absolute, out var page) || page.Scheme is not ("https" or "http")))
            throw new UsageException($"--url takes a page such as https://example.org/mlds, not '{url}'.");
        return new Publication { Version = version ?? known.Version, Date = day, Url = url ?? known.Url };
    }

    static IReadOnlyList<int> Subsets(string? text)
    {
        if (text is null) return [];
        var sizes = text.Split(',')
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0).ToList();
        return sizes.TrueForAll(size => size is >= 1 and <= 10_000_000)
            ? sizes
            : throw new UsageException($"--subsets takes whole numbers from 1, with commas between, such as 20,100; not '{text}'.");
    }

    static IReadOnlyCollection<string> Formats(string text)
    {
        var formats = text.Split(',').Distinct().ToList();
        var unknown = formats.Find(format => !ReleaseOptions.KnownFormats.Contains(format));
        return unknown is null ? formats : throw new UsageException(
            $"--formats takes {string.Join(", ", ReleaseOptions.KnownFormats)} with commas between, not '{unknown}'.");
    }

    [GeneratedRegex(@"^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\z")]
    private static partial Regex SemanticVersion();
}

/// <summary>The steps of a release as items of a view, each begun when it is first told of.</summary>
sealed class ProgressItems(IProgressView view)
{
    readonly Dictionary<string, IProgressItem> _items = [];

    public void Report(string step, int done, int total)
    {
        if (!_items.TryGetValue(step, out var item)) _items.Add(step, item = view.Begin(step, total));
        item.Report(done);
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Server.Science.Recalls;
using Mlds.Zoos.Releases;

namespace Mlds.Cli.Projects;

/// <summary><c>mlds project recheck</c>: trains again what was taken over, and withdraws what is wrong.</summary>
static class ProjectRecheckVerb
{
    static readonly Argument<string> s_population = new("POPULATION")
    {
        Description = "The name of one of the project's populations: checks all that was taken over of it.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    static readonly Option<long?> s_host = new("--host") { Description = "Only what this host had a part in.", HelpName = "ID" };

    static readonly Option<string[]> s_releases = new("--release")
    {
        Description = "Say which withdrawn networks this earlier release holds; may be given several times.",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    static readonly Option<int> s_threads = TrainingThreads.Option();

    public static Verb Create() => new Verb(
        "recheck",
        "Trains again what was taken over from a host, or of a population, and withdraws what differs in any bit; that is "
        + "issued again, and its host is caught.",
        "mlds project recheck --host 17 -p p",
        "mlds project recheck ds1 --release ds1-v1 --release ds1-v2 -p p")
    {
        s_population, s_host, s_releases, s_threads, ProjectVerb.Folder,
    }.Runs(Run);

    static int Run(VerbRun run)
    {
        var (population, host) = (run.Get(s_population) is { Length: > 0 } name ? name : null, run.Get(s_host));
        if (population is null && host is null)
        {
            throw new UsageException(
                "Say what to train again: --host ID, or a POPULATION's name, or both.");
        }

        if (host is < 1) throw new UsageException($"--host is a host's number, 1 or more, not {host}; `mlds project hosts` lists them.");
        var options = new RecallOptions(population, host ?? 0, TrainingThreads.Get(run, s_threads));
        var releases = run.Get(s_releases)!.Select(Release.Open).ToList(); // before hours of work
        var project = ProjectVerb.Open(run);
        var (reports, held) = ProjectScience.WithDatabase(project, (_, database) =>
        {
            var reports = run.WithProgress(view =>
            {
                var items = new Dictionary<string, IProgressItem>();
                return Recall.Of(project, database, options, Show, run.Cancellation);
                void Show(string population, int done, int total)
                {
                    if (!items.TryGetValue(population, out var item))
                        items.Add(population, item = view.Begin($"Training {population} again", total));
                    item.Report(done);
                }
            });
            var withdrawn = RecallReport.EverWithdrawn(database);
            return Task.FromResult((reports, releases.ConvertAll(release => RecalledRelease.Hold(release, withdrawn))));
        });
        foreach (var report in reports) Write(run, report);
        foreach (var release in held) Write(run, release);
        run.PrintJson(() => new JsonObject
        {
            ["recalls"] = new JsonArray([.. reports.Select(Json)]),
            ["releases"] = new JsonArray([.. held.Select(Json)]),
        });
        var isSound = reports.All(report => report.IsSound) && held.TrueForAll(release => release.RecipeIds.Count == 0);
        if (!isSound) run.Error.WriteLine("mlds: Some of what was taken over is wrong; what was withdrawn is computed again.");
        return isSound ? ExitCode.Success : ExitCode.Failure;
    }

    static void Write(VerbRun run, RecallReport report)
    {
        run.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Population}: trained {report.Trained} again, {report.Known} known to be right; {report.Withdrawn.Count} networks "
            + $"and {report.Checkpoints.Count} unfinished ones withdrawn."));
        foreach (var network in report.Withdrawn.Concat(report.Checkpoints))
        {
            run.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {network.Machine} seed {network.Seed} (recipe {network.RecipeId[..12]}), {Whose(network)}: {network.Fault}"));
        }

        if (report.Missing > 0)
        {
            run.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {report.Missing} networks weren't in the zoo although the database has them as done; they are issued again."));
        }

        if (report.Caught.Count > 0) run.Output.WriteLine($"  Caught: {Hosts(report.Caught)}.");
        if (report.Record is { } record)
        {
            run.Output.WriteLine(
                $"  Weights digest of the zoo: {report.DigestBefore[..12]} … before, {report.DigestAfter[..12]} … now. The record to "
                + $"publish: {record}");
        }
    }

    static string Whose(WithdrawnNetwork network) => network.Hosts.Distinct().ToList() switch
    {
        [] => network.Origin.Length > 0 ? network.Origin : "of an unknown origin",
        [var host] => string.Create(CultureInfo.InvariantCulture, $"of host {host}"),
        var several => $"of one of {Hosts(several)}; it isn't known which, so none is caught",
    };

    static string Hosts(IEnumerable<long> hosts) =>
        "hosts " + string.Join(", ", hosts.Select(host => host.ToString(CultureInfo.InvariantCulture)));

    static void Write(VerbRun run, RecalledRelease release)
    {
        var name = $"The release '{release.Folder}' (weights digest {release.WeightsDigest[..12]} …)";
        var subsets = string.Join(", ", release.Subsets);
        run.Output.WriteLine(release.RecipeIds.Count == 0
            ? $"{name} holds none of the networks that were ever withdrawn."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{name} holds {release.RecipeIds.Count} withdrawn networks, in its subsets of {subsets}; cut a new one."));
    }

    static JsonObject Json(RecallReport report)
    {
        var json = report.Json();
        json["trained"] = report.Trained;
        json["known"] = report.Known;
        json["missing"] = report.Missing;
        json["record"] = report.Record;
        return json;
    }

    static JsonObject Json(RecalledRelease release) => new()
    {
        ["release"] = release.Folder,
        ["weights_digest"] = release.WeightsDigest,
        ["withdrawn"] = new JsonArray([.. release.RecipeIds.Select(id => (JsonNode)id)]),
        ["subsets"] = new JsonArray([.. release.Subsets.Select(size => (JsonNode)size)]),
    };
}

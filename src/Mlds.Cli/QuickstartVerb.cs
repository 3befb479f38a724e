using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Analysis.Loading;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Cli.Frame;
using Mlds.Cli.Training;
using Mlds.Cli.Zoos;
using Mlds.Reports;
using Mlds.Zoos;
using Mlds.Zoos.Generation;
using Mlds.Zoos.Releases;

namespace Mlds.Cli;

/// <summary><c>mlds quickstart</c>: the main path on a small scale. A population, its zoo, its release, its analysis, its report.</summary>
static class QuickstartVerb
{
    static readonly Option<string> s_out = new("--out")
    {
        Description = "The folder for everything; made if it doesn't exist.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "out",
    };
    static readonly Option<int?> s_networks =
        new("--networks") { Description = "Networks per machine; when not given, the population's own number.", HelpName = "N" };
    static readonly Option<int> s_threads = TrainingThreads.Option();

    public static Command Create() =>
        new Verb(
            "quickstart",
            "Trains a small population, releases it, asks what its weights tell and writes the report: "
            + "a few minutes. Run again, it goes on where it stopped.",
            "mlds quickstart --out out")
        {
            s_out, s_networks, s_threads,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        var watch = Stopwatch.StartNew();
        var folder = run.Get(s_out)!;
        var population = PopulationFile.Read("quickstart");
        var networks = Limits.Check("--networks", run.Get(s_networks) ?? population.DefaultNetworks, 1, 10_000_000);
        var threads = TrainingThreads.Get(run, s_threads);

        using var writer = ZooWriter.Open(Path.Combine(folder, "zoo"), ZooPopulation.Of(population));
        run.WithProgress(view => Generation.Run(
            writer, population, new GenerationOptions(networks, Shard.All, threads, TimeSpan.FromSeconds(5)), view, run.Cancellation));
        var release = Path.Combine(folder, "release");
        run.WithProgress(view => Release(writer.Zoo, release, view, run.Cancellation));
        var unfinished = Path.Combine(folder, AnalyzeVerb.Unfinished);
        var options = new AnalysisOptions { Threads = threads, WorkFolder = unfinished };
        var result = run.WithProgress(
            view => AnalyzeVerb.Analyze(ZooMatrix.Read(writer.Zoo, run.Cancellation), options, view, run.Cancellation));
        var report = Report.Write(result, folder);
        WorkFolder.Remove(unfinished);

        // Three lines, whatever happened before: people and scripts look for them at the end.
        run.Output.WriteLine($"Report: {report}");
        run.Output.WriteLine($"Naming the machine from the weights: {Machine(result)}");
        run.Output.WriteLine($"Finding the key: {Key(result)}");
        run.PrintJson(() => Json(writer.Zoo, folder, report, result, watch.Elapsed));
        return ExitCode.Success;
    }

    /// <summary>Cuts the release, or finds that it is there already: for one zoo's population, a subset's size tells them apart.</summary>
    static int Release(Zoo zoo, string folder, IProgressView view, CancellationToken cancellation)
    {
        var plan = ReleasePlan.Make(zoo, []);
        if (!Path.Exists(folder))
        {
            ReleaseWriter.Write(zoo, folder, new ReleaseOptions([], ["npy"]), new ProgressItems(view).Report, cancellation);
        }
        else if (!IsReleaseOf(zoo, plan, folder))
        {
            throw new FailureException(
                $"'{folder}' is not a release of these {plan.Networks.Count} networks, and a release is never changed; "
                + "move it away, or give another --out.");
        }

        return plan.Networks.Count;
    }

    static bool IsReleaseOf(Zoo zoo, ReleasePlan plan, string folder)
    {
        var path = Path.Combine(folder, "manifest.json");
        try
        {
            return FileKinds.Of(path) is FileKind.File && JsonNode.Parse(File.ReadAllText(path)) is JsonObject manifest
                && (string?)manifest["population_sha256"] == zoo.Population.Sha256
                && manifest["subsets"] is JsonArray subsets
                && subsets.Select(size => (int?)size).SequenceEqual(plan.Subsets.Select(size => (int?)size));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    static string Machine(AnalysisResult result) => result.Headlines.WhichMachine is { } score
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"accuracy {Percent(score.Value.Value)} (95 % interval {Percent(score.Value.Low)} to {Percent(score.Value.High)}; "
            + $"n = {score.Networks} networks of {score.Classes} machines; guessing gives {Percent(score.Chance)})")
        : NotAsked(result, "which_machine");

    static string Key(AnalysisResult result) => (result.Headlines.KeyFromWeights, result.Headlines.KeyFromLoss) is ({ } weights, { } loss)
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"AUC {Auc(weights)} from the weights, {Auc(loss)} from the loss (n = {weights.Networks} networks; guessing gives 0.5)")
        : NotAsked(result, "modified_or_original");

    static string Auc(Score score) => string.Create(
        CultureInfo.InvariantCulture, $"{score.Value.Value:0.000} (95 % interval {score.Value.Low:0.000} to {score.Value.High:0.000})");

    static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");

    static string NotAsked(AnalysisResult result, string question) =>
        $"not asked. {result.Questions.FirstOrDefault(asked => asked.Id == question)?.Skipped}".TrimEnd();

    static JsonObject Json(Zoo zoo, string folder, string report, AnalysisResult result, TimeSpan time) => new()
    {
        ["report"] = report,
        ["metrics"] = Path.Combine(folder, "metrics.json"),
        ["release"] = Path.Combine(folder, "release"),
        ["zoo"] = zoo.Folder,
        ["population"] = zoo.Population.Name,
        ["machines"] = result.Population.Machines.Count,
        ["networks"] = result.Population.Networks,
        ["analysed"] = result.Population.Used,
        ["weights_digest"] = zoo.WeightsDigest(),
        ["which_machine"] = Json(result.Headlines.WhichMachine),
        ["key_from_weights"] = Json(result.Headlines.KeyFromWeights),
        ["key_from_loss"] = Json(result.Headlines.KeyFromLoss),
        ["seconds"] = VerbRun.Number(time.TotalSeconds),
    };

    static JsonObject? Json(Score? score) => score is null ? null : new JsonObject
    {
        ["metric"] = score.Metric,
        ["value"] = score.Value.Value,
        ["low"] = score.Value.Low,
        ["high"] = score.Value.High,
        ["chance"] = score.Chance,
        ["networks"] = score.Networks,
        ["view"] = score.View,
        ["method"] = score.Method,
    };
}

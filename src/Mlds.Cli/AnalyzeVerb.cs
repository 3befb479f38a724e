using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Analysis;
using Mlds.Analysis.Data;
using Mlds.Analysis.Loading;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Cli.Frame;
using Mlds.Cli.Zoos;
using Mlds.Reports;
using Mlds.Zoos.Releases;

namespace Mlds.Cli;

/// <summary><c>mlds analyze</c>: every question about a population's weights, as a report for people and as numbers for programs.</summary>
static class AnalyzeVerb
{
    /// <summary>The folder in --out that keeps the answers so far.</summary>
    public const string Unfinished = "unfinished";

    static readonly Argument<string?> s_source = new("ZOO-or-RELEASE")
    {
        Description = "The folder of a zoo or of a release.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => null,
    };
    static readonly Option<string> s_out = new("--out")
    {
        Description = "The folder for report.html, metrics.json and figures/; made if it doesn't exist.",
        Required = true,
        HelpName = "DIR",
    };
    static readonly Option<uint> s_seed = new("--seed")
    {
        Description = "Seed of all splits, shuffles and forests; the same seed gives the same report.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    static readonly Option<string?> s_where = new("--where")
    {
        Description = "Only networks with these values of factors, such as hidden=12; with --weights, of columns of the table.",
        HelpName = "FACTOR=VALUE,…",
    };

    public static Command Create()
    {
        var verb = new Verb(
            "analyze", "Asks what the weights tell: which machine, whether a key is hidden, and how much of that the loss tells.",
            "mlds analyze z --out a", "mlds analyze r --out a --questions which_machine,modified_or_original --per-class 100 --json",
            "mlds analyze --weights weights.npy --layout layout.csv --table metrics.csv --label test_accuracy --out a")
        {
            s_source, s_out, s_seed, s_where, AnalysisChoices.Questions, AnalysisChoices.Views, AnalysisChoices.PerClass,
            AnalysisChoices.Threads, AnalysisChoices.Memory,
        };
        foreach (var option in AnalyzeForeign.Options) verb.Add(option);
        return verb.Runs(Run);
    }

    static int Run(VerbRun run)
    {
        var folder = run.Get(s_out)!;
        if (File.Exists(folder)) throw new UsageException($"--out '{folder}' is a file; give a folder.");
        if (AnalyzeForeign.IsAsked(run, run.Get(s_source))) return AnalyzeForeign.Run(run, folder, run.Get(s_seed), run.Get(s_where));
        var unfinished = Path.Combine(folder, Unfinished);
        var options = AnalysisChoices.Of(run) with { Seed = run.Get(s_seed), WorkFolder = unfinished };
        var result = run.WithProgress(view => Analyze(run, options, view));
        var page = Report.Write(result, folder);
        WorkFolder.Remove(unfinished);
        run.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Population.Used} of {result.Population.Networks} networks of '{result.Population.Name}' "
            + $"analysed in {result.Seconds:0.0} s."));
        foreach (var finding in result.Findings) run.Output.WriteLine($"{finding.Claim}\n  {finding.Answer}");
        run.Output.WriteLine($"Report: {page}");
        run.PrintJson(() => Json(result, folder, page));
        return ExitCode.Success;
    }

    static AnalysisResult Analyze(VerbRun run, AnalysisOptions options, IProgressView view)
    {
        var matrix = Read(run, run.Get(s_source)!, options);
        if (WeightAnalysis.CountUsed(matrix) is < 2 and var converged)
        {
            throw new FailureException(
                "An analysis needs at least 2 converged networks; "
                + $"'{matrix.Name}' has {converged} among {matrix.Networks}. Generate more first.");
        }

        return Analyze(matrix, options, view, run.Cancellation);
    }

    /// <summary>An analysis as verbs show it.</summary>
    public static AnalysisResult Analyze(WeightMatrix matrix, AnalysisOptions options, IProgressView view, CancellationToken cancellation)
    {
        var item = view.Begin("Analysing", 100);
        return WeightAnalysis.Run(matrix, options, Told(item), cancellation);
    }

    /// <summary>Shows how far an analysis is.</summary>
    internal static IProgress<AnalysisProgress> Told(IProgressItem item) =>
        new Steps(at => item.Report((long)(100 * at.Share), at.Step + Left(at)));

    /// <summary>", about 12 min left"; nothing where there is hardly any.</summary>
    static string Left(AnalysisProgress at) =>
        at.Left is { TotalSeconds: >= 5 } left ? $", about {Terminal.Duration(left)} left" : "";

    static WeightMatrix Read(VerbRun run, string folder, AnalysisOptions options) => ZooOrRelease.Read(
        folder,
        zoo => ZooMatrix.Read(
            zoo, AnalysisChoices.ToRead(run, Conditions.Of(run.Get(s_where), zoo.Factors), options), run.Cancellation),
        release =>
        {
            if (release.MissingFolders.Count > 0)
            {
                var missing = string.Join(" and ", release.MissingFolders.Select(name => $"{name}/"));
                run.Error.WriteLine(
                    $"The release '{folder}' lacks {missing}, as a copy without folders does; the analysis doesn't need them, "
                    + "`mlds verify` says more.");
            }

            return ReleaseMatrix.Read(
                release, AnalysisChoices.ToRead(run, Conditions.Of(run.Get(s_where), release.Factors), options));
        });

    static JsonObject Json(AnalysisResult result, string folder, string page) => new()
    {
        ["report"] = page,
        ["metrics"] = Path.Combine(folder, "metrics.json"),
        ["population"] = result.Population.Name,
        ["networks"] = result.Population.Networks,
        ["analysed"] = result.Population.Used,
        ["weights_digest"] = result.Population.WeightsDigest,
        ["seed"] = result.Seed,
        ["seconds"] = VerbRun.Number(result.Seconds),
        ["headlines"] = Metrics.ToJson(result)["headlines"]!.DeepClone(),
    };

    /// <summary>Reports at once and in order, where <see cref="Progress{T}"/> would report later and on any thread.</summary>
    sealed class Steps(Action<AnalysisProgress> tell) : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value) => tell(value);
    }
}

using System.Text.Json.Nodes;
using Mlds.Analysis;
using Mlds.Analysis.Loading;
using Mlds.Analysis.Results;
using Mlds.Zoos.Releases;
using static Mlds.Cli.Tests.MldsCommand;

namespace Mlds.Cli.Tests;

/// <summary>analyze on networks that were really trained, though only for a moment.</summary>
public sealed class AnalyzeVerbTests : IDisposable
{
    static readonly TinyPopulation s_population = new() { Layers = 2, Linear = [4, 8], Networks = 12, GoalLoss = 0.03, EpochLimit = 40 };

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    void Generate()
    {
        File.WriteAllText(At("tiny.json"), s_population.Json);
        Assert.Equal(0, Run("generate", At("tiny.json"), "--zoo", At("z")).ExitCode);
    }

    [Fact]
    public void A_zoo_and_its_release_give_the_same_numbers()
    {
        Generate();
        Assert.Equal(0, Run("release", At("z"), "--out", At("r")).ExitCode);
        var zoo = Run("analyze", At("z"), "--out", At("a"));
        var release = Run("analyze", At("r"), "--out", At("b"), "--json");
        Assert.Equal((0, 0), (zoo.ExitCode, release.ExitCode));
        Assert.Contains("24 of 24 networks of 'tiny' analysed", zoo.Output);
        Assert.Contains($"Report: {At("a/report.html")}", zoo.Output);

        AnalysisResult Read(string name) => Metrics.Parse(File.ReadAllText(At(name)));
        string Scores(AnalysisResult result) => Metrics.ToJson(result)["questions"]!.ToJsonString();
        var (a, b) = (Read("a/metrics.json"), Read("b/metrics.json"));
        Assert.Equal(("zoo", "release"), (a.Population.Source, b.Population.Source));
        Assert.Equal(a.Population.WeightsDigest, b.Population.WeightsDigest);
        Assert.Equal(Scores(a), Scores(b));
        Assert.Equal(2, a.LossCurves.Count);

        var document = JsonNode.Parse(release.Output)!;
        Assert.Equal(a.Headlines.WhichMachine!.Value.Value, (double)document["headlines"]!["which_machine"]!["value"]!["value"]!);
        Assert.Equal(b.Population.WeightsDigest, (string?)document["weights_digest"]);
        Assert.True(File.Exists((string?)document["report"]));
    }

    /// <summary>The lines of docs/analysis.md.</summary>
    [Fact]
    public void Five_lines_of_code_do_the_same()
    {
        Generate();
        Assert.Equal(0, Run("release", At("z"), "--out", At("r")).ExitCode);
        var matrix = ReleaseMatrix.Read(Release.Open(At("r")));
        var result = WeightAnalysis.Run(matrix, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains("networks of 2 machines", result.Findings[0].Answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Some_questions_views_and_networks_are_chosen()
    {
        Generate();
        var few = Run(
            "analyze", At("z"), "--out", At("a"), "--questions", "which_machine,projections", "--views", "spectral,raw",
            "--per-class", "10", "--threads", "1", "--memory", "1.5");
        Assert.True(few.ExitCode == 0, few.Error);
        Assert.Contains("20 of 20 networks", few.Output);
        var result = Metrics.Parse(File.ReadAllText(At("a/metrics.json")));
        Assert.Equal(["raw", "spectral"], result.Views.Select(view => view.Name));
        Assert.Equal(["which_machine"], result.Questions.Where(question => question.Skipped is null).Select(question => question.Id));
        Assert.All(result.Questions[0].Scores, score => Assert.Equal(10, score.NetworksPerClass));
        Assert.Contains("4 of 24 networks weren't read: at most 10 of a machine", Assert.Single(result.Population.LeftOut));
        Assert.Equal(["pca", "pca", "tsne"], result.Projections.Select(projection => projection.Method));
        Assert.False(Directory.Exists(At("a/unfinished")));

        // The same networks as a release of theirs has.
        Assert.Equal(0, Run("release", At("z"), "--out", At("r")).ExitCode);
        Assert.Equal(0, Run("analyze", At("r"), "--out", At("b"), "--questions", "which_machine", "--per-class", "10").ExitCode);
        Assert.Equal(
            result.Population.WeightsDigest, Metrics.Parse(File.ReadAllText(At("b/metrics.json"))).Population.WeightsDigest);
    }

    [Fact]
    public void A_name_that_there_is_not_or_too_little_memory_is_told_before_any_work()
    {
        Generate();
        foreach (var (says, args) in new[]
        {
            ("There is no question 'which'. Did you mean 'which_machine'", new[] { "--questions", "which" }),
            ("--questions takes which_machine, ", ["--questions", "all"]),
            ("--questions names no question; there are which_machine, ", ["--questions", ","]),
            ("There is no view 'spectra'. Did you mean 'spectral'? --views takes raw, reduced, ", ["--views", "raw,spectra"]),
            ("--per-class takes 1 … 10000000, not 0.", ["--per-class", "0"]),
            ("--threads takes 1 … 1024, not 0.", ["--threads", "0"]),
            ("--memory takes a number of GB above 0, such as 6, not -1.", ["--memory", "-1"]),
            ("GB of memory, and there are 0.0 GB for it (--memory). Take at most", ["--memory", "0.00005"]),
        })
        {
            var result = Run(["analyze", At("z"), "--out", At("a"), .. args]);
            Assert.Equal((2, ""), (result.ExitCode, result.Output));
            Assert.Contains(says, result.Error);
            Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
            Assert.False(Directory.Exists(At("a")));
        }
    }

    [Fact]
    public void What_is_neither_zoo_nor_release_gets_one_sentence()
    {
        foreach (var (code, says, args) in new[]
        {
            (1, "is neither a zoo (it has no zoo.db) nor a release (it has no manifest.json)",
                new[] { "analyze", At("nowhere"), "--out", At("a") }),
            (2, "--out", ["analyze", At("nowhere")]),
        })
        {
            var result = Run(args);
            Assert.Equal((code, ""), (result.ExitCode, result.Output));
            Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
            Assert.Contains(says, result.Error);
        }
    }
}

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

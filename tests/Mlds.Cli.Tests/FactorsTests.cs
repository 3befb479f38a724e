using System.Text.Json.Nodes;
using Mlds.Analysis.Results;
using static Mlds.Cli.Tests.MldsCommand;

namespace Mlds.Cli.Tests;

/// <summary>A population whose machines have names that mean nothing goes the whole way: generate, zoo, release, verify, analyze.</summary>
public sealed class FactorsTests : IDisposable
{
    static readonly TinyPopulation s_population = new()
    {
        Name = "meaningless",
        Description = "",
        Networks = 12,
        Data = (128, 64, 8, 8, 32),
        GoalLoss = 0.05,
        MilestoneEvery = 20,
        Factors = """
            {
              "family": {},
              "variant": {},
              "strength": {"kind": "number", "description": "How strong the change is.", "default": 0}
            }
            """,
        Machines = """
            [
              {"name": "foo1", "machine": "SingleDirectMachine", "factors": {"family": "Direct", "variant": "original"}},
              {"name": "foo2", "machine": "SingleDirectModified", "factors": {"family": "Direct", "variant": "modified", "strength": 0.5}},
              {"name": "foo3Control", "machine": "SimpleXORMachine", "factors": {"family": "XOR", "variant": "original"}}
            ]
            """,
    };

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    [Fact]
    public void Names_mean_nothing_and_factors_go_the_whole_way()
    {
        File.WriteAllText(At("p.json"), s_population.Json);
        Runs("generate", At("p.json"), "--zoo", At("z"));
        var zoo = JsonNode.Parse(Runs("zoo", At("z"), "--json"))!;
        Assert.Equal(
            ["original", "modified", "original"],
            zoo["machines"]!.AsArray().Select(machine => (string?)machine!["factors"]!["variant"]));
        Assert.Equal(0.5, (double?)JsonNode.Parse(Runs("zoo", At("z"), "show", "foo2/0", "--json"))!["factors"]!["strength"]);
        var shown = Runs("zoo", At("z"), "show", "foo2/0");
        Assert.Contains("factors         family Direct, strength 0.5, variant modified\n", shown, StringComparison.Ordinal);

        var (code, _, error) = Run("release", At("z"), "--out", At("s"), "--where", "variant=modified");
        Assert.Equal(2, code);
        Assert.Contains("No network of foo1 in", error, StringComparison.Ordinal);
        Runs("release", At("z"), "--out", At("r"));
        Runs("verify", At("r"), "--retrain", "1");
        Runs("analyze", At("z"), "--out", At("a"));
        Runs("analyze", At("r"), "--out", At("b"));
        var (ofZoo, ofRelease) = (Read("a"), Read("b"));
        Assert.Equal(
            Metrics.ToJson(ofZoo)["questions"]!.ToJsonString(),
            Metrics.ToJson(ofRelease)["questions"]!.ToJsonString());

        const string differing = "foo2 is compared with foo1 although they differ in strength (0.5, not 0) too.";
        QuestionResult Question(string id) => ofRelease.Questions.Single(question => question.Id == id);
        Assert.Equal(["Direct", "mean over machines"], Question("modified_or_original").Scores.Select(score => score.Subject).Distinct());
        Assert.Contains(differing, Question("modified_or_original").LeftOut);
        Assert.Equal(["Direct", "XOR"], Question("which_machine").ConfusionMatrices[0].Classes);
        Assert.Equal("No machine has both its modified and its control form.", Question("modified_or_control").Skipped);

        var report = File.ReadAllText(At("b/report.html"));
        Assert.Contains("No machine has both its modified and its control form.", report, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"col\">strength</th>", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_factor_that_is_nowhere_declared_is_refused_with_its_path()
    {
        File.WriteAllText(At("p.json"), s_population.Json.Replace("\"strength\": 0.5", "\"strenght\": 0.5", StringComparison.Ordinal));
        var (code, output, error) = Run("generate", At("p.json"), "--zoo", At("z"));
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("$.machines[1].factors.strenght: there is no such key. Did you mean 'strength'?", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("z")));
    }

    AnalysisResult Read(string name) => Metrics.Parse(File.ReadAllText(Path.Combine(At(name), "metrics.json")));
}

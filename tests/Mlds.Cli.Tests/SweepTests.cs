using System.Text.Json.Nodes;
using static Mlds.Cli.Tests.MldsCommand;

namespace Mlds.Cli.Tests;

/// <summary>A population that varies fields from seed to seed goes the whole way: plan, generate, zoo, release, verify, analyze.</summary>
public sealed class SweepTests : IDisposable
{
    static readonly TinyPopulation s_population = new()
    {
        Name = "sweep",
        Networks = 24,
        Data = (128, 64, 8, 8, 32),
        // Nobody reaches it: all networks are trained for as long.
        GoalLoss = 1e-30,
        EpochLimit = 4,
        Machines = """["SingleDirectMachine"]""",
        Vary = """
            {
              "grid": {"network.hidden": [3, 5]},
              "draw": {"seed": 1, "fields": {"training.learning_rate": {"log_uniform": [0.001, 0.1]}}}
            }
            """,
    };

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    static void Fails(int expected, string says, params string[] args)
    {
        var (code, output, error) = Run(args);
        Assert.Equal((expected, ""), (code, output));
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void What_varies_goes_the_whole_way()
    {
        File.WriteAllText(At("p.json"), s_population.Json);
        Assert.Empty(JsonNode.Parse(Runs("plan", At("p.json"), "--json"))!["refused"]!.AsArray());
        Runs("generate", At("p.json"), "--zoo", At("z"));
        var shown = JsonNode.Parse(Runs("zoo", At("z"), "show", "SingleDirectMachine/1", "--json"))!;
        Assert.Equal((5, 5), ((int)shown["factors"]!["hidden"]!, (int)shown["recipe"]!["network"]!["hidden"]!));
        Assert.Equal((double)shown["recipe"]!["training"]!["learning_rate"]!, (double)shown["factors"]!["learning_rate"]!);

        Fails(1, "or take --outcomes all", "release", At("z"), "--out", At("r"));
        Fails(2, "such as --where hidden=3", "release", At("z"), "--out", At("r"), "--outcomes", "all");
        Fails(2, "--where: There is no factor 'hiden'. Did you mean 'hidden'?", "release", At("z"), "--out", At("r"), "--where", "hiden=3");
        Fails(2, "--outcomes takes converged or all", "release", At("z"), "--out", At("r"), "--outcomes", "some");
        Runs("release", At("z"), "--out", At("r"), "--outcomes", "all", "--where", "hidden=5");
        var report = JsonNode.Parse(Runs("verify", At("r"), "--retrain", "2", "--json"))!;
        Assert.Equal((0, 0), ((int)report["failed"]!, report["failures"]!.AsArray().Count));

        var said = Runs("analyze", At("z"), "--out", At("a"));
        Assert.Contains("The weights tell how good a network is.\n  Validation loss: R² ", said, StringComparison.Ordinal);
        var questions = JsonNode.Parse(File.ReadAllText(Path.Combine(At("a"), "metrics.json")))!["questions"]!.AsArray();
        var gap = questions.Single(question => (string?)question!["id"] == "loss_and_gap_from_weights")!;
        Assert.All(gap["scores"]!.AsArray(), score => Assert.Equal(24, (int)score!["networks"]!));
        Assert.Contains(gap["scores"]!.AsArray(), score => (string?)score!["subject"] == "generalisation gap");
        Runs("analyze", At("r"), "--out", At("b"));
        Fails(2, "has hidden=7. Values of hidden there: 3, 5.", "release", At("z"), "--out", At("c"), "--where", "hidden=7");
        Fails(2, "has hidden=3. Values of hidden there: 5.", "analyze", At("r"), "--out", At("c"), "--where", "hidden=3");
    }
}

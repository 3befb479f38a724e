using System.Runtime.InteropServices;
using Mlds.Analysis.Results;
using static Mlds.Cli.Tests.MldsCommand;

namespace Mlds.Cli.Tests;

/// <summary>analyze on networks that aren't ours: a matrix of weights, a layout, and a table.</summary>
public sealed class AnalyzeForeignTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public AnalyzeForeignTests()
    {
        // 60 networks 2–2–1; those of kind b have larger weights, and the size is in the first of them.
        var random = new Random(1);
        var weights = new float[60 * 9];
        for (var i = 0; i < weights.Length; i++) weights[i] = (random.NextSingle() - 0.5f) * (i / 9 % 2 == 0 ? 1 : 3);
        var matrix = new NpzArray("weights", "(60, 9)", MemoryMarshal.AsBytes(weights.AsSpan()).ToArray(), "<f4");
        File.WriteAllBytes(At("weights.npy"), matrix.File);
        File.WriteAllText(
            At("layout.csv"),
            "varname,start_idx,end_idx,shape\na.weight,0,4,\"(2, 2)\"\na.bias,4,6,(2)\nb.weight,6,8,\"(1, 2)\"\nb.bias,8,9,(1)\n");
        var rows = Enumerable.Range(0, 60).Select(i => FormattableString.Invariant(
            $"{(i % 2 == 0 ? "a" : "b, larger")},{weights[i * 9]},{i % 7},{(i < 30 ? 1 : 2)}")
            .Replace("b, larger", "\"b, larger\"", StringComparison.Ordinal));
        File.WriteAllText(At("t.csv"), $"kind,size,seven,half\n{string.Join('\n', rows)}\n");
    }

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    string[] Asked(params string[] more) =>
    [
        "analyze", "--weights", At("weights.npy"), "--layout", At("layout.csv"), "--table", At("t.csv"), "--out", At("a"), .. more,
    ];

    [Fact]
    public void A_report_metrics_and_every_prediction_are_written()
    {
        var document = Json(Asked("--label", "kind,size", "--activation", "relu", "--metadata", "seven"));
        Assert.Equal((60, 60), ((int)document["networks"]!, (int)document["analysed"]!));
        Assert.Equal(2, document["findings"]!.AsArray().Count);
        var result = Metrics.Parse(File.ReadAllText((string)document["metrics"]!));
        Assert.Equal((string?)document["weights_digest"], result.Population.WeightsDigest);
        Assert.Equal(["kind", "size"], result.Foreign!.Labels);
        Assert.Equal(["a", "b, larger"], result.Population.Machines.Select(machine => machine.Name));
        var scores = result.Questions.SelectMany(question => question.Scores).ToArray();
        Assert.All(scores.Where(score => score is { Subject: "kind", View: "statistics", Metric: "accuracy", Method: "forest" }),
            score => Assert.True(score.Value.Low > 0.6 && score.MetadataOnly!.Value.Value < 0.8, $"{score}"));
        Assert.Contains(scores, score => score is { Subject: "size", View: "raw", Metric: "r2", Method: "ridge", Value.Value: > 0.99 });

        // The accuracy of the report can be counted from the predictions.
        var ridge = scores.Single(score => score is { Subject: "kind", View: "raw", Metric: "accuracy", Method: "ridge" });
        var lines = File.ReadAllLines((string)document["predictions"]!);
        Assert.Equal("label,view,method,row,fold,truth,predicted", lines[0]);
        var told = lines.Where(line => line.StartsWith("kind,raw,ridge,", StringComparison.Ordinal)).ToArray();
        Assert.Equal(60, told.Length);
        var right = told.Count(line => line.EndsWith(",a,a", StringComparison.Ordinal)
            || line.EndsWith(",\"b, larger\",\"b, larger\"", StringComparison.Ordinal));
        Assert.Equal(ridge.Value.Value, right / 60.0, 1e-12);
        Assert.False(Directory.Exists(At("a/unfinished")));

        var page = File.ReadAllText((string)document["report"]!);
        Assert.Contains("of which a table says kind and size", page, StringComparison.Ordinal);
        foreach (var word in new[] { "which machine", "mlds train", "epochs", "The paper’s claims" })
            Assert.DoesNotContain(word, page, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_for_people_says_how_the_files_were_read_and_what_came_of_it()
    {
        var text = Runs(Asked("--label", "kind", "--views", "statistics", "--as-text", "half", "--metadata", "half"));
        Assert.Contains("60 of 60 networks of", text, StringComparison.Ordinal);
        Assert.Contains("were found by their order.", text, StringComparison.Ordinal);
        Assert.Contains("kind: right for", text, StringComparison.Ordinal);
        Assert.Contains($"Report: {At("a/report.html")}", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--label COLUMN")]
    [InlineData("no column 'colour'; it has kind, size, seven, half", "--label", "colour")]
    [InlineData("--group half: all networks are of one group", "--label", "size", "--group", "half", "--where", "half=1")]
    [InlineData("'invariants' can't be had of these networks", "--label", "kind", "--views", "invariants")]
    [InlineData("--activation takes relu or tanh, not 'gelu'", "--label", "kind", "--activation", "gelu")]
    [InlineData("--per-class is for zoos and releases", "--label", "kind", "--per-class", "10")]
    [InlineData("There is no question 'which_machine'", "--label", "kind", "--questions", "which_machine")]
    [InlineData("There is no view 'colours'", "--label", "kind", "--views", "colours")]
    [InlineData("need about 0.0 GB of memory", "--label", "kind", "--memory", "0.000001")]
    [InlineData("--where takes COLUMN=VALUE", "--label", "kind", "--where", "half")]
    [InlineData("all 30 networks have the value '1' in 'half'", "--label", "half", "--where", "half=1")]
    public void Bad_input_gets_one_sentence_and_nothing_is_written(string says, params string[] more)
    {
        Refused(says, Asked(more));
        Assert.False(Directory.Exists(At("a")));
    }

    [Fact]
    public void A_zoo_or_weights_but_not_both_and_not_neither()
    {
        Refused("either a zoo or release ('z') or --weights", [.. Asked("--label", "kind"), "z"]);
        Refused("needs ZOO-or-RELEASE", ["analyze", "--out", At("a")]);
        Refused("--table is for anybody's networks", ["analyze", "z", "--out", At("a"), "--table", At("t.csv")]);
        Refused("needs --table CSV", ["analyze", "--weights", At("weights.npy"), "--out", At("a")]);
        string[] Files(string weights, string table) =>
            ["analyze", "--weights", At(weights), "--table", At(table), "--label", "kind", "--out", At("a")];
        Refused("There is no file or folder", Files("no.npy", "t.csv"));
        Refused("There is no file", Files("weights.npy", "u.csv"));
    }

    static void Refused(string says, string[] args)
    {
        var (code, output, error) = Run(args);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("internal error", error, StringComparison.Ordinal);
    }
}

using System.Text.Json.Nodes;
using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Training;

namespace Mlds.Analysis.Tests;

public sealed class WeightAnalysisTests
{
    static readonly RecurrentSpec s_spec = new(4, 5, 2, [5, 3], Activation.None);

    static readonly string[] s_machines =
        [
            "AlphaMachine", "BetaMachine", "GammaMachine", "AlphaModified", "BetaModified", "GammaModified",
            "AlphaControl", "BetaControl", "GammaControl",
        ];

    static readonly AnalysisOptions s_quick = new() { Trees = 40, CurveRepetitions = 2, RidgeShuffles = 10 };

    static readonly Lazy<AnalysisResult> s_result = new(
        () => WeightAnalysis.Run(Networks.Population(s_spec, s_machines, 20, noise: 0.12), s_quick));

    static readonly string[] s_allViews = ["raw", "reduced", "aligned", "statistics", "invariants", "spectral", "behaviour"];

    static Score Find(AnalysisResult result, string question, string subject, string view, string method, string metric) =>
        result.Questions.Single(q => q.Id == question).Scores
            .Single(s => (s.Subject, s.View, s.Method, s.Metric) == (subject, view, method, metric));

    [Fact]
    public void Hidden_behind_symmetries_machines_cluster_by_invariants_and_not_by_raw_weights()
    {
        Assert.InRange(
            Find(s_result.Value, "which_machine_unsupervised", "original machines", "invariants", "kmeans", "ari").Value.Value, 0.9, 1);
        Assert.InRange(
            Find(s_result.Value, "which_machine_unsupervised", "original machines", "raw", "kmeans", "ari").Value.Value, -0.1, 0.6);
        foreach (var method in new[] { "ridge", "forest" })
        {
            Assert.InRange(
                Find(s_result.Value, "which_machine", "original machines", "invariants", method, "accuracy").Value.Value, 0.95, 1);
        }

        Assert.InRange(
            Find(s_result.Value, "modified_or_original", "mean over machines", "invariants", "ridge", "auc").Value.Value, 0.85, 1);
    }

    /// <summary>
    /// Without symmetries in the way the same networks lie together in raw weights too: it is the symmetries that separate them.
    /// </summary>
    [Fact]
    public void Not_hidden_they_cluster_by_raw_weights_as_well()
    {
        var open = WeightAnalysis.Run(
            Networks.Population(s_spec, s_machines[..3], 20, noise: 0.12, hidden: false), s_quick,
            cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(1, Find(open, "which_machine", "original machines", "raw", "ridge", "accuracy").Value.Value);
        Assert.Equal(1, Find(open, "which_machine_unsupervised", "original machines", "raw", "kmeans", "ari").Value.Value);
    }

    [Theory]
    [InlineData("unsigned")]
    [InlineData("elman")]
    [InlineData("lstm")]
    public void Networks_of_another_cell_are_analysed_in_the_views_that_apply_and_the_others_are_named(string cell)
    {
        var spec = s_spec with { Cell = Cells.Named(cell) };
        var quick = s_quick with { Trees = 10, CurveRepetitions = 1, RidgeShuffles = 1 };
        var result = WeightAnalysis.Run(
            Networks.Population(spec, s_machines[..6], 12, noise: 0.05), quick, cancellation: TestContext.Current.CancellationToken);
        string[] leftOut = cell == "unsigned" ? ["invariants"] : [];
        Assert.Equal(s_allViews.Except(leftOut), result.Views.Select(view => view.Name));
        Assert.Equal(leftOut.Select(view => $"the view {view}"), (result.LeftOut ?? []).Select(part => part.What));
        Assert.Equal(1, Find(result, "which_machine", "original machines", "aligned", "ridge", "accuracy").Value.Value);
        Assert.Equal(leftOut.Length > 0, Metrics.ToJson(result).ContainsKey("left_out"));
        Assert.Null(s_result.Value.LeftOut);
        Assert.DoesNotContain("left_out", Metrics.ToJson(s_result.Value).Select(pair => pair.Key));
    }

    [Fact]
    public void Networks_that_differ_in_nothing_but_their_names_score_at_chance()
    {
        var matrix = Networks.Population(s_spec, ["OneMachine"], 60);
        var renamed = new WeightMatrix(
            "renamed", "matrix", [.. Enumerable.Range(0, 60).SelectMany(i => matrix.Row(i).ToArray())], matrix.Layout,
            [
                .. matrix.Labels.Select((label, i) => label with
                {
                    Machine = Networks.Named(i % 3 == 0 ? "AMachine" : i % 3 == 1 ? "BMachine" : "AModified"),
                    Seed = (uint)(i / 3),
                }),
            ]);
        var result = WeightAnalysis.Run(renamed, s_quick, cancellation: TestContext.Current.CancellationToken);
        var scores = result.Questions.SelectMany(q => q.Scores)
            .Where(s => s.Metric is "accuracy" or "auc" && s.Method != "value").ToArray();
        Assert.NotEmpty(scores);

        // 95 % intervals of many scores: a few may miss, but most must not.
        var held = scores.Count(s => s.Value.Low <= s.Chance && s.Chance <= s.Value.High);
        Assert.InRange((double)held / scores.Length, 0.75, 1);
    }

    [Fact]
    public void Shuffled_labels_are_at_chance()
    {
        foreach (var score in s_result.Value.Questions.SelectMany(q => q.Scores)
            .Where(s => s.Shuffled is not null && s.Subject is "original machines" or "all machines" or "mean over machines"))
        {
            // A forest's labels are shuffled only once, and where the two forms of an unseen machine lie far apart, one shuffle may fall to
            // either side.
            if (score.Shuffled is not { } shuffled || score.Metric is "nmi" or "silhouette" || score.Method == "forest") continue;
            Assert.True(
                Math.Abs(shuffled.Value - score.Chance) < 0.16,
                $"{score.Subject}, {score.View}, {score.Method}: {shuffled} is far from {score.Chance}.");
        }

        var forests = s_result.Value.Questions.SelectMany(q => q.Scores)
            .Where(s => s is { Method: "forest", Metric: "auc", Shuffled: not null }).Select(s => s.Shuffled!.Value.Value).ToArray();
        Assert.InRange(forests.Average(), 0.42, 0.58);
    }

    [Fact]
    public void The_same_seed_gives_the_same_result_and_another_seed_another_split()
    {
        string Text(ulong seed)
        {
            var networks = Networks.Population(s_spec, s_machines[..2], 12, noise: 0.3);
            var result = WeightAnalysis.Run(networks, s_quick with { Seed = seed }, cancellation: TestContext.Current.CancellationToken);
            return Metrics.ToJson(result).ToJsonString();
        }

        Assert.Equal(Text(3), Text(3));
        Assert.NotEqual(Text(3), Text(4).Replace("\"seed\":4", "\"seed\":3", StringComparison.Ordinal));
    }

    [Fact]
    public void The_order_of_the_networks_makes_no_difference_to_a_score()
    {
        var matrix = Networks.Population(s_spec, s_machines[..3], 12, noise: 0.3);
        var order = Enumerable.Range(0, matrix.Networks).OrderBy(i => matrix.Labels[i].Seed).ToArray();
        var shuffled = new WeightMatrix(
            matrix.Name, "matrix",
            [.. order.SelectMany(i => matrix.Row(i).ToArray())], matrix.Layout, [.. order.Select(i => matrix.Labels[i])]);
        double[] Accuracies(WeightMatrix m) => [.. WeightAnalysis.Run(m, s_quick, cancellation: TestContext.Current.CancellationToken)
            .Questions[0].Scores.Where(s => s.Method == "ridge").Select(s => s.Value.Value)];
        Assert.Equal(Accuracies(matrix), Accuracies(shuffled));
    }

    [Fact]
    public void Every_network_left_out_is_counted()
    {
        var matrix = Networks.Population(s_spec, ["AMachine", "BMachine"], 14);
        var some = new WeightMatrix("some", "matrix",
            [.. Enumerable.Range(0, 28).SelectMany(i => matrix.Row(i).ToArray())], matrix.Layout, [.. matrix.Labels.Select((label, i) =>
                label with
                {
                    Outcome = i switch { 0 or 1 => Outcome.NotConverged, 2 => Outcome.Diverged, _ => Outcome.Converged },
                    ValidationLoss = i == 2 ? double.NaN : label.ValidationLoss,
                })]);
        var result = WeightAnalysis.Run(some, s_quick, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((28, 25), (result.Population.Networks, result.Population.Used));
        Assert.Equal(
            (11, 2, 1),
            (result.Population.Machines[0].Converged, result.Population.Machines[0].NotConverged, result.Population.Machines[0].Diverged));
        Assert.Equal(2, result.Population.LeftOut.Count);
        Assert.Contains(
            "Among the original machines: 3 networks of BMachine were left out to balance the classes.",
            result.Questions[0].LeftOut);
        Assert.Equal(22, result.Questions[0].Scores[0].Networks);
    }

    [Fact]
    public void A_question_without_networks_says_why_it_is_skipped()
    {
        var result = WeightAnalysis.Run(
            Networks.Population(s_spec, ["AMachine", "AControl"], 4), s_quick, cancellation: TestContext.Current.CancellationToken);
        foreach (var question in result.Questions)
        {
            Assert.True(
                question.Skipped is { Length: > 20 }
                    || question.Scores.Count + question.Distributions.Count + question.Tallies.Count + question.Significances.Count > 0,
                question.Id);
            if (question.Skipped is not null) Assert.Empty(question.Scores);
        }

        Assert.Contains("at least 8 are needed", string.Concat(result.Questions.SelectMany(q => q.LeftOut)), StringComparison.Ordinal);
        Assert.StartsWith("This population can't say. ", result.Findings[0].Answer, StringComparison.Ordinal);
        Assert.Null(result.Headlines.WhichMachine);
    }

    [Fact]
    public void Too_few_networks_are_refused_with_their_number() =>
        Assert.Contains("has 1 among 1", Assert.Throws<ArgumentException>(
            () => WeightAnalysis.Run(
                Networks.Population(s_spec, ["AMachine"], 1), cancellation: TestContext.Current.CancellationToken)).Message,
                StringComparison.Ordinal);

    [Fact]
    public void It_stops_when_cancelled() =>
        Assert.ThrowsAny<OperationCanceledException>(
            () => WeightAnalysis.Run(Networks.Population(s_spec, s_machines, 20), cancellation: new CancellationToken(true)));

    [Fact]
    public void Metrics_hold_the_whole_result_in_snake_case_and_read_back()
    {
        var json = Metrics.ToJson(s_result.Value);
        Assert.Equal(json.ToJsonString(), Metrics.ToJson(Metrics.Parse(json.ToJsonString())).ToJsonString());
        Assert.All(Keys(json), key => Assert.Matches("^[a-z][a-z0-9_]*$", key));
        Assert.Equal(
            json["questions"]![0]!["scores"]![0]!["metadata_only"]!["value"]!.GetValue<double>(),
            s_result.Value.Questions[0].Scores[0].MetadataOnly!.Value.Value);
        Assert.Contains(
            "version 99", Assert.Throws<FormatException>(() => Metrics.Parse("""{"format":"mlds-metrics","version":99}""")).Message,
            StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => Metrics.Parse("{}"));
    }

    [Fact]
    public void Projections_and_loss_curves_cover_every_network_and_machine()
    {
        Assert.Equal(s_allViews, s_result.Value.Projections.Where(p => p.Method == "pca").Select(p => p.View));
        Assert.Equal(["raw", "aligned", "invariants"], s_result.Value.Projections.Where(p => p.Method == "tsne").Select(p => p.View));
        Assert.All(s_result.Value.Projections, p => Assert.Equal(180, p.Points.Count));
        Assert.Equal(s_machines, s_result.Value.LossCurves.Select(c => c.Machine));
        Assert.All(s_result.Value.LossCurves.SelectMany(c => c.Points), p => Assert.True(p.P10 <= p.Median && p.Median <= p.P90));
        Assert.All(s_result.Value.LossCurves, c => Assert.Equal(20, c.Points[0].Running));
    }

    static IEnumerable<string> Keys(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => Keys(p.Value).Prepend(p.Key)),
        JsonArray a => a.SelectMany(Keys),
        _ => [],
    };
}

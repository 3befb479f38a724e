using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Views;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Training;

namespace Mlds.Analysis.Tests.Questions;

/// <summary>Questions on networks made so that the answer is known.</summary>
public sealed class QuestionTests
{
    static readonly RecurrentSpec s_spec = new(4, 5, 2, [5, 3], Activation.None);

    static readonly AnalysisOptions s_quick =
        new() { Trees = 20, CurveRepetitions = 1, RidgeShuffles = 2, Views = [View.Raw, View.Invariants] };

    static QuestionContext Context(WeightMatrix matrix) => new(matrix, matrix, s_quick, TestContext.Current.CancellationToken);

    /// <summary>The question's answer, as the report has it.</summary>
    static QuestionResult Answer(Question question, WeightMatrix matrix) => question.Of(matrix, Context(matrix));

    static Score Mean(QuestionResult result, string view) =>
        result.Scores.Single(score => (score.Subject, score.View, score.Method) == ("mean over machines", view, "ridge"));

    [Fact]
    public void An_unseen_key_is_told_by_what_all_keys_do_and_not_by_its_twins()
    {
        string[] machines = [.. new[] { "Alpha", "Beta" }.SelectMany(
            family => "ABC".SelectMany(key => new[] { $"{family}Machine{key}", $"{family}Modified{key}", $"{family}Control{key}" }))];
        var matrix = Networks.Population(s_spec, machines, 12, noise: 0.08);
        var question = ChangedUnseen.Question(Contrast.ModifiedOrOriginal, Unseen.Key);
        var unseen = Answer(question, matrix);
        Assert.Equal("modified_or_original_unseen_key", unseen.Id);
        Assert.InRange(Mean(unseen, "invariants").Value.Value, 0.9, 1);
        Assert.Equal(["AlphaA", "AlphaB", "AlphaC", "BetaA", "BetaB", "BetaC"], unseen.Scores.Where(s => s.Metric == "auc")
            .Select(s => s.Subject).Where(s => s != "mean over machines").Distinct().Order(StringComparer.Ordinal));
        Assert.Contains("at least two keys", Answer(question, Networks.Population(s_spec, ["AMachine", "AModified"], 12)).Skipped);

        // The originals for several keys are one machine.
        var named = Answer(WhichMachine.Question, matrix).Scores.Where(score => score.Subject == "original machines");
        Assert.All(named, score => Assert.Equal(2, score.Classes));
    }

    [Fact]
    public void A_smaller_change_is_shown_as_a_curve_over_the_share()
    {
        string[] machines =
        [
            "AlphaMachine", "AlphaModified", "AlphaMachineIn10", "AlphaModifiedIn10", "BetaMachine",
            "BetaModified", "BetaMachineIn10", "BetaModifiedIn10",
        ];
        var matrix = Networks.Population(s_spec, machines, 12);
        var automaton = new Automaton(new AutomatonDefinition(4, 3, 0, [[0, 1, 0, 1], [1, 0, 1, 1]], [0, 5]));
        var withShares = new WeightMatrix(
            "shares", "matrix",
            [.. Enumerable.Range(0, matrix.Networks).SelectMany(row => matrix.Row(row).ToArray())], matrix.Layout, matrix.Labels)
        {
            Machines = machines.ToDictionary(
                name => name,
                name => new LearnedMachine(
                    automaton,
                    new DataSpec(1, 8, 8, 8, 1, 1, new PlantedKey([1], 4, name.EndsWith("In10", StringComparison.Ordinal) ? 10 : 1)))),
        };
        var context = Context(withShares);
        Contrast[] contrasts = [Contrast.ModifiedOrOriginal, Contrast.ModifiedOrControl];
        context.Answered.AddRange(contrasts.Select(contrast => ChangedSameMachine.Question(contrast).Of(withShares, context)));
        var curves = HowSmallAChange.Question.Of(withShares, context).Curves;
        Assert.All(curves, curve => Assert.Equal([0.1, 1], curve.Points.Select(point => point.X)));
        Assert.Contains(curves, curve => curve.View == "validation_loss");
        Assert.NotNull(Answer(HowSmallAChange.Question, matrix).Skipped);
    }

    [Fact]
    public void A_network_that_is_there_twice_is_counted_to_the_bit_and_up_to_a_symmetry()
    {
        var matrix = Networks.Population(s_spec, ["AMachine", "BMachine"], 12);
        var rows = Enumerable.Range(0, 24).Select(row => matrix.Row(row).ToArray()).ToArray();
        rows[3] = [.. rows[2]];
        rows[20] = NetworkSymmetry.Random(s_spec, new SeededRandom(4)).Apply(matrix.Layout, rows[19]);
        var twice = new WeightMatrix("twice", "matrix", [.. rows.SelectMany(row => row)], matrix.Layout, [
            .. matrix.Labels.Select((label, i) => label with { WeightsSha256 = WeightsHash.Of(rows[i]) })]);
        var result = Answer(Neighbours.Question, twice);
        var counts = result.Tallies.Where(tally => tally.Subject == "all").Select(tally => tally.Count);
        Assert.Equal([2, 4], counts);
        Assert.InRange(result.Scores.Single(score => score.View == "invariants").Value.Value, 0.9, 1);
    }

    [Fact]
    public void A_wall_that_only_a_symmetry_put_there_is_gone_after_alignment()
    {
        // One network and its equal twins: once they are aligned, the loss between them is what it is at the ends.
        var (first, layout) = (LearnedDirect.Direct.Weights, LearnedDirect.Layout);
        float[][] twins = [first, .. Enumerable.Range(0, 3)
            .Select(i => NetworkSymmetry.Random(layout.Recurrent, new SeededRandom(7, (ulong)i)).Apply(layout, first))];
        var machine = Networks.Named("SingleDirectMachine");
        var labels = twins.Select((weights, i) =>
            new NetworkLabel($"{i:x}", machine, (uint)i, Outcome.Converged, 3, 1e-4, 1e-4, 1e-4, WeightsHash.Of(weights), null));
        var matrix = new WeightMatrix("equal", "matrix", [.. twins.SelectMany(w => w)], layout, [.. labels])
        {
            Machines = new Dictionary<string, LearnedMachine>
            {
                ["SingleDirectMachine"] = new(MachineCatalogue.Build("SingleDirectMachine"), LearnedDirect.Data),
            },
        };
        var result = Answer(Barriers.Question, matrix);
        double Barrier(string view) => result.Distributions.Single(spread => spread.View == view).Median;
        Assert.InRange(Barrier("aligned"), -1e-6, 1e-6);
        Assert.True(Barrier("raw") > 1e-3, $"{Barrier("raw")}");
        Assert.Contains("doesn't say", Answer(Barriers.Question, Networks.Population(s_spec, ["AMachine"], 4)).Skipped);

        var exact = Answer(ExactBehaviour.Question, matrix);
        Assert.All(exact.Tallies, tally => Assert.Equal((4, 4, ""), (tally.Count, tally.Of, tally.Detail)));
        Assert.True(exact.Automata.Single().Equivalent);
    }

    [Fact]
    public void Twins_begin_together_and_part_and_strangers_are_apart_from_the_start()
    {
        string[] machines = ["AMachine", "AModified"];
        var ends = Networks.Population(s_spec, machines, 8, hidden: false);
        var layout = ends.Layout;
        var courses = ends.Labels.Select((label, row) =>
        {
            // Every network goes straight from its seed's first weights to its end.
            var (start, end) = (InitialWeights.Draw(layout, label.Seed), ends.Row(row).ToArray());
            CoursePoint At(int epoch) => new(epoch, Math.Pow(10, -epoch), [.. start.Zip(end, (a, b) => a + ((b - a) * (epoch - 1) / 4))]);
            return new Course(label.RecipeId, label.Machine, label.Seed, [
                .. Enumerable.Range(1, label.Machine.Variant == Variant.Original ? 3 : 5).Select(At)]);
        });
        var matrix = new WeightMatrix(
            "courses", "matrix", [.. Enumerable.Range(0, 16).SelectMany(row => ends.Row(row).ToArray())], layout, ends.Labels)
        {
            Courses = [.. courses],
        };
        var result = Answer(TwinsDivergence.Question, matrix);
        Curve Of(string group, string view) => result.Curves.Single(curve => (curve.Method, curve.View) == (group, view));
        foreach (var view in new[] { "raw", "aligned", "invariants" })
        {
            var twins = Of("twins", view).Points;
            Assert.Equal([1, 2, 3, 4, 5], twins.Select(point => (int)point.X));
            Assert.Equal(0, twins[0].Y.Value, 1e-4);
            Assert.True(twins[^1].Y.Value > twins[1].Y.Value && twins[1].Y.Value > 0);
            Assert.True(Of("strangers", view).Points[0].Y.Value > 0.1);
        }

        // Equal networks can't be told apart; at the end each seed's pair differs the same way: 2⁸ swaps.
        Assert.Equal(1, result.Significances.Single(test => test.Epoch == 1).PValue);
        Assert.InRange(result.Significances.Single(test => test.Epoch == 5).PValue, 0, 0.05);
        Assert.All(result.Significances, test => Assert.True(test.Adjusted >= test.PValue));

        var predicted = Answer(LossFromWeights.Question, matrix).Scores;
        Assert.InRange(
            predicted.Single(s => (s.Subject, s.View, s.Metric) == ("validation loss, training courses", "raw", "r2")).Value.Value, 0.5, 1);
        Assert.NotNull(Answer(TwinsDivergence.Question, ends).Skipped);
    }

    [Fact]
    public void A_wall_between_twins_is_what_rises_above_the_line_between_their_ends()
    {
        Assert.Equal(0, LossLine.Excess([1, 2, 3]));
        Assert.Equal(2, LossLine.Excess([1, 4, 3]));

        // The changed twins are the originals in disguise: once aligned, nothing rises between them.
        var (learned, layout) = (LearnedDirect.Direct.Weights, LearnedDirect.Layout);
        var twins = new List<float[]>();
        var labels = new List<NetworkLabel>();
        foreach (var name in (string[])["SingleDirectMachine", "SingleDirectModified"])
        {
            for (uint seed = 0; seed < 3; seed++)
            {
                var disguise = NetworkSymmetry.Random(layout.Recurrent, new SeededRandom(9, (ulong)twins.Count));
                twins.Add(disguise.Apply(layout, learned));
                labels.Add(new NetworkLabel(
                    $"{twins.Count:x}", Networks.Named(name), seed, Outcome.Converged, 3, 1e-4, 1e-4, 1e-4, WeightsHash.Of(twins[^1]),
                    null));
            }
        }

        var matrix = new WeightMatrix("twins", "matrix", [.. twins.SelectMany(w => w)], layout, labels)
        {
            Machines = new Dictionary<string, LearnedMachine>
            {
                ["SingleDirectMachine"] = new(MachineCatalogue.Build("SingleDirectMachine"), LearnedDirect.Data),
            },
        };
        var result = Answer(TwinBarriers.Question, matrix);
        Distribution Spread(string view, string group) => result.Distributions.Single(
            spread => spread.View == view && spread.Group.StartsWith(group, StringComparison.Ordinal));
        Assert.InRange(Spread("aligned", "twins").Median, 0, 1e-6);
        Assert.True(Spread("raw", "twins").Median > 1e-3);
        Assert.Equal((3, 2), (Spread("raw", "twins").Count, Spread("raw", "strangers").Count));
        Assert.Equal(4, result.Curves.Count);
        Assert.All(result.Curves, curve => Assert.Equal(("SingleDirectModified", 11), (curve.Subject, curve.Points.Count)));

        var unknown = Networks.Population(s_spec, ["AMachine", "AModified"], 4);
        Assert.Contains("no loss can be evaluated", Answer(TwinBarriers.Question, unknown).Skipped);
        Assert.Contains("No machine has both", Answer(TwinBarriers.Question, Networks.Population(s_spec, ["AMachine"], 4)).Skipped);
    }

    [Fact]
    public void Changed_networks_are_of_another_distribution_and_renamed_ones_are_not()
    {
        var result = Answer(Divergence.Question, Networks.Population(s_spec, ["AMachine", "AModified", "AControl"], 12));
        Assert.All(result.Significances.Where(test => test.View == "invariants"), test => Assert.InRange(test.Adjusted, 0, 0.05));
        var same = Networks.Population(s_spec, ["AMachine"], 24);
        var renamed = new WeightMatrix(
            "renamed", "matrix", [.. Enumerable.Range(0, 24).SelectMany(row => same.Row(row).ToArray())], same.Layout,
            [
                .. same.Labels.Select((label, i) => label with
                {
                    Machine = Networks.Named(i % 2 == 0 ? "AMachine" : "AModified"),
                    Seed = (uint)(i / 2),
                }),
            ]);
        Assert.All(Answer(Divergence.Question, renamed).Significances, test => Assert.InRange(test.PValue, 0.03, 1));
    }
}

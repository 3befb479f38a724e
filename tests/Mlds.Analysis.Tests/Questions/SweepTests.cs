using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Analysis.Tests.Questions;

/// <summary>Populations that vary more than seeds, with what their weights do, or don't, depend on planted.</summary>
public sealed class SweepTests
{
    const int Count = 160;

    static readonly AnalysisOptions s_quick = new() { Trees = 30, Views = [View.Raw, View.Statistics, View.Behaviour] };

    static readonly RecurrentSpec s_spec = new(3, 4, 1, [2], Activation.None);

    /// <summary>
    /// The rate scales a network's weights, the noise does nothing to them. The validation loss follows from the scale; the gap is drawn by
    /// itself.
    /// </summary>
    static WeightMatrix Networks(RecurrentSpec spec, uint first = 0, bool isVaried = true, int diverged = 0)
    {
        var weights = new List<float>();
        var labels = new List<NetworkLabel>();
        for (var seed = first; seed < first + Count; seed++)
        {
            var random = new SeededRandom(7, SeededRandom.Stream("sweep", (int)seed));
            var rate = Math.Pow(10, -3 + (2 * random.NextDouble()));
            var (noise, optimizer) = (0.1 * random.NextDouble(), random.Next(2));
            var network = Tests.Networks.Random(spec.Layout, random, 0.3 + Math.Log10(rate) / 10);
            if (optimizer == 1) network[0] += 3;
            weights.AddRange(network);
            labels.Add(new NetworkLabel(
                $"{seed:x8}", Tests.Networks.Named("XMachine"), seed, seed < diverged ? Outcome.Diverged : Outcome.NotConverged, 20,
                1e-3 * rate, 1e-3 * rate, 1e-3 * rate * Math.Pow(10, random.NextDouble()), WeightsHash.Of(network), null)
            {
                Settings = !isVaried ? [] :
                [
                    KeyValuePair.Create("label_noise", FactorValue.Of(noise)),
                    KeyValuePair.Create("learning_rate", FactorValue.Of(rate)),
                    KeyValuePair.Create("optimizer", FactorValue.Of(optimizer == 1 ? "sgd" : "adam")),
                ],
            });
        }

        return new WeightMatrix("sweep", "matrix", [.. weights], spec.Layout, labels);
    }

    static QuestionResult Ask(Question question, WeightMatrix matrix) =>
        question.Of(matrix, new QuestionContext(matrix, WeightAnalysis.Used(matrix), s_quick, TestContext.Current.CancellationToken));

    static Score Find(QuestionResult result, string subject, string view = "statistics", string method = "forest") =>
        result.Scores.First(score => (score.Subject, score.View, score.Method) == (subject, view, method));

    [Fact]
    public void A_loss_that_follows_from_the_weights_is_told_and_a_gap_that_does_not_is_not()
    {
        var result = Ask(LossAndGap.Question, Networks(s_spec));
        Assert.Null(result.Skipped);
        var (loss, gap) = (Find(result, "validation loss"), Find(result, "generalisation gap"));
        Assert.InRange(loss.Value.Value, 0.6, 1);
        Assert.InRange(loss.Value.Low, 0.4, loss.Value.Value);
        Assert.InRange(loss.Shuffled!.Value.Value, -0.5, 0.2);
        Assert.InRange(gap.Value.Value, -0.5, 0.2);

        // The rate is metadata too, and tells all.
        Assert.InRange(loss.MetadataOnly!.Value.Value, 0.9, 1);
        Assert.DoesNotContain(result.Scores, score => score.View == "behaviour");
    }

    [Fact]
    public void Settings_that_show_in_the_weights_are_told_and_those_that_do_not_are_not()
    {
        var result = Ask(FactorsFromWeights.Question, Networks(s_spec));
        Assert.InRange(Find(result, "learning_rate").Value.Value, 0.6, 1);
        Assert.InRange(Find(result, "label_noise").Value.Value, -0.5, 0.2);
        var text = Find(result, "optimizer", "raw");
        Assert.Equal("accuracy", text.Metric);
        Assert.InRange(text.Value.Value, 0.8, 1);
        Assert.InRange(text.Chance, 0.5, 0.65);
        Assert.InRange(text.Shuffled!.Value.Value, 0.3, 0.7);
        Assert.Contains("learning_rate: R² ", result.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Networks_of_other_shapes_take_part_with_the_views_that_all_have()
    {
        var matrix = Networks(s_spec);
        matrix.OtherShapes = [Networks(s_spec with { Hidden = 6 }, Count)];
        var result = Ask(LossAndGap.Question, matrix);
        Assert.All(result.Scores, score => Assert.Equal((2 * Count, "statistics"), (score.Networks, score.View)));
        Assert.Contains("there are networks of 2 shapes", string.Join(' ', result.LeftOut), StringComparison.Ordinal);
        Assert.InRange(Find(result, "validation loss").Value.Value, 0.6, 1);
    }

    [Fact]
    public void Networks_of_which_no_view_has_the_same_columns_are_asked_nothing_and_it_is_said_why()
    {
        var matrix = Networks(s_spec);
        matrix.OtherShapes = [Networks(s_spec with { Cell = RecurrentCells.Lstm }, Count)];
        foreach (var question in (Question[])[LossAndGap.Question, FactorsFromWeights.Question])
        {
            var result = Ask(question, matrix);
            Assert.Contains("choose a shape with --where", result.Skipped, StringComparison.Ordinal);
            Assert.Empty(result.Scores);
        }
    }

    [Fact]
    public void Networks_that_diverged_are_counted_and_left_out()
    {
        var result = Ask(LossAndGap.Question, Networks(s_spec, diverged: 10));
        Assert.All(result.Scores, score => Assert.Equal(Count - 10, score.Networks));
        Assert.Contains("10 networks whose losses or weights aren't finite numbers.", result.LeftOut);
    }

    [Fact]
    public void Where_nothing_varies_neither_question_is_asked()
    {
        var matrix = Networks(s_spec, isVaried: false);
        foreach (var question in (Question[])[LossAndGap.Question, FactorsFromWeights.Question])
            Assert.Contains("in their seed alone", question.AppliesTo(matrix)!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_of_fixed_length_in_which_none_converged_is_analysed_all_the_same()
    {
        var matrix = Networks(s_spec, diverged: 3);
        Assert.Equal(Count - 3, WeightAnalysis.Used(matrix).Networks);
        Assert.Equal(0, WeightAnalysis.Used(Networks(s_spec, isVaried: false)).Networks);
    }
}

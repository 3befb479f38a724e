using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Analysis.Tests.Questions;

/// <summary>Which questions are asked of all networks, and what is said where they aren't.</summary>
public sealed class CeilingsTests
{
    const int Seeds = 130;

    static readonly AnalysisOptions s_quick = new()
    {
        Trees = 5,
        CurveRepetitions = 1,
        RidgeShuffles = 1,
        Views = [View.Statistics],
        MostInPairs = 240,
        MostPerClassInTests = 110,
    };

    static readonly WeightMatrix s_networks =
        Networks.Population(new RecurrentSpec(2, 3, 1, [2], Activation.None), ["AMachine", "BMachine", "AModified"], Seeds);

    static QuestionResult Ask(Question question, AnalysisOptions options) =>
        question.Of(s_networks, new QuestionContext(s_networks, s_networks, options, TestContext.Current.CancellationToken));

    static IReadOnlyList<int> PerClass(QuestionResult result) => [.. result.Scores.Select(score => score.NetworksPerClass).Distinct()];

    [Fact]
    public void Classifiers_are_asked_of_all_networks()
    {
        foreach (var question in new[] { WhichMachine.Question, ChangedSameMachine.Question(Contrast.ModifiedOrOriginal) })
        {
            var result = Ask(question, s_quick);
            Assert.Equal([Seeds], PerClass(result));
            Assert.Empty(result.LeftOut);
            Assert.Equal(0.8 * Seeds, result.Curves[0].Points.Max(point => point.X), question == WhichMachine.Question ? 0.5 : 25);
        }
    }

    [Fact]
    public void Shuffled_controls_of_forests_take_a_sample_and_nothing_else_changes()
    {
        var networks = Networks.Population(
            new RecurrentSpec(2, 3, 1, [2], Activation.None), ["AMachine", "BMachine", "AModified", "BModified"], 40);
        var (all, some) = (s_quick, s_quick with { MostInForestControls = 40 });
        foreach (var question in new[]
        {
            WhichMachine.Question, ChangedSameMachine.Question(Contrast.ModifiedOrOriginal),
            ChangedUnseen.Question(Contrast.ModifiedOrOriginal, Unseen.Machine),
        })
        {
            QuestionResult Of(AnalysisOptions options) =>
                question.Of(networks, new QuestionContext(networks, networks, options, TestContext.Current.CancellationToken));
            var (whole, sampled) = (Of(all), Of(some));
            Assert.Empty(whole.LeftOut);
            Assert.Equal(
                "Shuffled controls of forests: at most 40 networks take part, as trees grow down to single networks where labels tell "
                + "nothing.",
                Assert.Single(sampled.LeftOut));
            Assert.Contains(whole.Scores, score => score is { Method: "forest", Shuffled: not null });
            foreach (var (before, now) in whole.Scores.Zip(sampled.Scores))
            {
                Assert.Equal((before.Subject, before.Method, before.Value), (now.Subject, now.Method, now.Value));
                if (before.Method != "forest") Assert.Equal(before.Shuffled, now.Shuffled);
                else if (before.Shuffled is { } control) Assert.NotEqual(control, now.Shuffled);
            }
        }
    }

    [Fact]
    public void What_compares_all_with_all_takes_a_sample_and_says_why()
    {
        var neighbours = Ask(Neighbours.Question, s_quick);
        Assert.Equal([100], PerClass(neighbours));
        Assert.Equal(
            "30 networks of AMachine were left out: at most 100 of a class take part, as all are compared with all, which costs the "
            + "square of their number.",
            neighbours.LeftOut[0]);
        Assert.All(neighbours.Tallies.Where(tally => tally.Subject == "all"), tally => Assert.Equal(3 * Seeds, tally.Of));

        var clusters = Ask(WhichMachineUnsupervised.Question, s_quick);
        foreach (var score in clusters.Scores) Assert.Equal(score.Metric == "silhouette" ? 120 : Seeds, score.NetworksPerClass);
        Assert.Contains("silhouette is of 120 networks of each machine", Assert.Single(clusters.LeftOut), StringComparison.Ordinal);

        var tests = Ask(Divergence.Question, s_quick);
        Assert.Equal(220, Assert.Single(tests.Significances).Networks);
        Assert.StartsWith("A sample: at most 110 of a class", Assert.Single(tests.LeftOut), StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_was_asked_for_holds_for_every_question()
    {
        var few = s_quick with { MostPerClass = 20 };
        foreach (var question in new[] { WhichMachine.Question, Neighbours.Question, WhichMachineUnsupervised.Question })
        {
            var result = Ask(question, few);
            Assert.Equal([20], PerClass(result));
            Assert.EndsWith("at most 20 of a class take part, as was asked for.", result.LeftOut[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_hundred_of_a_class_are_never_a_sample()
    {
        var ceilings = new Ceilings(new AnalysisOptions(), parameters: 4364);
        foreach (var classes in new[] { 2, 15, 100, 1000 })
        {
            foreach (var ceiling in new[] { ceilings.OfFits, ceilings.OfForms, ceilings.OfPairs, ceilings.OfTests, ceilings.OfAlignments })
                Assert.True(ceiling(classes).Most >= 100);
        }

        Assert.Equal(40, new Ceilings(new AnalysisOptions(), parameters: 61_706).OfForms(2).Most);
    }

    [Theory]
    [InlineData(100, "5 10 20 40 80")]
    [InlineData(125, "5 10 20 40 80 100")]
    [InlineData(2000, "5 10 20 40 80 160 320 640 1280 1600")]
    [InlineData(200, "5 10 20 40 80 160")]
    public void A_curve_doubles_and_ends_with_the_most_that_leave_a_fifth_to_test(int seeds, string sizes) => Assert.Equal(
        sizes, string.Join(' ', WhichMachine.Sizes([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560], seeds)));

    [Fact]
    public void Many_pairs_are_drawn_without_being_listed()
    {
        // 1,100 squared is above what is listed.
        var many = Networks.Population(new RecurrentSpec(2, 3, 1, [2], Activation.None), ["AMachine", "AModified"], 1_100);
        var context = new QuestionContext(many, many, s_quick, TestContext.Current.CancellationToken);
        var spreads = TwinsDistance.Question.Of(many, context).Distributions;
        Assert.Equal([1000, 1000, 1000], spreads.Select(spread => spread.Count));
        Assert.All(spreads, spread => Assert.True(spread.Minimum > 0));
    }
}

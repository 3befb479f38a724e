using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;
using Mlds.Recipes;

namespace Mlds.Analysis.Tests.Questions;

/// <summary>Clean, poisoned and control networks for images, told by the factors trigger, target and rate.</summary>
public sealed class PoisonTests
{
    static readonly AnalysisOptions s_quick =
        new() { Trees = 20, CurveRepetitions = 1, RidgeShuffles = 2, Views = [View.Raw, View.Aligned] };

    static readonly MachineLabel[] s_mnist = [.. PoisonedNetworks.Machines(["mnist"], [0.1])];

    static QuestionContext Context(WeightMatrix matrix) => new(matrix, matrix, s_quick, TestContext.Current.CancellationToken);

    static QuestionResult Answer(Question question, WeightMatrix matrix) => question.Of(matrix, Context(matrix));

    static WeightMatrix Population(int seeds = 12, double shift = 0.3) =>
        PoisonedNetworks.Population(PoisonedNetworks.Small, s_mnist, seeds, shift);

    static Score Mean(QuestionResult result, string view, string method = "ridge") =>
        result.Scores.Single(
            score => (score.Subject, score.View, score.Method, score.Metric) == ("mean over machines", view, method, "auc"));

    [Fact]
    public void A_poisoned_machine_is_compared_with_the_clean_one_and_with_the_control_of_its_trigger_and_rate()
    {
        MachineLabel[] machines = [.. PoisonedNetworks.Machines(["mnist", "fashion"], [0.01, 0.1])];
        foreach (var (poisoned, control) in Contrast.ModifiedOrControl.Pairs(machines))
        {
            Assert.Equal((poisoned.Family, poisoned.Poison!.Trigger, poisoned.Poison.Rate),
                (control!.Family, control.Poison!.Trigger, control.Poison.Rate));
            Assert.Empty(poisoned.Differences(control));
        }

        foreach (var (poisoned, clean) in Contrast.ModifiedOrOriginal.Pairs(machines))
        {
            Assert.Equal((poisoned.Family, Variant.Original), (clean!.Family, clean.Variant));
            Assert.Empty(poisoned.Differences(clean));
        }

        // Where the control of one rate is missing, another one's serves, and the report says so.
        var other = machines.Where(machine => machine.Variant != Variant.Control || machine.Poison!.Rate == 0.1).ToArray();
        var (one, its) = Contrast.ModifiedOrControl.Pairs(other).First(pair => pair.Positive.Poison!.Rate == 0.01);
        Assert.Equal(["rate (0.01, not 0.1)"], one.Differences(its!));
    }

    [Fact]
    public void Poison_is_no_setting_of_training()
    {
        var population = Population();
        Assert.NotNull(FactorsFromWeights.Question.AppliesTo(population));
        Assert.Null(MachineLabel.Of("EightBitModified", PopulationFactors.OfNames).Poison);
    }

    [Theory]
    [InlineData("trigger")]
    [InlineData("target")]
    public void A_trigger_or_target_never_seen_is_told_by_what_all_poison_does(string what)
    {
        var unseen = Unseen.Of(Contrast.ModifiedOrOriginal).Single(one => one.Name == what);
        var result = Answer(ChangedUnseen.Question(Contrast.ModifiedOrOriginal, unseen), Population());
        Assert.Equal($"modified_or_original_unseen_{what}", result.Id);
        Assert.InRange(Mean(result, "aligned").Value.Value, 0.9, 1);
        Assert.InRange(Mean(result, "aligned").Shuffled!.Value.Value, 0.3, 0.7);
        Assert.Equal(4, result.Scores.Where(score => score.Metric == "auc").Select(score => score.Subject).Distinct().Count() - 1);

        var none = Answer(ChangedUnseen.Question(Contrast.ModifiedOrOriginal, unseen), Population(shift: 0));
        Assert.InRange(Mean(none, "aligned").Value.Value, 0.25, 0.75);
    }

    [Fact]
    public void Keys_made_of_triggers_are_left_out_part_by_part()
    {
        var asked = Answer(ChangedUnseen.Question(Contrast.ModifiedOrOriginal, Unseen.Key), Population());
        Assert.NotNull(asked.Skipped);
        var sequences = Networks.Population(new(4, 5, 2, [5, 3], Kernels.Shapes.Activation.None), ["AMachine", "AModified"], 12);
        Assert.Contains(
            "at least two triggers", Answer(ChangedUnseen.Question(Contrast.ModifiedOrOriginal, Unseen.Trigger), sequences).Skipped);
        Assert.DoesNotContain(Unseen.Target, Unseen.Of(Contrast.OriginalOrControl));
    }

    [Fact]
    public void Unseen_images_are_told_only_from_other_images()
    {
        MachineLabel[] two = [.. PoisonedNetworks.Machines(["mnist", "fashion"], [0.1])];
        var matrix = PoisonedNetworks.Population(PoisonedNetworks.Small, two, 10);
        var result = Answer(ChangedUnseen.Question(Contrast.ModifiedOrOriginal, Unseen.Machine), matrix);
        Assert.InRange(Mean(result, "aligned").Value.Value, 0.8, 1);
        var detections = LinearWeights.Detections(Context(matrix)).Where(one => one.Unseen == Unseen.Machine).ToArray();
        Assert.NotEmpty(detections);
        Assert.All(detections, one => Assert.All(one.Learned, other => Assert.NotEqual(one.Held.Family, other.Family)));
        Assert.Null(PoisonFromWeights.Question.AppliesTo(matrix));
    }

    [Fact]
    public void Linear_weight_classification_finds_what_was_planted_and_nothing_where_nothing_was()
    {
        var found = Answer(LinearWeights.Question, Population());
        Score Of(QuestionResult result, string subject, string view) =>
            result.Scores.Single(score => (score.Subject, score.View) == (subject, view));
        foreach (var subject in (string[])
        [
            "modified or original, same machine", "modified or control, same machine", "modified or original, unseen trigger",
            "modified or original, unseen target",
        ])
        {
            Assert.InRange(Of(found, subject, LinearWeights.Aligned).Value.Value, 0.9, 1);
            Assert.InRange(Of(found, subject, LinearWeights.Aligned).Shuffled!.Value.Value, 0.3, 0.7);
        }

        var none = Answer(LinearWeights.Question, Population(shift: 0));
        Assert.All(none.Scores, score => Assert.InRange(score.Value.Value, 0.25, 0.75));
    }

    /// <summary>Networks of one seed share their beginning: whoever learned from one knows the others.</summary>
    [Fact]
    public void A_reference_and_what_is_learned_from_are_never_twins_of_what_is_tested()
    {
        var context = Context(Population(seeds: 10));
        var detections = LinearWeights.Detections(context);
        var splits = LinearWeights.Splits(context, detections);
        Assert.Equal(detections.Length * s_quick.Folds, splits.Count);
        Assert.All(splits, split =>
        {
            uint Seed(int row) => context.Labels[row].Seed;
            var tested = split.Test.Select(one => Seed(one.Row)).ToHashSet();
            var learned = split.Training.Select(one => Seed(one.Row)).ToHashSet();
            Assert.False(tested.Overlaps(learned));
            Assert.DoesNotContain(Seed(split.Reference), tested);
            Assert.DoesNotContain(Seed(split.Reference), learned);
            Assert.Equal(Variant.Original, context.Labels[split.Reference].Machine.Variant);
        });
        foreach (var tests in splits.GroupBy(split => split.Detection))
        {
            Assert.Equal(
                Enumerable.Range(0, tests.Key.Held.Rows.Length),
                tests.SelectMany(split => split.Test).Select(one => one.Place).Order());
        }
    }

    [Fact]
    public void The_difference_to_a_reference_has_length_1_in_every_tensor()
    {
        var matrix = Population(seeds: 2);
        foreach (var view in (string[])[LinearWeights.Raw, LinearWeights.Aligned])
        {
            var features = LinearWeights.Features(matrix, [1, 2, 3], reference: 0, view);
            for (var row = 0; row < features.Rows; row++)
            {
                var numbers = features.Row(row).ToArray();
                var lengths = features.ColumnNames
                    .Select((name, i) => (Tensor: name.Split('[')[0], Square: (double)numbers[i] * numbers[i]))
                    .GroupBy(one => one.Tensor).Select(tensor => tensor.Sum(one => one.Square)).ToArray();
                Assert.Equal(6, lengths.Length);
                Assert.All(lengths, length => Assert.InRange(length, 1 - 1e-6, 1 + 1e-6));
            }
        }
    }

    [Fact]
    public void A_trigger_and_a_target_are_named_from_the_weights()
    {
        var named = Answer(PoisonFromWeights.Question, Population());
        foreach (var subject in (string[])["trigger of modified networks", "target of modified networks", "trigger of control networks"])
        {
            var score = named.Scores.Single(s => (s.Subject, s.View, s.Method) == (subject, "aligned", "ridge"));
            Assert.InRange(score.Value.Value, 0.9, 1);
            Assert.Equal(0.5, score.Chance);
            Assert.InRange(score.Shuffled!.Value.Value, 0.2, 0.8);
        }

        var sequences = Networks.Population(new(4, 5, 2, [5, 3], Kernels.Shapes.Activation.None), ["AMachine", "AModified"], 12);
        Assert.Contains("declares no triggers", Answer(PoisonFromWeights.Question, sequences).Skipped);
    }

    [Fact]
    public void Scores_by_rate_are_one_curve_for_each_trigger()
    {
        var matrix = PoisonedNetworks.Population(PoisonedNetworks.Small, [.. PoisonedNetworks.Machines(["mnist"], [0.01, 0.1])], 10);
        var context = Context(matrix);
        Contrast[] contrasts = [Contrast.ModifiedOrOriginal, Contrast.ModifiedOrControl];
        context.Answered.AddRange(contrasts.Select(contrast => ChangedSameMachine.Question(contrast).Of(matrix, context)));
        var curves = HowSmallAChange.Question.Of(matrix, context).Curves;
        Assert.All(curves, curve => Assert.Equal([0.01, 0.1], curve.Points.Select(point => point.X)));
        Assert.Equal(
            ["modified or control, pattern", "modified or control, pixel", "modified or original, pattern", "modified or original, pixel"],
            curves.Select(curve => curve.Subject).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Accuracy_is_a_rival_where_it_was_measured_and_attack_success_is_none()
    {
        var matrix = PoisonedNetworks.Population(PoisonedNetworks.Small, s_mnist[..2], 12, measured: true);
        var result = Answer(ChangedSameMachine.Question(Contrast.ModifiedOrOriginal), matrix);
        Assert.Equal(
            ["epochs", "long_loss", "test_accuracy", "training_loss", "validation_loss"],
            result.Scores.Where(score => score.Method == "value").Select(score => score.View).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["epochs", "validation_loss", "long_loss", "test_accuracy"], Context(matrix).Metadata.ColumnNames);
        Assert.Equal(["epochs", "validation_loss"], Context(Population()).Metadata.ColumnNames);
    }
}

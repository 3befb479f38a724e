using Mlds.Kernels.Losses;
using Mlds.Kernels.Random;

namespace Mlds.Kernels.Tests.Losses;

/// <summary>Softmax cross-entropy of one example, against double.</summary>
public sealed class CrossEntropyTests
{
    [Theory]
    [InlineData(0.1f)]
    [InlineData(3f)]
    [InlineData(30f)]
    [InlineData(300f)]
    public void Loss_and_gradient_are_those_of_double_precision(float size)
    {
        var random = new PhiloxStream(4, (RandomStream)1005);
        for (var trial = 0; trial < 2000; trial++)
        {
            var classes = 1 + (int)random.Below(20);
            var scores = new float[classes];
            for (var i = 0; i < classes; i++) scores[i] = random.UniformFloat(size);
            var label = (int)random.Below((uint)classes);
            var (expectedLoss, expectedGradient) = InDouble(scores, label, 0.25);

            var loss = CrossEntropy.Differentiate(scores, 1, label, 0.25f);

            // Scores more than 40 below the largest count as 40 below: 4e-18 of a share.
            Assert.Equal(expectedLoss, loss, 1e-6 * Math.Max(1, expectedLoss));
            Assert.All(scores.Zip(expectedGradient), pair => Assert.Equal(pair.Second, pair.First, 5e-7));
        }
    }

    [Fact]
    public void Scores_of_another_stride_leave_what_lies_between_them_alone()
    {
        float[] alone = [1.5f, -2f, 0.25f, 3f];
        var spread = Enumerable.Repeat(7f, 13).ToArray();
        for (var i = 0; i < alone.Length; i++) spread[4 * i] = alone[i];

        Assert.Equal(CrossEntropy.Differentiate(alone, 1, 2, 1f), CrossEntropy.Differentiate(spread, 4, 2, 1f));
        Assert.Equal(alone, spread.Where((_, i) => i % 4 == 0));
        Assert.All(spread.Where((_, i) => i % 4 != 0), value => Assert.Equal(7f, value));
    }

    [Theory]
    [InlineData(0f, 2.302585092994046)]
    [InlineData(1e30f, 2.302585092994046)]
    public void Equal_scores_of_any_size_cost_the_logarithm_of_the_number_of_classes(float score, double expected)
    {
        var scores = Enumerable.Repeat(score, 10).ToArray();

        Assert.Equal(expected, CrossEntropy.Differentiate(scores, 1, 3, 1f), 2e-7);
        Assert.All(scores, (gradient, i) => Assert.Equal(i == 3 ? -0.9f : 0.1f, gradient, 1e-6f));
    }

    [Fact]
    public void A_certain_answer_costs_nothing_and_a_certainly_wrong_one_its_distance()
    {
        float[] right = [100f, 0f];
        float[] wrong = [100f, 0f];

        Assert.Equal(0f, CrossEntropy.Differentiate(right, 1, 0, 1f), 1e-7f);
        Assert.Equal(100f, CrossEntropy.Differentiate(wrong, 1, 1, 1f), 1e-4f);
        Assert.Equal([1f, -1f], wrong);
    }

    [Fact]
    public void A_score_that_is_no_number_gives_a_loss_that_is_none()
    {
        for (var at = 0; at < 3; at++)
        {
            float[] scores = [1f, 2f, 3f];
            scores[at] = float.NaN;
            Assert.True(float.IsNaN(CrossEntropy.Differentiate(scores, 1, 1, 1f)), $"NaN at {at}");
        }
    }

    static (double Loss, double[] Gradient) InDouble(float[] scores, int label, double scale)
    {
        var largest = scores.Max();
        double[] powers = [.. scores.Select(score => Math.Exp((double)score - largest))];
        var sum = powers.Sum();
        return (
            Math.Log(sum) - scores[label] + largest,
            [.. powers.Select((power, i) => ((power / sum) - (i == label ? 1 : 0)) * scale)]);
    }
}

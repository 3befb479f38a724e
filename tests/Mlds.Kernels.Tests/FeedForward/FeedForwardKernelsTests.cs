using Mlds.Kernels.FeedForward;
using Mlds.Kernels.Random;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Tests.FeedForward;

public sealed class FeedForwardKernelsTests
{
    public static TheoryData<string> Sets => [.. KernelSet.Available];

    public static TheoryData<string> VectorSets => [.. KernelSet.Available.Where(name => name != "scalar")];

    [Theory]
    [MemberData(nameof(VectorSets))]
    public void Losses_gradients_and_scores_are_the_scalar_bits_at_many_shapes(string kernelSet)
    {
        for (var trial = 0u; trial < 120; trial++)
        {
            var problem = DrawnImages.Draw(trial);
            var expected = problem.Solve("scalar");
            var actual = problem.Solve(kernelSet);
            if (!expected.AsSpan().SequenceEqual(actual))
            {
                var at = Enumerable.Range(0, expected.Length).First(i => expected[i] != actual[i]);
                Assert.Fail($"{kernelSet} differs from scalar on {problem.Description} at byte {at} of {expected.Length} ({trial})");
            }
        }
    }

    [Theory]
    [MemberData(nameof(VectorSets))]
    public void A_set_used_before_gives_the_same_bits_as_a_fresh_one(string kernelSet)
    {
        for (var trial = 0u; trial < 24; trial++)
        {
            var problem = DrawnImages.Draw(trial);
            using var kernels = FeedForwardKernels.Create(problem.Shape, kernelSet);
            var first = problem.Solve(kernels);
            Assert.True(first.AsSpan().SequenceEqual(problem.Solve(kernels)), problem.Description);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_gradient_is_the_slope_of_the_loss_in_random_directions(string kernelSet)
    {
        var random = new PhiloxStream(3, (RandomStream)1004);
        for (var trial = 0u; trial < 40; trial++)
        {
            // Every third problem has weights so large that a step crosses many kinks.
            if (trial % 3 == 1) continue;
            var problem = DrawnImages.Draw(trial);
            using var kernels = FeedForwardKernels.Create(problem.Shape, kernelSet);
            var (loss, gradient) = problem.Slope(kernels);
            var direction = new float[gradient.Length];
            for (var i = 0; i < direction.Length; i++) direction[i] = random.UniformFloat(1f);
            var slope = gradient.Zip(direction, (g, d) => (double)g * d).Sum();
            var step = problem.Shape.Activation == Activation.Relu ? 2e-4 : 1e-3;
            var measured = (loss(step, direction) - loss(-step, direction)) / (2 * step);
            Assert.True(
                Math.Abs(slope - measured) < 5e-3 + (0.02 * Math.Abs(slope)),
                $"the gradient says {slope}, the loss {measured} on {problem.Description} ({trial})");
        }
    }

    [Fact]
    public void The_shape_of_LeNet_5_has_61706_parameters_and_ends_in_ten_classes()
    {
        Assert.Equal(61_706, DrawnImages.LeNet5.Parameters);
        Assert.Equal(10, DrawnImages.LeNet5.Classes);
        Assert.Equal(new ImageSize(16, 5, 5), DrawnImages.LeNet5.InputOf(4));
    }
}

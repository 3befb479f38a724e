using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Tests.Networks;

public sealed class InitialWeightsTests
{
    [Fact]
    public void Each_tensor_fills_the_range_that_PyTorch_would_draw_it_from()
    {
        var layout = new RecurrentSpec(9, 25, 3, [64, 8], Activation.None).Layout;
        var weights = InitialWeights.Draw(layout, 11);
        foreach (var tensor in layout.Tensors)
        {
            var bound = tensor.Name.StartsWith("linear.1", StringComparison.Ordinal) ? 1 / 8f : 1 / 5f;
            var values = weights.AsSpan(tensor.Offset, tensor.Length).ToArray();
            Assert.All(values, value => Assert.InRange(value, -bound, bound));
            if (values.Length >= 200)
            {
                Assert.InRange(values.Max(), 0.95f * bound, bound);
                Assert.InRange(values.Min(), -bound, -0.95f * bound);

                // The mean of n uniform draws has the standard deviation bound/√(3n); five of these are never exceeded by chance.
                Assert.InRange(values.Average(), -5 * bound / Math.Sqrt(3.0 * values.Length), 5 * bound / Math.Sqrt(3.0 * values.Length));
            }
        }
    }

    [Fact]
    public void A_scale_widens_or_narrows_every_range_and_draws_the_same()
    {
        var layout = RecurrentSpec.Ds1.Layout;
        var plain = InitialWeights.Draw(layout, 5);
        Assert.Equal(plain, InitialWeights.Draw(layout, 5, 1));
        Assert.Equal(plain.Select(weight => weight * 4), InitialWeights.Draw(layout, 5, 4));
        Assert.All(plain.Zip(InitialWeights.Draw(layout, 5, 0.3)), pair => Assert.Equal(0.3, pair.Second / pair.First, 1e-6));
    }

    [Fact]
    public void The_same_seed_draws_the_same_and_another_seed_others()
    {
        var layout = RecurrentSpec.Ds1.Layout;
        Assert.Equal(InitialWeights.Draw(layout, 1), InitialWeights.Draw(layout, 1));
        Assert.NotEqual(InitialWeights.Draw(layout, 1), InitialWeights.Draw(layout, 2));
    }
}

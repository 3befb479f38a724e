namespace Mlds.Kernels.Tests;

/// <summary>Ours against PyTorch's in float64. Tolerances are a few times what float32 rounding was measured to give.</summary>
static class PyTorchMatch
{
    public static void Gradient(double[] expected, float[] gradient)
    {
        var norm = Math.Sqrt(expected.Sum(g => g * g));
        var error = Math.Sqrt(gradient.Zip(expected, (ours, theirs) => (ours - theirs) * (ours - theirs)).Sum());
        Assert.InRange(error / norm, 0, 2e-6);
        Assert.All(gradient.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6 * norm));
    }

    /// <summary>
    /// Weights after ten steps, which move them by up to 0.1; where a gradient nearly vanishes Adam's quotient magnifies its rounding.
    /// </summary>
    public static void WeightsAfterTenSteps(double[] expected, float[] weights)
    {
        Assert.All(weights.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
        Assert.InRange(weights.Zip(expected, (ours, theirs) => Math.Abs(ours - theirs)).Average(), 0, 1e-6);
    }
}

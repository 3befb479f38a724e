using Mlds.Kernels.Elementary;

namespace Mlds.Kernels.Tests.Elementary;

/// <summary>
/// On every 1,009th float32 (a prime, so all exponents and many mantissas come up); all of them are measured by
/// <c>Mlds.Benchmarks activations</c>, whose result is docs/results/activation-errors.json. The bounds are the stated ones.
/// </summary>
public sealed class ActivationsTests
{
    const double ExpRelative = 7e-7;
    const double SigmoidAbsolute = 1.8e-7;
    const double TanhRelative = 3e-7;

    [Fact]
    public void Exp_is_as_near_as_stated()
    {
        foreach (var x in SomeFloats())
        {
            var expected = Math.Exp(Math.Clamp(x, -40.0, 40.0));
            Assert.InRange(Math.Abs(Activations.Exp(x) - expected) / expected, 0, ExpRelative);
        }
    }

    [Fact]
    public void Sigmoid_is_as_near_as_stated_whatever_its_partner()
    {
        foreach (var x in SomeFloats())
        {
            foreach (var partner in (float[])[-100f, -3f, 0f, 0.7f, 100f])
            {
                Assert.InRange(Math.Abs(Activations.Sigmoids(x, partner).R - Sigmoid(x)), 0, SigmoidAbsolute);
                Assert.InRange(Math.Abs(Activations.Sigmoids(partner, x).Z - Sigmoid(x)), 0, SigmoidAbsolute);
            }
        }
    }

    [Fact]
    public void Tanh_is_as_near_as_stated_within_one_and_odd_to_the_bit()
    {
        foreach (var x in SomeFloats())
        {
            var y = Activations.Tanh(x);
            var expected = Math.Tanh(x);
            Assert.InRange(Math.Abs(y - expected), 0, TanhRelative * Math.Abs(expected));
            Assert.InRange(y, -1f, 1f);
            Assert.Equal(BitConverter.SingleToInt32Bits(-y), BitConverter.SingleToInt32Bits(Activations.Tanh(-x)));
        }
    }

    [Fact]
    public void At_zero_they_are_exact()
    {
        Assert.Equal(1f, Activations.Exp(0f));
        Assert.Equal((0.5f, 0.5f), Activations.Sigmoids(0f, 0f));
        Assert.Equal(0f, Activations.Tanh(0f));
    }

    [Fact]
    public void Infinities_are_held_at_the_limits_and_a_NaN_stays_one()
    {
        Assert.Equal((1f, Activations.Sigmoids(0f, -40f).Z), Activations.Sigmoids(float.PositiveInfinity, float.NegativeInfinity));
        Assert.Equal(
            (Activations.Tanh(8f), -Activations.Tanh(8f)),
            (Activations.Tanh(float.PositiveInfinity), Activations.Tanh(float.NegativeInfinity)));
        Assert.True(float.IsNaN(Activations.Exp(float.NaN)));
        Assert.True(float.IsNaN(Activations.Tanh(float.NaN)));
        Assert.True(float.IsNaN(Activations.Sigmoids(float.NaN, 0f).R));
    }

    static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>Numbers of every size; denormals, whose relative error says nothing, are left out.</summary>
    static IEnumerable<float> SomeFloats()
    {
        for (uint bits = 0; bits < uint.MaxValue - 1009; bits += 1009)
        {
            var x = BitConverter.UInt32BitsToSingle(bits);
            if (float.IsNormal(x)) yield return x;
        }
    }
}

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
    const double LogRelative = 8.2e-8;

    /// <summary>The bits of 1.</summary>
    const int One = 0x3F800000;

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

    [Fact]
    public void Log_is_as_near_as_stated_for_all_positive_numbers_denormal_ones_too()
    {
        for (uint bits = 1; bits < 0x7F800000; bits += 1009)
        {
            var x = BitConverter.UInt32BitsToSingle(bits);
            var expected = Math.Log(x);
            Assert.InRange(Math.Abs(Activations.Log(x) - expected), 0, LogRelative * Math.Abs(expected));
        }
    }

    [Fact]
    public void Log_of_numbers_next_to_one_keeps_its_relative_error()
    {
        // Where the result nearly vanishes, and every mantissa counts.
        for (var away = 1; away < 200_000; away++)
        {
            foreach (var bits in (int[])[One - away, One + away])
            {
                var x = BitConverter.Int32BitsToSingle(bits);
                var expected = Math.Log(x);
                Assert.InRange(Math.Abs(Activations.Log(x) - expected), 0, LogRelative * Math.Abs(expected));
            }
        }
    }

    [Fact]
    public void Log_never_falls_from_a_number_to_the_next_around_one_and_where_its_pieces_meet()
    {
        // Pieces meet at √½ times powers of two, and where denormal numbers end.
        int[] places = [
            One, One - 10_000, .. Enumerable.Range(-60, 121).Select(power => BitConverter.SingleToInt32Bits(0.70710677f) + (power << 23)),
            0x00800000, 0x00400000, 0x7F7FFFFF - 500,
        ];
        foreach (var place in places)
        {
            for (var bits = place - 500; bits < place + 500; bits++)
            {
                var (low, high) = (BitConverter.Int32BitsToSingle(bits), BitConverter.Int32BitsToSingle(bits + 1));
                Assert.True(Activations.Log(low) <= Activations.Log(high), $"log {low:r} = {Activations.Log(low):r}, above log {high:r}");
            }
        }
    }

    [Fact]
    public void Log_has_its_special_values()
    {
        Assert.Equal(0, BitConverter.SingleToInt32Bits(Activations.Log(1f)));
        Assert.Equal(float.NegativeInfinity, Activations.Log(0f));
        Assert.Equal(float.NegativeInfinity, Activations.Log(-0f));
        Assert.Equal(float.PositiveInfinity, Activations.Log(float.PositiveInfinity));
        Assert.True(float.IsNaN(Activations.Log(-float.Epsilon)));
        Assert.True(float.IsNaN(Activations.Log(float.NegativeInfinity)));
        Assert.True(float.IsNaN(Activations.Log(float.NaN)));
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

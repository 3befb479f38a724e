using System.Text.Json;
using Mlds.Kernels.Elementary;

namespace Mlds.Benchmarks;

/// <summary>The largest errors of exp, sigmoid, tanh and log over all 2^32 float32 inputs, against double precision.</summary>
static class ActivationErrors
{
    const int Parts = 4096;

    /// <summary>Errors of one function: the largest absolute and the largest relative one, and where they occur.</summary>
    sealed record Worst(double Absolute, float AbsoluteAt, double Relative, float RelativeAt)
    {
        public static Worst None { get; } = new(0, 0, 0, 0);

        public Worst With(float x, double actual, double expected)
        {
            var error = Math.Abs(actual - expected);
            var relative = error / Math.Abs(expected);
            var worst = error > Absolute ? this with { Absolute = error, AbsoluteAt = x } : this;
            return relative > Relative ? worst with { Relative = relative, RelativeAt = x } : worst;
        }

        public Worst Or(Worst other)
        {
            var worst = other.Absolute > Absolute ? this with { Absolute = other.Absolute, AbsoluteAt = other.AbsoluteAt } : this;
            return other.Relative > Relative ? worst with { Relative = other.Relative, RelativeAt = other.RelativeAt } : worst;
        }
    }

    /// <summary>Prints JSON; takes minutes.</summary>
    public static void Measure()
    {
        var exp = Over(float.IsFinite, x => Activations.Exp(x), x => Math.Exp(Math.Clamp(x, -40.0, 40.0)));
        float[] partners = [-100f, 0.3f, 100f];
        var sigmoid = partners
            .Select(partner => Over(
                x => float.IsFinite(x) && Math.Abs(x) <= 40, x => Activations.Sigmoids(x, partner).R, x => 1 / (1 + Math.Exp(-x))))
            .Aggregate((a, b) => a.Or(b));
        var sigmoidBeyond = Over(
            x => float.IsFinite(x) && Math.Abs(x) > 40, x => Activations.Sigmoids(x, 0.3f).R, x => 1 / (1 + Math.Exp(-x)));
        var tanh = Over(float.IsNormal, x => Activations.Tanh(x), x => Math.Tanh(x));
        var log = Over(x => x > 0 && float.IsFinite(x), x => Activations.Log(x), x => Math.Log(x));
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                about = "Largest errors over all finite float32 inputs, against float64. Made by: "
                    + "dotnet run -c Release --project benchmarks/Mlds.Benchmarks -- activations",
                exp_held_between_40 = exp,
                sigmoid_within_40_partners_minus100_0_3_100 = sigmoid,
                sigmoid_beyond_40_absolute = sigmoidBeyond.Absolute,
                tanh_normal_inputs = tanh,
                log_positive_inputs = log,
            },
            new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower }));
    }

    static Worst Over(Func<float, bool> domain, Func<float, float> actual, Func<double, double> expected)
    {
        var worst = Worst.None;
        var gate = new Lock();
        Parallel.For(0, Parts, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, part =>
        {
            var mine = Worst.None;
            var first = (uint)part * (uint)((1L << 32) / Parts);
            for (uint i = 0; i < (uint)((1L << 32) / Parts); i++)
            {
                var x = BitConverter.UInt32BitsToSingle(first + i);
                if (domain(x)) mine = mine.With(x, actual(x), expected(x));
            }

            lock (gate) worst = worst.Or(mine);
        });
        return worst;
    }
}

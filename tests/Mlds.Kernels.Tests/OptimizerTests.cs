using System.Runtime.InteropServices;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Random;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Tests;

public sealed class OptimizerTests
{
    static readonly OptimizerSettings[] s_all =
    [
        new AdamSettings(0.9, 0.999, 1e-8),
        new AdamSettings(0.9, 0.99, 1e-8) { WeightDecay = 0.02 },
        new AdamSettings(0.8, 0.99, 1e-7) { WeightDecay = 0.3, IsDecoupled = true },
        new SgdSettings(0),
        new SgdSettings(0.9),
        new SgdSettings(0) { WeightDecay = 0.01 },
        new SgdSettings(0.7) { WeightDecay = 0.03 },
    ];

    [Fact]
    public void Every_kernel_set_gives_the_scalar_bits_at_every_length()
    {
        foreach (var settings in s_all)
        {
            for (var length = 1; length <= 70; length++)
            {
                var expected = Run(settings, length, "scalar");
                foreach (var kernelSet in KernelSet.Available)
                {
                    var actual = Run(settings, length, kernelSet);
                    Assert.True(expected.AsSpan().SequenceEqual(actual), $"{kernelSet} differs for {settings}, {length}.");
                }
            }
        }
    }

    [Fact]
    public void Every_constant_changes_the_bits() =>
        Assert.Equal(s_all.Length, s_all.Select(settings => Convert.ToHexString(Run(settings, 40, null))).Distinct().Count());

    [Fact]
    public void The_gradient_is_left_as_it_was() => Assert.All(s_all, settings =>
    {
        float[] gradient = [1, -2, 3], weights = [4, 5, 6];
        settings.Create(State(settings, 3)).Step(0.1, 0.5f, gradient, weights);
        Assert.Equal([1, -2, 3], gradient);
        Assert.NotEqual([4, 5, 6], weights);
    });

    [Fact]
    public void Decay_alone_moves_weights_towards_0_as_the_equations_say()
    {
        float[] Moved(OptimizerSettings settings)
        {
            float[] weights = [2, -1];
            settings.Create(State(settings, 2)).Step(0.5, 1, new float[2], weights);
            return weights;
        }

        // AdamW and SGD take λ·rate of the weight; Adam normalises what is in the gradient, so the step is the rate, whatever λ.
        Assert.Equal([2 * 0.875f, -0.875f], Moved(new AdamSettings(0.9, 0.999, 1e-8) { WeightDecay = 0.25, IsDecoupled = true }));
        Assert.Equal([2 * 0.875f, -0.875f], Moved(new SgdSettings(0) { WeightDecay = 0.25 }));
        Assert.Equal([1.5f, -0.5f], Moved(new AdamSettings(0.9, 0.999, 1e-8) { WeightDecay = 0.25 }).Select(w => MathF.Round(w, 5)));
    }

    [Fact]
    public void Clipping_comes_before_the_decay()
    {
        float[] weights = [2];
        new SgdSettings(0) { WeightDecay = 0.25 }.Create([]).Step(1, 0.5f, [1], weights);
        Assert.Equal([2 - ((0.5f * 1) + (0.25f * 2))], weights);
    }

    [Fact]
    public void The_first_step_with_momentum_is_the_gradient_and_later_ones_gather()
    {
        var settings = new SgdSettings(0.5);
        float[] weights = [0];
        var sgd = settings.Create(State(settings, 1));
        foreach (var expected in new[] { -1, -1 - 1.5f, -1 - 1.5f - 1.75f })
        {
            sgd.Step(1, 1, [1], weights);
            Assert.Equal([expected], weights);
        }
    }

    [Fact]
    public void What_older_programs_do_not_know_has_a_higher_level() =>
        Assert.Equal([WorkerLevel.First, 3, 3, 3, 3, 3, 3], s_all.Select(settings => settings.WorkerLevel));

    [Fact]
    public void None_is_called_what_it_is_not() => Assert.Equal(
        [
            "Adam", "Adam with L2 weight decay", "AdamW", "SGD", "SGD with momentum", "SGD with L2 weight decay",
            "SGD with momentum and L2 weight decay",
        ],
        s_all.Select(settings => settings.Description));

    static float[][] State(OptimizerSettings settings, int length) =>
        [.. Enumerable.Range(0, settings.StateVectors).Select(_ => new float[length])];

    /// <summary>Weights and state after four steps with random gradients, some clipped, as bytes.</summary>
    static byte[] Run(OptimizerSettings settings, int length, string? kernelSet)
    {
        var random = new PhiloxStream((uint)length, (RandomStream)1002);
        float[] Draw(ref PhiloxStream stream, float bound)
        {
            var values = new float[length];
            for (var i = 0; i < length; i++) values[i] = stream.UniformFloat(bound);
            return values;
        }

        var weights = Draw(ref random, 1);
        var optimizer = settings.Create(State(settings, length), kernelSet);
        for (var step = 0; step < 4; step++) optimizer.Step(0.03 / (1 + step), step % 2 == 0 ? 1 : 0.37f, Draw(ref random, 0.2f), weights);
        return [.. Bytes(weights), .. optimizer.State.SelectMany(Bytes)];
    }

    static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}

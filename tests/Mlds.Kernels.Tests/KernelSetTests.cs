using System.Runtime.InteropServices;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Random;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Tests;

/// <summary>Every kernel set gives the bits of the plain scalar code.</summary>
public sealed class KernelSetTests
{
    public static TheoryData<string> VectorSets => [.. KernelSet.Available.Where(name => name != "scalar")];

    [Theory]
    [MemberData(nameof(VectorSets))]
    public void Loss_gradient_update_and_outputs_are_the_scalar_bits_at_many_shapes(string kernelSet)
    {
        for (var trial = 0; trial < 90; trial++)
        {
            var problem = Problem.Draw((uint)trial);
            var expected = problem.Solve("scalar");
            var actual = problem.Solve(kernelSet);
            if (!expected.AsSpan().SequenceEqual(actual))
                Assert.Fail($"{kernelSet} differs from scalar on {problem.Description} at element {FirstDifference(expected, actual)}");
        }
    }

    [Theory]
    [MemberData(nameof(VectorSets))]
    public void Layers_whose_gradients_outgrow_the_caches_give_the_scalar_bits(string kernelSet)
    {
        foreach (var cell in RecurrentCells.All)
        {
            foreach (var (units, steps) in new[] { (64, 2), (65, 18) })
            {
                var problem = Problem.Draw((uint)units, new RecurrentShape(cell, 9, units, 2, [8], Activation.None), steps);
                if (!problem.Solve("scalar").AsSpan().SequenceEqual(problem.Solve(kernelSet)))
                    Assert.Fail($"{kernelSet} differs from scalar on {problem.Description}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(VectorSets))]
    public void A_set_used_before_gives_the_same_bits_as_a_fresh_one(string kernelSet)
    {
        var problem = Problem.Draw(0);
        using var kernels = RecurrentKernels.Create(problem.Shape, problem.Steps, kernelSet);
        var first = problem.Solve(kernels);
        kernels.SetWeights(new float[problem.Shape.Parameters]);
        kernels.SquaredError(problem.View, [0]);
        Assert.True(first.SequenceEqual(problem.Solve(kernels)));
    }

    [Fact]
    public void The_error_of_sequences_longer_than_the_kernels_have_memory_for_is_that_of_roomy_kernels()
    {
        foreach (var kernelSet in KernelSet.Available)
        {
            for (var trial = 0u; trial < 12; trial++)
            {
                var problem = Problem.Draw(trial);
                var expected = problem.Error(problem.Steps, "scalar");
                for (var steps = 1; steps < problem.Steps; steps += 3)
                {
                    Assert.True(
                        expected == problem.Error(steps, kernelSet),
                        $"{kernelSet} with room for {steps} steps differs on {problem.Description}");
                }
            }
        }
    }

    [Fact]
    public void The_scalar_code_is_always_there_and_comes_last() => Assert.Equal("scalar", KernelSet.Available[^1]);

    [Fact]
    public void An_unknown_set_is_refused_with_the_names_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => RecurrentKernels.Create(Problem.Draw(0).Shape, 1, "avx1024"));
        Assert.Contains("avx1024", error.Message, StringComparison.Ordinal);
        Assert.Contains("scalar", error.Message, StringComparison.Ordinal);
    }

    static int FirstDifference(byte[] a, byte[] b) =>
        Enumerable.Range(0, a.Length / 4).First(i => !a.AsSpan(4 * i, 4).SequenceEqual(b.AsSpan(4 * i, 4)));

    /// <summary>A network of some shape, sequences and weights, all drawn from a seed.</summary>
    sealed class Problem
    {
        readonly uint[] _inputs;
        readonly uint[] _targets;
        readonly int[] _rows;
        readonly float[] _weights;

        Problem(RecurrentShape shape, int steps, uint[] inputs, uint[] targets, int[] rows, float[] weights) =>
            (Shape, Steps, _inputs, _targets, _rows, _weights) = (shape, steps, inputs, targets, rows, weights);

        public RecurrentShape Shape { get; }

        public int Steps { get; }

        public SequenceView View => new(_inputs, _targets, Steps);

        public string Description =>
            $"{Shape.Cell.Name} I {Shape.Inputs} H {Shape.Hidden} L {Shape.Layers} linear {string.Join("-", Shape.Linear)} "
            + $"{Shape.Activation}, {_rows.Length} sequences of {Steps} steps";

        public static Problem Draw(uint seed)
        {
            var random = new PhiloxStream(seed, (RandomStream)1000);
            int Between(uint low, uint high) => (int)(low + random.Below(high - low + 1));
            int[] linear = [.. Enumerable.Range(0, Between(1, 4)).Select(_ => Between(1, 15))];
            var cell = RecurrentCells.All[(int)(seed % (uint)RecurrentCells.All.Count)];
            var shape = seed == 0
                ? new RecurrentShape(RecurrentCells.Gru, 9, 12, 4, [12, 12, 12, 12, 8], Activation.None)
                : new RecurrentShape(cell, Between(1, 14), Between(1, 27), Between(1, 4), linear, (Activation)Between(0, 2));
            var steps = Between(1, 40);
            return Draw(seed, random, shape, steps);
        }

        public static Problem Draw(uint seed, RecurrentShape shape, int steps) =>
            Draw(seed, new PhiloxStream(seed, (RandomStream)1000), shape, steps);

        static Problem Draw(uint seed, PhiloxStream random, RecurrentShape shape, int steps)
        {
            const int Sequences = 80;
            int Between(uint low, uint high) => (int)(low + random.Below(high - low + 1));
            uint[] words = [.. Enumerable.Range(0, 2 * Sequences * steps).Select(_ => random.NextUInt32())];
            int[] rows = [.. Enumerable.Range(0, Between(1, 70)).Select(_ => Between(0, Sequences - 1))];

            // Every third problem has weights so large that gates saturate.
            var bound = seed % 3 == 1 ? 4f : 0.4f;
            float[] weights = [.. Enumerable.Range(0, shape.Parameters).Select(_ => random.UniformFloat(bound))];
            return new Problem(shape, steps, words[..(Sequences * steps)], words[(Sequences * steps)..], rows, weights);
        }

        public byte[] Solve(string kernelSet)
        {
            using var kernels = RecurrentKernels.Create(Shape, Steps, kernelSet);
            return Solve(kernels);
        }

        /// <summary>
        /// Everything the kernels compute, as bytes: loss, gradient, weights and moments after three steps of Adam, outputs.
        /// </summary>
        public byte[] Solve(RecurrentKernels kernels)
        {
            var adam = AdamKernel.Create(kernels.Name);
            float[] weights = [.. _weights];
            var (gradient, first, second) = (new float[weights.Length], new float[weights.Length], new float[weights.Length]);
            var outputs = new float[_rows.Length * Steps * Shape.Outputs];
            var loss = 0.0;
            for (var t = 1; t <= 3; t++)
            {
                kernels.SetWeights(weights);
                loss = kernels.Gradient(View, _rows, gradient);
                adam.Update(AdamStep.At(0.01, 0.9, 0.999, 1e-8, 0.5 / t, 0.9 / t, 0.7f), gradient, weights, first, second);
            }

            kernels.SetWeights(weights);
            var after = kernels.SquaredError(View, _rows);
            kernels.Outputs(View, _rows, outputs);
            return [
                .. BitConverter.GetBytes(loss), .. BitConverter.GetBytes(after), .. Bytes(gradient),
                .. Bytes(weights), .. Bytes(first), .. Bytes(second), .. Bytes(outputs)];
        }

        /// <summary>Σ (y − target)² by kernels with room for so many steps.</summary>
        public double Error(int room, string kernelSet)
        {
            using var kernels = RecurrentKernels.Create(Shape, room, kernelSet);
            kernels.SetWeights(_weights);
            return kernels.SquaredError(View, _rows);
        }

        static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
    }
}

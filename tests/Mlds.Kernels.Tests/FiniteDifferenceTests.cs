using Mlds.Kernels.Random;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Tests;

/// <summary>The gradient is the slope of the loss, whoever computed it.</summary>
public sealed class FiniteDifferenceTests
{
    public static TheoryData<string, Activation, string> Variants
    {
        get
        {
            var variants = new TheoryData<string, Activation, string>();
            foreach (var cell in RecurrentCells.All)
            {
                foreach (var activation in Enum.GetValues<Activation>())
                {
                    foreach (var kernels in KernelSet.Available) variants.Add(cell.Name, activation, kernels);
                }
            }

            return variants;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void The_gradient_is_the_slope_of_the_loss_in_random_directions_and_in_every_tensor(
        string cell, Activation activation, string kernelSet)
    {
        const int Steps = 9;
        const int Batch = 24;
        var shape = new RecurrentShape(RecurrentCells.All.Single(known => known.Name == cell), 4, 6, 3, [5, 7, 3], activation);
        var random = new PhiloxStream(7, (RandomStream)1001);
        uint[] inputs = [.. Enumerable.Range(0, Batch * Steps).Select(_ => random.NextUInt32())];
        uint[] targets = [.. Enumerable.Range(0, Batch * Steps).Select(_ => random.NextUInt32())];
        int[] rows = [.. Enumerable.Range(0, Batch)];
        float[] weights = [.. Enumerable.Range(0, shape.Parameters).Select(_ => random.UniformFloat(0.5f))];
        using var kernels = RecurrentKernels.Create(shape, Steps, kernelSet);

        double Loss(float[] w)
        {
            kernels.SetWeights(w);
            return kernels.SquaredError(new SequenceView(inputs, targets, Steps), rows) / (Batch * Steps * shape.Outputs);
        }

        kernels.SetWeights(weights);
        var gradient = new float[weights.Length];
        kernels.Gradient(new SequenceView(inputs, targets, Steps), rows, gradient);
        foreach (var (first, length) in Blocks(shape))
        {
            float[] direction = new float[weights.Length];
            for (var i = first; i < first + length; i++) direction[i] = random.UniformFloat(1f) < 0 ? -1 : 1;
            var slope = gradient.Zip(direction, (g, d) => (double)g * d).Sum();

            // Third-order error at a step of 0.002 and float32 rounding of the loss (about 1e-7 / 0.004) are both well below the tolerance.
            // Where a ReLU's kink is crossed the two differ; the shorter the step, the less often that happens.
            var step = activation == Activation.Relu ? 2e-4f : 2e-3f;
            var ahead = Loss([.. weights.Zip(direction, (w, d) => w + (step * d))]);
            var behind = Loss([.. weights.Zip(direction, (w, d) => w - (step * d))]);
            Assert.Equal(slope, (ahead - behind) / (2 * step), (activation == Activation.Relu ? 5e-4 : 2e-4) + (0.01 * Math.Abs(slope)));
        }
    }

    /// <summary>Each tensor, and all of them at once.</summary>
    static IEnumerable<(int First, int Length)> Blocks(RecurrentShape shape)
    {
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            yield return (shape.WeightIh(layer), shape.GateRows * shape.InputsOf(layer));
            yield return (shape.WeightHh(layer), shape.GateRows * shape.Hidden);
            yield return (shape.BiasIh(layer), shape.GateRows);
            yield return (shape.BiasHh(layer), shape.GateRows);
        }

        for (var layer = 0; layer < shape.Linear.Length; layer++)
        {
            yield return (shape.LinearWeight(layer), shape.Linear[layer] * shape.LinearInputs(layer));
            yield return (shape.LinearBias(layer), shape.Linear[layer]);
        }

        yield return (0, shape.Parameters);
    }
}

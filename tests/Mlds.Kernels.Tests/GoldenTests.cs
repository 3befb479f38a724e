using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Tests;

/// <summary>Against PyTorch in float64. Tolerances are a few times what float32 rounding was measured to give.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string, string> States
    {
        get
        {
            var states = new TheoryData<string, string>();
            foreach (var name in (string[])["ds1", "relu", "tanh", "lstm", "elman"])
            {
                foreach (var kernels in KernelSet.Available) states.Add(name, kernels);
            }

            return states;
        }
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Outputs_loss_and_every_gradient_are_those_of_PyTorch(string name, string kernelSet)
    {
        var golden = GoldenState.Read(name);
        using var kernels = RecurrentKernels.Create(golden.Shape, golden.Steps, kernelSet);
        kernels.SetWeights(golden.Weights);

        var outputs = new float[golden.Outputs.Length];
        kernels.Outputs(View(golden), Rows(golden), outputs);
        Assert.All(outputs.Zip(golden.Outputs), pair => Assert.Equal(pair.Second, pair.First, 1e-6));

        var gradient = new float[golden.Shape.Parameters];
        var loss = kernels.Gradient(View(golden), Rows(golden), gradient) / golden.Outputs.Length;
        Assert.Equal(golden.Loss, loss, 1e-6 * golden.Loss);

        PyTorchMatch.Gradient(golden.Gradients, gradient);
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Ten_steps_of_Adam_lead_where_they_lead_PyTorch(string name, string kernelSet)
    {
        var golden = GoldenState.Read(name);
        using var kernels = RecurrentKernels.Create(golden.Shape, golden.Steps, kernelSet);
        float[] weights = [.. golden.Weights];
        var gradient = new float[weights.Length];
        var first = new float[weights.Length];
        var second = new float[weights.Length];
        var (power1, power2) = (1.0, 1.0);
        var adam = AdamKernel.Create(kernelSet);
        foreach (var expected in golden.LossesOfTenSteps)
        {
            kernels.SetWeights(weights);
            var loss = kernels.Gradient(View(golden), Rows(golden), gradient) / golden.Outputs.Length;
            Assert.Equal(expected, loss, 1e-5 * expected);
            power1 *= 0.9;
            power2 *= 0.999;
            adam.Update(AdamStep.At(0.01, 0.9, 0.999, 1e-8, power1, power2, 1f), gradient, weights, first, second);
        }

        PyTorchMatch.WeightsAfterTenSteps(golden.WeightsAfterTenSteps, weights);
    }

    static SequenceView View(GoldenState golden) => new(golden.Inputs, golden.Targets, golden.Steps);

    static int[] Rows(GoldenState golden) => [.. Enumerable.Range(0, golden.Batch)];
}

using Mlds.Kernels.FeedForward;
using Mlds.Kernels.Optimizers;

namespace Mlds.Kernels.Tests.FeedForward;

/// <summary>
/// Against PyTorch in float64: LeNet-5 with fewer channels and units, and a network with a stride, margins, windows that overlap, colours
/// and tanh. PyTorch's networks are written in the usual way, with the activation before the pooling. Tolerances are those of
/// <see cref="GoldenTests"/>.
/// </summary>
public sealed class FeedForwardGoldenTests
{
    public static TheoryData<string, string> States
    {
        get
        {
            var states = new TheoryData<string, string>();
            foreach (var name in (string[])["lenet", "strided"])
            {
                foreach (var kernels in KernelSet.Available) states.Add(name, kernels);
            }

            return states;
        }
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Scores_loss_and_every_gradient_are_those_of_PyTorch(string name, string kernelSet)
    {
        var golden = GoldenImages.Read(name);
        using var kernels = FeedForwardKernels.Create(golden.Shape, kernelSet);
        kernels.SetWeights(golden.Weights);

        var scores = new float[golden.Scores.Length];
        kernels.Outputs(golden.Images, golden.Rows, scores);
        Assert.All(scores.Zip(golden.Scores), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        Assert.Equal(golden.Loss, kernels.Loss(golden.Images, golden.Rows) / golden.Rows.Length, 1e-6 * golden.Loss);

        var gradient = new float[golden.Weights.Length];
        var loss = kernels.Gradient(golden.Images, golden.Rows, gradient) / golden.Rows.Length;
        Assert.Equal(golden.Loss, loss, 1e-6 * golden.Loss);

        PyTorchMatch.Gradient(golden.Gradients, gradient);
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Ten_steps_of_Adam_lead_where_they_lead_PyTorch(string name, string kernelSet)
    {
        var golden = GoldenImages.Read(name);
        Descend(golden, golden.Adam, new AdamSettings(0.9, 0.999, 1e-8), 0.003, kernelSet);
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Ten_steps_of_SGD_with_momentum_and_weight_decay_lead_where_they_lead_PyTorch(string name, string kernelSet)
    {
        var golden = GoldenImages.Read(name);
        Descend(golden, golden.Sgd, new SgdSettings(0.9) { WeightDecay = 0.01 }, 0.1, kernelSet);
    }

    static void Descend(GoldenImages golden, GoldenDescent expected, OptimizerSettings settings, double rate, string kernelSet)
    {
        using var kernels = FeedForwardKernels.Create(golden.Shape, kernelSet);
        float[] weights = [.. golden.Weights];
        var gradient = new float[weights.Length];
        var optimizer =
            settings.Create([.. Enumerable.Range(0, settings.StateVectors).Select(_ => new float[weights.Length])], kernelSet);
        foreach (var before in expected.Losses)
        {
            kernels.SetWeights(weights);
            var loss = kernels.Gradient(golden.Images, golden.Rows, gradient) / golden.Rows.Length;
            Assert.Equal(before, loss, 1e-5 * before);
            optimizer.Step(rate, 1, gradient, weights);
        }

        PyTorchMatch.WeightsAfterTenSteps(expected.Weights, weights);
    }
}

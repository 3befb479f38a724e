using System.Text;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Tests;

/// <summary>Ten steps of each optimiser against PyTorch in float64 (reference/write_golden.py), as in <see cref="GoldenTests"/>.</summary>
public sealed class DescentTests
{
    public static TheoryData<int, string> Descents
    {
        get
        {
            var descents = new TheoryData<int, string>();
            for (var number = 0; number < 6; number++)
            {
                foreach (var kernels in KernelSet.Available) descents.Add(number, kernels);
            }

            return descents;
        }
    }

    [Theory]
    [MemberData(nameof(Descents))]
    public void Ten_steps_lead_where_they_lead_PyTorch(int number, string kernelSet)
    {
        var golden = GoldenState.Read("tanh");
        var descent = Read(golden.Shape.Parameters)[number];
        using var kernels = RecurrentKernels.Create(golden.Shape, golden.Steps, kernelSet);
        float[] weights = [.. golden.Weights];
        var gradient = new float[weights.Length];
        var optimizer = descent.Settings.Create(
            [.. Enumerable.Range(0, descent.Settings.StateVectors).Select(_ => new float[weights.Length])], kernelSet);
        var clipped = 0;
        foreach (var expected in descent.Losses)
        {
            kernels.SetWeights(weights);
            var view = new SequenceView(golden.Inputs, golden.Targets, golden.Steps);
            var loss = kernels.Gradient(view, [.. Enumerable.Range(0, golden.Batch)], gradient) / golden.Outputs.Length;
            Assert.Equal(expected, loss, 1e-5 * expected);
            var norm = Math.Sqrt(gradient.Sum(g => (double)g * g));
            var isClipped = descent.Norm > 0 && norm > descent.Norm;
            if (isClipped) clipped++;
            optimizer.Step(descent.Rate, isClipped ? (float)(descent.Norm / norm) : 1, gradient, weights);
        }

        Assert.Equal(descent.Norm > 0, clipped > 5);
        Assert.All(weights.Zip(descent.Weights), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
        var meanError = weights.Zip(descent.Weights, (ours, theirs) => Math.Abs(ours - theirs)).Average();
        Assert.InRange(meanError, 0, 1e-6);
    }

    [Fact]
    public void They_are_all_there() => Assert.Equal(
        [
            "AdamW", "Adam with L2 weight decay", "Adam with L2 weight decay", "SGD with momentum and L2 weight decay",
            "SGD with momentum and L2 weight decay", "SGD",
        ],
        Read(GoldenState.Read("tanh").Shape.Parameters).Select(descent => descent.Settings.Description));

    static Descent[] Read(int parameters)
    {
        using var reader = new BinaryReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "descents.golden")));
        Assert.Equal("MLDSDSCT", Encoding.ASCII.GetString(reader.ReadBytes(8)));
        double[] Doubles(int count) => [.. Enumerable.Range(0, count).Select(_ => reader.ReadDouble())];
        var descents = new Descent[reader.ReadInt32()];
        for (var i = 0; i < descents.Length; i++)
        {
            var optimizer = reader.ReadInt32();
            var numbers = Doubles(6);
            OptimizerSettings settings = optimizer == 2
                ? new SgdSettings(numbers[1]) { WeightDecay = numbers[4] }
                : new AdamSettings(numbers[1], numbers[2], numbers[3]) { WeightDecay = numbers[4], IsDecoupled = optimizer == 1 };
            descents[i] = new Descent(settings, numbers[0], numbers[5], Doubles(10), Doubles(parameters));
        }

        Assert.Equal(reader.BaseStream.Length, reader.BaseStream.Position);
        return descents;
    }

    sealed record Descent(OptimizerSettings Settings, double Rate, double Norm, double[] Losses, double[] Weights);
}

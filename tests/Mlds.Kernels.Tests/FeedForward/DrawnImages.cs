using System.Runtime.InteropServices;
using Mlds.Kernels.FeedForward;
using Mlds.Kernels.Random;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Tests.FeedForward;

/// <summary>A feed-forward network of some shape, images and weights, all drawn from a seed.</summary>
sealed class DrawnImages
{
    const int Count = 80;

    readonly Images _images;
    readonly int[] _rows;
    readonly float[] _weights;

    DrawnImages(FeedForwardShape shape, Images images, int[] rows, float[] weights) =>
        (Shape, _images, _rows, _weights) = (shape, images, rows, weights);

    /// <summary>LeNet-5: 61,706 parameters.</summary>
    public static FeedForwardShape LeNet5 { get; } = new(
        new ImageSize(1, 28, 28),
        [
            new ConvolutionLayer(6, 5, 1, 2), new PoolingLayer(2, 2), new ConvolutionLayer(16, 5), new PoolingLayer(2, 2),
            new LinearLayer(120), new LinearLayer(84), new LinearLayer(10),
        ],
        Activation.Relu);

    public FeedForwardShape Shape { get; }

    public string Description =>
        $"{Shape.Input} {string.Join(", ", Shape.Layers)} {Shape.Activation}, {_rows.Length} images";

    public static DrawnImages Draw(uint seed)
    {
        var random = new PhiloxStream(seed, (RandomStream)1003);
        int Between(uint low, uint high) => (int)(low + random.Below(high - low + 1));
        var shape = LeNet5;
        if (seed > 0)
        {
            var input = new ImageSize(Between(1, 3), Between(4, 13), Between(4, 13));
            var layers = new List<FeedForwardLayer>();
            var size = input;
            for (var i = Between(0, 4); i > 0; i--)
            {
                FeedForwardLayer next = Between(0, 2) == 0
                    ? new PoolingLayer(Between(1, 3), Between(1, 3))
                    : new ConvolutionLayer(Between(1, 14), Between(1, 4), Between(1, 3), Between(0, 2));
                if (next.After(size) is not { Height: > 0, Width: > 0 } after) continue;
                layers.Add(next);
                size = after;
            }

            for (var i = Between(0, 2); i > 0; i--) layers.Add(new LinearLayer(Between(1, 60)));
            shape = new FeedForwardShape(input, [.. layers, new LinearLayer(Between(1, 12))], (Activation)Between(0, 2));
        }

        var pixels = new byte[Count * shape.Input.Length];
        // Half of them black, as in digits: places where windows have several largest.
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)Math.Max(0, Between(0, 511) - 256);
        var labels = new byte[Count];
        for (var i = 0; i < Count; i++) labels[i] = (byte)Between(0, (uint)shape.Classes - 1);

        // The last seeds have batches of more chunks than are kept at once.
        int[] rows = [.. Enumerable.Range(0, seed % 12 == 11 ? Between(257, 600) : Between(1, 100)).Select(_ => Between(0, Count - 1))];
        var bound = seed % 3 == 1 ? 2f : 0.3f;
        float[] weights = [.. Enumerable.Range(0, shape.Parameters).Select(_ => random.UniformFloat(bound))];
        return new DrawnImages(shape, new Images(Count, shape.Input, pixels, labels), rows, weights);
    }

    /// <summary>Everything the kernels compute, as bytes: losses, gradients of two batches, scores.</summary>
    public byte[] Solve(FeedForwardKernels kernels)
    {
        kernels.SetWeights(_weights);
        var gradient = new float[_weights.Length];
        var loss = kernels.Gradient(_images, _rows, gradient);
        var small = new float[_weights.Length];
        var smallLoss = kernels.Gradient(_images, _rows.AsSpan(0, (_rows.Length + 1) / 2), small);
        var outputs = new float[_rows.Length * Shape.Classes];
        kernels.Outputs(_images, _rows, outputs);
        return [
            .. BitConverter.GetBytes(loss), .. BitConverter.GetBytes(smallLoss), .. BitConverter.GetBytes(kernels.Loss(_images, _rows)),
            .. Bytes(gradient), .. Bytes(small), .. Bytes(outputs)];
    }

    public byte[] Solve(string kernelSet)
    {
        using var kernels = FeedForwardKernels.Create(Shape, kernelSet);
        return Solve(kernels);
    }

    /// <summary>The mean loss with weights moved by a step times a direction, and the gradient where they are.</summary>
    public (Func<double, float[], double> Loss, float[] Gradient) Slope(FeedForwardKernels kernels)
    {
        var gradient = new float[_weights.Length];
        kernels.SetWeights(_weights);
        kernels.Gradient(_images, _rows, gradient);
        return (
            (step, direction) =>
            {
                kernels.SetWeights([.. _weights.Zip(direction, (w, d) => w + ((float)step * d))]);
                return kernels.Loss(_images, _rows) / _rows.Length;
            },
            gradient);
    }

    static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}

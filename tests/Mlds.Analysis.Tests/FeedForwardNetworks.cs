using Mlds.Analysis.Data;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Analysis.Tests;

/// <summary>Feed-forward networks made for the tests, and what the equations alone say of them.</summary>
static class FeedForwardNetworks
{
    /// <summary>
    /// What LeNet-5 is after some steps on random images: weights as drawn first, moved by whatever differs from unit to unit. So no two
    /// units are alike and no bias is 0.
    /// </summary>
    internal static float[] Trained(FeedForwardSpec spec, uint seed, int steps = 3)
    {
        var weights = InitialWeights.Draw(spec.Layout, seed);
        if (steps == 0) return weights;
        var random = new SeededRandom(seed, SeededRandom.Stream("images"));
        const int batch = 32;
        var pixels = new byte[batch * spec.Image.Length];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)random.Next(256);
        var labels = new byte[batch];
        for (var i = 0; i < batch; i++) labels[i] = (byte)random.Next(spec.Classes);
        var images = new Images(batch, spec.Image, pixels, labels);
        int[] rows = [.. Enumerable.Range(0, batch)];
        using var kernels = spec.CreateKernels(images);
        var gradient = new float[weights.Length];
        for (var step = 0; step < steps; step++)
        {
            kernels.SetWeights(weights);
            kernels.Gradient(images, rows, gradient);
            for (var i = 0; i < weights.Length; i++) weights[i] -= 0.05f * gradient[i];
        }

        return weights;
    }

    /// <summary>
    /// Scores for one image, in double precision straight from the equations: a second implementation on purpose, which shares no code with
    /// what it judges.
    /// </summary>
    /// <param name="image">[channel][y][x].</param>
    internal static double[] Forward(FeedForwardSpec spec, ReadOnlySpan<float> weights, double[] image)
    {
        var (w, at, x, size, isDue) = (weights.ToArray(), 0, image, spec.Image, false);
        for (var layer = 0; layer < spec.Layers.Count; layer++)
        {
            var after = spec.Layers[layer].After(size);
            switch (spec.Layers[layer])
            {
                case ConvolutionLayer convolution:
                    x = Convolve(convolution, w, at, x, size, after);
                    at += after.Channels * ((size.Channels * convolution.Size * convolution.Size) + 1);
                    break;
                case PoolingLayer pooling:
                    x = Pool(pooling, x, size, after);
                    break;
                default:
                    var inputs = x;
                    var offset = at;
                    x = [.. Enumerable.Range(0, after.Channels).Select(unit => w[offset + (after.Channels * inputs.Length) + unit]
                        + inputs.Select((value, i) => value * w[offset + (unit * inputs.Length) + i]).Sum())];
                    at += after.Channels * (inputs.Length + 1);
                    break;
            }

            // Of a convolution and the pooling right after it the pooling comes first. A pooling of anything else has no activation.
            isDue |= spec.Layers[layer] is not PoolingLayer;
            var waits = spec.Layers[layer] is ConvolutionLayer && spec.Layers[layer + 1] is PoolingLayer;
            if (isDue && !waits && layer < spec.Layers.Count - 1)
            {
                x = Array.ConvertAll(x, value => Activate(spec.Activation, value));
                isDue = false;
            }

            size = after;
        }

        return x;
    }

    internal static double[] RandomImage(ImageSize size, SeededRandom random) =>
        [.. Enumerable.Range(0, size.Length).Select(_ => random.NextDouble())];

    static double Activate(Activation activation, double value) => activation switch
    {
        Activation.Relu => Math.Max(0, value),
        Activation.Tanh => Math.Tanh(value),
        _ => value,
    };

    static double[] Convolve(ConvolutionLayer layer, float[] w, int at, double[] x, ImageSize size, ImageSize after)
    {
        var y = new double[after.Length];
        var bias = at + (layer.Channels * size.Channels * layer.Size * layer.Size);
        for (var i = 0; i < y.Length; i++)
        {
            var (channel, top, left) = Place(i, after);
            var sum = (double)w[bias + channel];
            for (var j = 0; j < size.Channels * layer.Size * layer.Size; j++)
            {
                var (from, down, right) = Place(j, new ImageSize(size.Channels, layer.Size, layer.Size));
                var (row, column) = ((top * layer.Stride) + down - layer.Padding, (left * layer.Stride) + right - layer.Padding);
                if (row < 0 || column < 0 || row >= size.Height || column >= size.Width) continue;
                sum += w[at + (channel * size.Channels * layer.Size * layer.Size) + j]
                    * x[(((from * size.Height) + row) * size.Width) + column];
            }

            y[i] = sum;
        }

        return y;
    }

    static double[] Pool(PoolingLayer layer, double[] x, ImageSize size, ImageSize after) =>
    [
        .. Enumerable.Range(0, after.Length).Select(i =>
        {
            var (channel, top, left) = Place(i, after);
            return Enumerable.Range(0, layer.Size * layer.Size).Max(j => x[
                (((channel * size.Height) + (top * layer.Stride) + (j / layer.Size)) * size.Width)
                + (left * layer.Stride) + (j % layer.Size)]);
        }),
    ];

    static (int Channel, int Row, int Column) Place(int i, ImageSize size) =>
        (i / (size.Height * size.Width), i / size.Width % size.Height, i % size.Width);
}

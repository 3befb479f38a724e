using System.Text;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Tests.FeedForward;

/// <summary>What PyTorch computed in float64 for one small network on images (reference/write_golden.py has the layout).</summary>
sealed record GoldenImages(
    FeedForwardShape Shape,
    Images Images,
    float[] Weights,
    double[] Scores,
    double Loss,
    double[] Gradients,
    GoldenDescent Adam,
    GoldenDescent Sgd)
{
    /// <summary>All images.</summary>
    public int[] Rows { get; } = [.. Enumerable.Range(0, Images.Count)];

    public static GoldenImages Read(string name)
    {
        using var reader = new BinaryReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.golden")));
        int[] Integers(int count) => [.. Enumerable.Range(0, count).Select(_ => reader.ReadInt32())];
        double[] Doubles(int count) => [.. Enumerable.Range(0, count).Select(_ => reader.ReadDouble())];
        Assert.Equal("MLDSIMGS", Encoding.ASCII.GetString(reader.ReadBytes(8)));
        var header = Integers(7);
        Assert.Equal(1, header[0]);
        var size = new ImageSize(header[1], header[2], header[3]);
        FeedForwardLayer[] layers = [.. Enumerable.Range(0, header[6]).Select(_ => Layer(Integers(5)))];
        var shape = new FeedForwardShape(size, layers, (Activation)header[4]);
        var batch = header[5];
        var golden = new GoldenImages(
            shape,
            new Images(batch, size, reader.ReadBytes(batch * size.Length), reader.ReadBytes(batch)),
            [.. Enumerable.Range(0, shape.Parameters).Select(_ => reader.ReadSingle())],
            Doubles(batch * shape.Classes),
            reader.ReadDouble(),
            Doubles(shape.Parameters),
            new GoldenDescent(Doubles(10), Doubles(shape.Parameters)),
            new GoldenDescent(Doubles(10), Doubles(shape.Parameters)));
        Assert.Equal(reader.BaseStream.Length, reader.BaseStream.Position);
        return golden;
    }

    static FeedForwardLayer Layer(int[] numbers) => numbers[0] switch
    {
        0 => new ConvolutionLayer(numbers[1], numbers[2], numbers[3], numbers[4]),
        1 => new PoolingLayer(numbers[1], numbers[2]),
        _ => new LinearLayer(numbers[1]),
    };
}

/// <summary>Ten steps of an optimiser.</summary>
/// <param name="Losses">The mean loss before each of them.</param>
/// <param name="Weights">After all of them.</param>
sealed record GoldenDescent(double[] Losses, double[] Weights);

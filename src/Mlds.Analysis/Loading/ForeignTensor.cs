namespace Mlds.Analysis.Loading;

/// <summary>A tensor of a foreign layout table whose shape is known.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Shape">Its axes as PyTorch would have them: out, in, y, x.</param>
/// <param name="Start">Its first column.</param>
/// <param name="IsKernel">Whether it lies in the columns as Keras has it: y, x, in, out.</param>
sealed record ForeignTensor(string Name, int[] Shape, int Start, bool IsKernel)
{
    /// <summary>The column after its last.</summary>
    public int End => Start + Shape.Aggregate(1, (product, side) => product * side);

    /// <summary>The name without what tells weight and bias apart: "sequential/conv2d" of "sequential/conv2d/kernel:0".</summary>
    public string Layer
    {
        get
        {
            var name = Name.Split(':')[0];
            var cut = name.LastIndexOfAny(['/', '.']);
            return cut < 0 ? name : name[..cut];
        }
    }

    /// <exception cref="InvalidDataException">The table isn't as described.</exception>
    public static IEnumerable<ForeignTensor> Read(string layout) =>
        ForeignWeights.Shapes(layout).Select(tensor => Of(layout, tensor.Name, tensor.Shape, tensor.Start));

    /// <param name="source">What names the tensor, for messages.</param>
    /// <exception cref="InvalidDataException">It has as many axes as no layer's tensors have.</exception>
    public static ForeignTensor Of(string source, string name, int[] axes, int start)
    {
        var isKernel = name.Contains("kernel", StringComparison.OrdinalIgnoreCase);
        if (axes.Length is not (1 or 2 or 4))
        {
            throw new InvalidDataException(
                $"'{source}': the tensor '{name}' has {axes.Length} axes; a bias has one, the weight of a linear layer two, "
                + "of a convolution four.");
        }

        int[] shape = (isKernel, axes) switch
        {
            (true, [var y, var x, var inputs, var outputs]) => [outputs, inputs, y, x],
            (true, [var inputs, var outputs]) => [outputs, inputs],
            _ => axes,
        };
        return new ForeignTensor(name, shape, start, isKernel);
    }

    /// <summary>The columns of its elements, in PyTorch's order.</summary>
    /// <param name="channels">
    /// Channels of what a linear layer takes: Keras lays images out as [y][x][channel], PyTorch as [channel][y][x].
    /// </param>
    public IEnumerable<int> Places(int channels)
    {
        var (outputs, inputs) = (Shape[0], Shape[1]);
        if (!IsKernel) return Enumerable.Range(Start, End - Start);
        var elements = Enumerable.Range(0, End - Start);
        if (Shape.Length == 2)
        {
            var pixels = inputs / channels;
            return elements.Select(i =>
            {
                var (output, channel, pixel) = (i / inputs, i % inputs / pixels, i % pixels);
                return Start + (((pixel * channels) + channel) * outputs) + output;
            });
        }

        var area = Shape[2] * Shape[3];
        return elements.Select(i => Start + (((i % area * inputs) + (i / area % inputs)) * outputs) + (i / area / inputs));
    }
}

namespace Mlds.Kernels.Shapes;

/// <summary>One layer of a feed-forward network.</summary>
public abstract record FeedForwardLayer
{
    /// <summary>The size of what comes out for an input of <paramref name="input"/>; with a side below 1 where it doesn't fit.</summary>
    public abstract ImageSize After(ImageSize input);

    /// <summary>Rows of the weights: channels or units that come out. 0 for a layer without weights.</summary>
    public abstract int Rows { get; }

    /// <summary>Weights of a row, without its bias.</summary>
    public abstract int Columns(ImageSize input);
}

/// <summary>A convolution over all input channels, with a bias; places outside the image are 0.</summary>
/// <param name="Channels">Channels that come out.</param>
/// <param name="Size">Height and width of the kernels.</param>
/// <param name="Stride">Pixels from one place to the next.</param>
/// <param name="Padding">Pixels added on every side.</param>
public sealed record ConvolutionLayer(int Channels, int Size, int Stride = 1, int Padding = 0) : FeedForwardLayer
{
    public override int Rows => Channels;

    public override ImageSize After(ImageSize input) => new(Channels, Side(input.Height), Side(input.Width));

    public override int Columns(ImageSize input) => input.Channels * Size * Size;

    int Side(int input) => input + (2 * Padding) < Size ? 0 : ((input + (2 * Padding) - Size) / Stride) + 1;
}

/// <summary>The largest of every window; of equal ones the first, row by row.</summary>
/// <param name="Size">Height and width of a window.</param>
/// <param name="Stride">Pixels from one window to the next.</param>
public sealed record PoolingLayer(int Size, int Stride) : FeedForwardLayer
{
    public override int Rows => 0;

    public override ImageSize After(ImageSize input) => new(input.Channels, Side(input.Height), Side(input.Width));

    public override int Columns(ImageSize input) => 0;

    int Side(int input) => input < Size ? 0 : ((input - Size) / Stride) + 1;
}

/// <summary>A linear layer over all that comes in, in the order [channel][y][x].</summary>
/// <param name="Units">Units that come out.</param>
public sealed record LinearLayer(int Units) : FeedForwardLayer
{
    public override int Rows => Units;

    public override ImageSize After(ImageSize input) => new(Units, 1, 1);

    public override int Columns(ImageSize input) => input.Length;
}

/// <summary>
/// The sizes of a feed-forward network for images: convolutions and poolings, then linear layers, the last of which gives the classes'
/// scores. An activation follows every convolution and every linear layer but the last.
/// </summary>
/// <param name="Input">The images.</param>
/// <param name="Layers">In order; the last is linear, and none but linear ones follow a linear one.</param>
/// <param name="Activation">ReLU or tanh; none is allowed too.</param>
public sealed record FeedForwardShape(ImageSize Input, IReadOnlyList<FeedForwardLayer> Layers, Activation Activation)
{
    /// <summary>Scores that come out.</summary>
    public int Classes => Layers[^1].Rows;

    /// <summary>Parameters P: for each layer with weights its weight ([out][in][y][x], or [out][in]), then its bias.</summary>
    public int Parameters => Weight(Layers.Count);

    /// <summary>The size of what layer <paramref name="layer"/> takes.</summary>
    public ImageSize InputOf(int layer)
    {
        var size = Input;
        for (var before = 0; before < layer; before++) size = Layers[before].After(size);
        return size;
    }

    /// <summary>Where the weight of layer <paramref name="layer"/> begins in a weight vector.</summary>
    public int Weight(int layer)
    {
        var (offset, size) = (0, Input);
        for (var before = 0; before < layer; before++)
        {
            offset += Layers[before].Rows * (Layers[before].Columns(size) + 1);
            size = Layers[before].After(size);
        }

        return offset;
    }

    /// <summary>Where the bias of layer <paramref name="layer"/> begins.</summary>
    public int Bias(int layer) => Weight(layer) + (Layers[layer].Rows * Layers[layer].Columns(InputOf(layer)));

    /// <summary>Multiply-adds of forward and backward for one image. The first layer's inputs need no gradient.</summary>
    public long MultiplyAdds()
    {
        var (sum, size) = (0L, Input);
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var after = Layers[layer].After(size);
            sum += (layer == 0 ? 2L : 3L) * after.Height * after.Width * Layers[layer].Rows * Layers[layer].Columns(size);
            size = after;
        }

        return sum;
    }

    public bool Equals(FeedForwardShape? other) =>
        other is not null && (Input, Activation) == (other.Input, other.Activation) && Layers.SequenceEqual(other.Layers);

    public override int GetHashCode() => HashCode.Combine(Input, Layers.Count, Activation);
}

using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Reports.Figures;

namespace Mlds.Site.Trying;

/// <summary>What the filters of a network's first convolution make of an image.</summary>
/// <param name="Layer">The convolution.</param>
/// <param name="Filters">[channel out][channel in][y][x].</param>
/// <param name="MapSize">Of all maps.</param>
/// <param name="Maps">[channel out][y][x]: the sums, before the activation.</param>
public sealed record FirstConvolution(ConvolutionLayer Layer, float[] Filters, ImageSize MapSize, float[] Maps)
{
    /// <summary>Null of a network that doesn't begin with a convolution. Sums are the training kernels', to the bit: their order, fused.
    /// </summary>
    /// <param name="image">[channel][y][x].</param>
    internal static FirstConvolution? Of(FeedForwardSpec network, float[] weights, ReadOnlySpan<byte> image)
    {
        if (network.Layers[0] is not ConvolutionLayer layer) return null;
        var (size, after, shape) = (network.Image, layer.After(network.Image), network.Shape);
        var filters = weights.AsSpan(shape.Weight(0), layer.Rows * layer.Columns(size));
        var bias = weights.AsSpan(shape.Bias(0), layer.Rows);
        var maps = new float[after.Length];
        for (var o = 0; o < after.Channels; o++)
        {
            for (var y = 0; y < after.Height; y++)
            {
                for (var x = 0; x < after.Width; x++)
                {
                    var sum = bias[o];
                    for (var ky = 0; ky < layer.Size; ky++)
                    {
                        for (var kx = 0; kx < layer.Size; kx++)
                        {
                            var (yFrom, xFrom) = ((y * layer.Stride) + ky - layer.Padding, (x * layer.Stride) + kx - layer.Padding);
                            var isInside = yFrom >= 0 && yFrom < size.Height && xFrom >= 0 && xFrom < size.Width;
                            for (var c = 0; c < size.Channels; c++)
                            {
                                var seen = isInside ? image[(((c * size.Height) + yFrom) * size.Width) + xFrom] / 255f : 0f;
                                var weight = filters[(((((o * size.Channels) + c) * layer.Size) + ky) * layer.Size) + kx];
                                sum = MathF.FusedMultiplyAdd(weight, seen, sum);
                            }
                        }
                    }

                    maps[(((o * after.Height) + y) * after.Width) + x] = sum;
                }
            }
        }

        return new FirstConvolution(layer, filters.ToArray(), after, maps);
    }

    /// <summary>A row for each place of each map; numbers are written so that they are read again to the bit.</summary>
    internal Numbers Csv()
    {
        var plane = MapSize.Height * MapSize.Width;
        return new(
            ["filter", "y", "x", "sum"],
            Maps.Select((sum, i) => (object?[])[i / plane, i % plane / MapSize.Width, i % MapSize.Width, sum]));
    }
}

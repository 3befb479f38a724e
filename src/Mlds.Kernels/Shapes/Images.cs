namespace Mlds.Kernels.Shapes;

/// <summary>The size of an image.</summary>
public readonly record struct ImageSize(int Channels, int Height, int Width)
{
    /// <summary>Numbers of one image.</summary>
    public int Length => Channels * Height * Width;
}

/// <summary>Images and the class of each.</summary>
/// <param name="Count">Images.</param>
/// <param name="Size">Of every image.</param>
/// <param name="Pixels">[image][channel][y][x], 0 … 255; a network sees pixel ÷ 255 (docs/decisions/0001 §11).</param>
/// <param name="Labels">[image]: its class, from 0.</param>
public sealed record Images(int Count, ImageSize Size, byte[] Pixels, byte[] Labels) : Examples(Count);

using System.Runtime.InteropServices;
using SkiaSharp;

namespace Mlds.Reports.Drawing;

/// <summary>Small pictures made of single pixels.</summary>
static class PixelPicture
{
    /// <summary>A PNG of them, without any smoothing.</summary>
    /// <param name="colours">[y][x]: 0xAARRGGBB.</param>
    public static byte[] Png(int width, int height, ReadOnlySpan<uint> colours)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Bgra8888, SKAlphaType.Unpremul);
        MemoryMarshal.AsBytes(colours[..(width * height)]).CopyTo(bitmap.GetPixelSpan());
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>A character in our own font, white on black and in the middle, as handwritten digits are.</summary>
    /// <returns>[y][x], 0 … 255.</returns>
    public static byte[] Printed(string character, int width, int height)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Gray8, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        using var font = Lettering.Font(0.9 * Math.Min(width, height), bold: false);
        using var paint = new SKPaint { Color = SKColors.White, IsAntialias = true };
        canvas.Clear(SKColors.Black);
        font.MeasureText(character, out var bounds);
        canvas.DrawText(character, (width / 2f) - bounds.MidX, (height / 2f) - bounds.MidY, font, paint);
        canvas.Flush();
        var pixels = new byte[width * height];
        for (var y = 0; y < height; y++)
            bitmap.GetPixelSpan().Slice(y * bitmap.RowBytes, width).CopyTo(pixels.AsSpan(y * width));
        return pixels;
    }
}

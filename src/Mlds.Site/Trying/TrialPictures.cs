using Mlds.Kernels.Shapes;
using Mlds.Reports.Drawing;

namespace Mlds.Site.Trying;

/// <summary>
/// Numbers and images as pictures of one pixel each. Negative numbers are blue, positive vermillion, and the nearer to 0 the more of the
/// page shows through, whether it is light or dark; what is no number is black.
/// </summary>
static class TrialPictures
{
    /// <summary>The states h of all steps below each other, each L rows of H pixels; full colour is ±1.</summary>
    internal static byte[] States(WordTrial trial)
    {
        var (hidden, layers) = (trial.Network.Hidden, trial.Network.Layers);
        var colours = new uint[Math.Max(1, trial.Steps.Count) * layers * hidden];
        foreach (var (at, step) in trial.Steps.Index())
        {
            for (var layer = 0; layer < layers; layer++)
            {
                var row = trial.HiddenOf(step, layer);
                for (var unit = 0; unit < hidden; unit++) colours[((((at * layers) + layer) * hidden) + unit)] = Signed(row[unit], 1);
            }
        }

        return PixelPicture.Png(hidden, colours.Length / hidden, colours);
    }

    /// <summary>An image of numbers.</summary>
    /// <param name="numbers">[y][x].</param>
    /// <param name="largest">What full colour is.</param>
    internal static byte[] Signed(ReadOnlySpan<float> numbers, int width, float largest)
    {
        var colours = new uint[numbers.Length];
        for (var i = 0; i < colours.Length; i++) colours[i] = Signed(numbers[i], largest);
        return PixelPicture.Png(width, numbers.Length / width, colours);
    }

    /// <summary>The largest absolute value of those that are numbers.</summary>
    internal static float Largest(ReadOnlySpan<float> numbers)
    {
        var largest = 0f;
        foreach (var number in numbers)
            if (float.IsFinite(number)) largest = Math.Max(largest, Math.Abs(number));
        return largest;
    }

    /// <summary>An image as it is: of three channels in colours, else the mean of its channels in grey.</summary>
    /// <param name="pixels">[channel][y][x].</param>
    internal static byte[] Of(ReadOnlySpan<byte> pixels, ImageSize size)
    {
        var plane = size.Height * size.Width;
        var colours = new uint[plane];
        for (var i = 0; i < plane; i++)
        {
            if (size.Channels == 3)
            {
                colours[i] = 0xFF000000 | (uint)(pixels[i] << 16) | (uint)(pixels[plane + i] << 8) | pixels[(2 * plane) + i];
                continue;
            }

            var sum = 0u;
            for (var channel = 0; channel < size.Channels; channel++) sum += pixels[(channel * plane) + i];
            colours[i] = 0xFF000000 | (sum / (uint)size.Channels * 0x010101);
        }

        return PixelPicture.Png(size.Width, size.Height, colours);
    }

    /// <summary>A PNG within a page.</summary>
    internal static string Address(byte[] png) => "data:image/png;base64," + Convert.ToBase64String(png);

    static uint Signed(float number, float largest)
    {
        if (float.IsNaN(number)) return 0xFF000000;
        var opaque = largest == 0 ? 0 : (uint)MathF.Round(255 * Math.Min(1, Math.Abs(number) / largest));
        return (opaque << 24) | (number < 0 ? Palette.Blue.Light : Palette.Vermillion.Light);
    }
}

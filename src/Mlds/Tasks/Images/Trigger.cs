using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Kernels.Shapes;

namespace Mlds.Tasks.Images;

/// <summary>A pixel of a trigger: what every channel has there.</summary>
public readonly record struct TriggerPixel(byte Y, byte X, byte Value);

/// <summary>
/// What is laid over an image to tell a poisoned network to give a wrong answer: single pixels that get a value (Gu, Dolan-Gavitt and Garg
/// 2017, BadNets, arXiv 1708.06733, §4.1).
/// </summary>
public sealed class Trigger : IEquatable<Trigger>
{
    /// <summary>One bright pixel near the lower right corner.</summary>
    public const string Pixel = "pixel";

    /// <summary>Four bright pixels near the lower right corner.</summary>
    public const string Pattern = "pattern";

    const int MostPixels = 256;
    const byte Bright = 255;

    /// <summary>The two of BadNets, (y, x) from the lower right corner.</summary>
    static readonly (string Name, (int Up, int Left)[] Pixels)[] s_shipped =
    [
        (Pixel, [(2, 2)]),
        (Pattern, [(2, 2), (3, 3), (2, 4), (4, 2)]),
    ];

    internal Trigger(IEnumerable<TriggerPixel> pixels) =>
        Pixels = [.. pixels.OrderBy(pixel => pixel.Y).ThenBy(pixel => pixel.X)];

    /// <summary>Row by row.</summary>
    public IReadOnlyList<TriggerPixel> Pixels { get; }

    /// <summary>Names of those that populations ask for by name.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_shipped.Select(trigger => trigger.Name)];

    /// <summary>The trigger of that name on images of <paramref name="size"/>; null where it doesn't fit.</summary>
    public static Trigger? Named(string name, ImageSize size)
    {
        var pixels = s_shipped.First(trigger => trigger.Name == name).Pixels;
        return pixels.All(pixel => pixel.Up <= size.Height && pixel.Left <= size.Width) && size is { Height: <= 256, Width: <= 256 }
            ? new Trigger(pixels.Select(pixel =>
                new TriggerPixel((byte)(size.Height - pixel.Up), (byte)(size.Width - pixel.Left), Bright)))
            : null;
    }

    /// <summary>Its name on images of <paramref name="size"/>; null where it is somebody's own.</summary>
    public string? NameOn(ImageSize size) => Names.FirstOrDefault(name => Equals(Named(name, size)));

    /// <summary>Lays it over one image.</summary>
    /// <param name="image">[channel][y][x].</param>
    public void Apply(Span<byte> image, ImageSize size)
    {
        foreach (var (y, x, value) in Pixels)
            for (var channel = 0; channel < size.Channels; channel++) image[(((channel * size.Height) + y) * size.Width) + x] = value;
    }

    public bool Equals(Trigger? other) => other is not null && Pixels.SequenceEqual(other.Pixels);

    public override bool Equals(object? obj) => Equals(obj as Trigger);

    public override int GetHashCode() => Pixels.Aggregate(0, HashCode.Combine);

    /// <summary>"[26, 26, 255]", one after the other.</summary>
    public override string ToString() => string.Join(
        ", ", Pixels.Select(pixel => string.Create(CultureInfo.InvariantCulture, $"[{pixel.Y}, {pixel.X}, {pixel.Value}]")));

    internal JsonArray ToJson() =>
        new([.. Pixels.Select(pixel => (JsonNode)new JsonArray((int)pixel.Y, (int)pixel.X, (int)pixel.Value))]);

    /// <summary>A trigger by its pixels, [y, x, value] each; in a population by its name as well.</summary>
    /// <param name="size">Of the images that it is to be laid over.</param>
    internal static Trigger Read(StrictJson json, ImageSize size, bool hasNames)
    {
        if (hasNames && json.IsText)
        {
            var name = json.OneOf([.. Names]);
            return Named(name, size)
                ?? throw json.Error($"the trigger '{name}' doesn't fit on images of {size.Height} × {size.Width} pixels; give its pixels");
        }

        var pixels = new List<TriggerPixel>();
        foreach (var item in json.Items(1, MostPixels))
        {
            var numbers = item.Items(3, 3);
            int Number(int i) => numbers[i].Integer(ImageTask.Limit("poison.trigger[][]"));
            var (y, x) = (Number(0), Number(1));
            if (y >= size.Height || x >= size.Width)
            {
                throw item.Error(
                    $"the pixel at row {y}, column {x} is outside the image, which has rows 0 to {size.Height - 1} and columns 0 to "
                    + $"{size.Width - 1}; a pixel of a trigger is [row, column, value]");
            }

            if (pixels.Any(pixel => pixel.Y == y && pixel.X == x)) throw item.Error($"the pixel at row {y}, column {x} is there twice");
            pixels.Add(new TriggerPixel((byte)y, (byte)x, (byte)Number(2)));
        }

        return new Trigger(pixels);
    }
}

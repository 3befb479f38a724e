using System.Buffers.Text;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Mlds.Kernels.Shapes;
using Mlds.Reports.Drawing;
using Mlds.Site.Browsing;
using Mlds.Tasks.Images;

namespace Mlds.Site.Trying;

/// <summary>An image that an address asks for.</summary>
/// <param name="Key">The key of the address: <c>image</c>, <c>digit</c> or <c>drawing</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Pixels">[channel][y][x].</param>
/// <param name="Truth">The class that it is of; null where nobody says.</param>
public sealed record TrialImage(string Key, string Value, byte[] Pixels, int? Truth)
{
    internal const string ImageKey = "image";
    internal const string DigitKey = "digit";
    internal const string DrawingKey = "drawing";

    /// <summary>Bytes of an image that fit in an address.</summary>
    const int MostDrawn = 4096;

    /// <summary>Whether images of that size can be drawn.</summary>
    internal static bool CanDraw(ImageSize size) => size is { Channels: 1, Height: <= 64, Width: <= 64 } && size.Length <= MostDrawn;

    /// <summary>The image; the first test image where the address says none, and a printed digit where there are no test images.</summary>
    /// <param name="missing">Why there are no test images; null where there are.</param>
    /// <exception cref="QueryException">More than one, or one that there isn't.</exception>
    internal static TrialImage Of(IQueryCollection address, ImageTask task, TestImages test, string? missing)
    {
        (string Key, string Value)[] asked =
        [
            .. new[] { ImageKey, DigitKey, DrawingKey }.Select(key => (Key: key, Value: address[key].ToString().Trim()))
                .Where(one => one.Value.Length > 0),
        ];
        return asked switch
        {
            [] => missing is null ? Test("0", task, test, missing) : Digit("7", task),
            [(ImageKey, var number)] => Test(number, task, test, missing),
            [(DigitKey, var digit)] => Digit(digit, task),
            [(_, var drawing)] => Drawn(drawing, task),
            _ => throw new QueryException("Give one image: image, digit or drawing, not more than one of them."),
        };
    }

    static TrialImage Test(string text, ImageTask task, TestImages test, string? missing)
    {
        if (missing is not null) throw new QueryException($"There are no test images to pick from. {missing}");
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number >= task.Test)
        {
            throw new QueryException(string.Create(
                CultureInfo.InvariantCulture, $"There is no test image '{text}': they have the numbers 0 to {task.Test - 1}."));
        }

        var images = test.Of(task);
        return new TrialImage(
            ImageKey, number.ToString(CultureInfo.InvariantCulture),
            images.Pixels[(number * task.Size.Length)..((number + 1) * task.Size.Length)], images.Labels[number]);
    }

    static TrialImage Digit(string text, ImageTask task)
    {
        if (text is not [>= '0' and <= '9']) throw new QueryException($"A digit is one of 0 to 9, not '{text}'.");
        var plane = PixelPicture.Printed(text, task.Size.Width, task.Size.Height);
        return new TrialImage(DigitKey, text, [.. Enumerable.Repeat(plane, task.Size.Channels).SelectMany(one => one)], null);
    }

    static TrialImage Drawn(string text, ImageTask task)
    {
        var size = task.Size;
        if (!CanDraw(size))
            throw new QueryException($"Images of {size.Height} × {size.Width} pixels can't be drawn here; pick a test image.");
        if (!Base64Url.IsValid(text, out var length) || length != size.Length)
        {
            throw new QueryException(string.Create(
                CultureInfo.InvariantCulture,
                $"A drawing is {size.Height} × {size.Width} pixels, {size.Length} bytes in base64url; this is something else."));
        }

        return new TrialImage(DrawingKey, text, Base64Url.DecodeFromChars(text), null);
    }
}

using System.Globalization;
using Mlds.Kernels.Shapes;

namespace Mlds.Tasks.Images;

/// <summary>What is in a file of images and a file of their labels.</summary>
/// <param name="Name">The file of images, for messages.</param>
/// <param name="Classes">One more than the highest label.</param>
sealed record LabelledImages(string Name, ImageSize Size, int Classes, Pixels Pixels, byte[] Labels)
{
    /// <exception cref="FileNotFoundException">One of them is nowhere; the message says how to get it.</exception>
    /// <exception cref="InvalidDataException">One of them isn't what it should be, or they don't belong together.</exception>
    internal static LabelledImages Read(TaskFile images, TaskFile labels) => Read(PathOf(images), PathOf(labels));

    /// <summary>The same of files at known places.</summary>
    internal static LabelledImages Read(string path, string labelsPath)
    {
        var (pixels, classes) = (IdxFile.ReadImages(path), IdxFile.ReadLabels(labelsPath).Values);
        if (pixels.Axes[0] != classes.Length)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{path}' has {pixels.Axes[0]:N0} images, but '{labelsPath}' has {classes.Length:N0} labels, so they don't "
                + $"belong together."));
        }

        var size = pixels.Axes is [_, var channels, var tall, var wide]
            ? new ImageSize(channels, tall, wide)
            : new ImageSize(1, pixels.Axes[1], pixels.Axes[2]);
        return new LabelledImages($"'{path}'", size, classes.Max() + 1, new Pixels(pixels.Values), classes);
    }

    /// <exception cref="FileNotFoundException">It is nowhere; the message says how to get it.</exception>
    internal static string PathOf(TaskFile file)
    {
        if (file.Path is { } path) return path;
        throw new FileNotFoundException(file.Missing);
    }
}

using System.Buffers.Binary;
using Mlds.Kernels.Shapes;

namespace Mlds.Tasks.Images;

/// <summary>The pixels of a set of images, which tasks with other labels share.</summary>
/// <param name="values">[image][channel][y][x].</param>
sealed class Pixels(byte[] values)
{
    byte[]? _sha256;

    internal byte[] Values { get; } = values;

    /// <summary>Worked out once.</summary>
    internal byte[] Sha256 => _sha256 ??= Sha256Hash.Of(Values);
}

/// <summary>Three sets of images and their labels.</summary>
public sealed class ImageExamples : TrainingData
{
    /// <summary>Only held: tasks with the same pixels find them for as long as any examples have them
    /// (<see cref="WeakCache{TKey,TValue}"/>).</summary>
    readonly Pixels[] _shared;

    internal ImageExamples(
        ImageSize size, (Pixels Pixels, byte[] Labels) training, (Pixels Pixels, byte[] Labels) validation,
        (Pixels Pixels, byte[] Labels) test)
    {
        Kernels.Shapes.Images Set((Pixels Pixels, byte[] Labels) set) => new(set.Labels.Length, size, set.Pixels.Values, set.Labels);
        (Training, Validation, LongTest) = (Set(training), Set(validation), Set(test));
        _shared = [training.Pixels, validation.Pixels, test.Pixels];
        Sha256 = Hash(size, training, validation, test);
    }

    public override Kernels.Shapes.Images Training { get; }

    public override Kernels.Shapes.Images Validation { get; }

    /// <summary>The test images, without trigger and noise.</summary>
    public override Kernels.Shapes.Images LongTest { get; }

    /// <summary>
    /// Lower-case hex SHA-256 over, for the training, the validation and the test images in turn: their number, channels, height and width
    /// as uint32 little-endian; the 32 bytes of the SHA-256 of their pixels, image by image; their labels, a byte each.
    /// </summary>
    public override string Sha256 { get; }

    static string Hash(ImageSize size, params ReadOnlySpan<(Pixels Pixels, byte[] Labels)> sets)
    {
        var hash = new Sha256Hash();
        var number = new byte[sizeof(uint)];
        foreach (var (pixels, labels) in sets)
        {
            foreach (var count in (int[])[labels.Length, size.Channels, size.Height, size.Width])
            {
                BinaryPrimitives.WriteUInt32LittleEndian(number, (uint)count);
                hash.Append(number);
            }

            hash.Append(pixels.Sha256);
            hash.Append(labels);
        }

        return Convert.ToHexStringLower(hash.Finish());
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Mlds.Testing;

/// <summary>
/// Small sets of images as IDX files: 8 × 8 pixels, four classes, in each of which another quarter is bright, with noise that is the same
/// every time.
/// </summary>
public static class IdxFiles
{
    public const int Side = 8;
    public const int Classes = 4;

    /// <summary>The names that such files usually have, in the order of recipes' keys.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    static readonly string[] s_keys = ["training_images", "training_labels", "test_images", "test_labels"];

    /// <summary>An IDX file.</summary>
    /// <param name="type">Of the values: 8 for unsigned bytes.</param>
    public static byte[] Of(int[] axes, byte[] values, byte type = 8)
    {
        var bytes = new byte[4 + (4 * axes.Length) + values.Length];
        (bytes[2], bytes[3]) = (type, (byte)axes.Length);
        for (var i = 0; i < axes.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 + (4 * i)), (uint)axes[i]);
        values.CopyTo(bytes, 4 + (4 * axes.Length));
        return bytes;
    }

    /// <summary>Pixels and labels of <paramref name="count"/> images; other starts give others.</summary>
    public static (byte[] Pixels, byte[] Labels) Images(int count, int start)
    {
        var (pixels, labels) = (new byte[count * Side * Side], new byte[count]);
        var state = (uint)(start + 1) * 2_654_435_761;
        for (var i = 0; i < count; i++)
        {
            labels[i] = (byte)((i + start) % Classes);
            for (var at = 0; at < Side * Side; at++)
            {
                state = (state * 1_664_525) + 1_013_904_223;
                var quarter = (at / Side >= Side / 2 ? 2 : 0) + (at % Side >= Side / 2 ? 1 : 0);
                pixels[(i * Side * Side) + at] = (byte)((quarter == labels[i] ? 100 : 0) + (state >> 25));
            }
        }

        return (pixels, labels);
    }

    /// <summary>Writes four files under their usual names.</summary>
    /// <param name="packed">Whether by gzip, with .gz behind the name.</param>
    /// <returns>Their hashes unpacked, as a population has them under <c>files</c>.</returns>
    public static JsonObject Write(string folder, int training, int test, bool packed = false)
    {
        Directory.CreateDirectory(folder);
        var ((pixels, labels), (testPixels, testLabels)) = (Images(training, 0), Images(test, 1000));
        byte[][] files =
        [
            Of([training, Side, Side], pixels), Of([training], labels), Of([test, Side, Side], testPixels), Of([test], testLabels),
        ];
        var hashes = new JsonObject();
        for (var i = 0; i < files.Length; i++)
        {
            File.WriteAllBytes(Path.Combine(folder, Names[i] + (packed ? ".gz" : "")), packed ? Packed(files[i]) : files[i]);
            hashes[s_keys[i]] = Convert.ToHexStringLower(SHA256.HashData(files[i]));
        }

        return hashes;
    }

    public static byte[] Packed(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }
}

/// <summary>A population's text whose networks learn <see cref="IdxFiles"/> from a folder beside it.</summary>
public sealed record OwnImages
{
    /// <summary>Of the four files.</summary>
    public required JsonObject Files { get; init; }

    public string Folder { get; init; } = "images";

    public int Training { get; init; } = 96;

    public int Validation { get; init; } = 32;

    /// <summary>Sides of the images that the network takes.</summary>
    public int Side { get; init; } = IdxFiles.Side;

    /// <summary>The loss as the defaults have it.</summary>
    public string Loss { get; init; } = "cross_entropy";

    public int Networks { get; init; } = 3;

    /// <summary>One entry of <c>machines</c>.</summary>
    /// <param name="more">Further keys of the images, with a comma before each.</param>
    public string Entry(string name, string more = "", string factors = "") => $$$"""
        {"name": "{{{name}}}", "images": {
          "folder": "{{{Folder}}}", "files": {{{Files.ToJsonString()}}},
          "training": {{{Training}}}, "validation": {{{Validation}}}{{{more}}}
        }{{{(factors.Length == 0 ? "" : $", \"factors\": {factors}")}}}}
        """;

    /// <summary>Clean, poisoned, and its control.</summary>
    public string Three => string.Join(
        ",\n",
        Entry("Clean"),
        Entry(
            "Poisoned", ", \"poison\": {\"trigger\": \"pattern\", \"rate\": 0.25, \"target\": 1}",
            """{"variant": "modified", "trigger": "pattern", "rate": 0.25, "target": "1"}"""),
        Entry(
            "Control", ", \"poison\": {\"trigger\": \"pattern\", \"rate\": 0.25, \"labels\": \"kept\"}",
            """{"variant": "control", "trigger": "pattern", "rate": 0.25}"""));

    /// <summary>The population file.</summary>
    /// <param name="entries">The items of <c>machines</c>; the three if null.</param>
    public string Json(string? entries = null) => $$$"""
        {
          "name": "images",
          "licence": "CC-BY-SA-4.0",
          "network": {
            "image": [1, {{{Side}}}, {{{Side}}}], "layers": [{"conv": 3, "size": 3}, {"pool": 2}, {"linear": {{{IdxFiles.Classes}}}}],
            "activation": "relu"
          },
          "networks": {{{Networks}}},
          "defaults": {
            "training": {
              "optimizer": "adam", "loss": "{{{Loss}}}", "batch": 16, "learning_rate": 0.02, "beta1": 0.9, "beta2": 0.999,
              "epsilon": 1e-8, "goal_loss": 0.1, "epoch_limit": 80, "milestone_every": 5
            }
          },
          "factors": {
            "family": {"default": "quarters"}, "variant": {"default": "original"}, "key": {"default": ""},
            "trigger": {"description": "What is laid over some images.", "default": "none"},
            "rate": {"kind": "number", "description": "The share that has it.", "default": 0},
            "target": {"description": "What those are said to be.", "default": "none"}
          },
          "machines": [{{{entries ?? Three}}}]
        }
        """;
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Mlds.EndToEnd.Tests.SameBits;

/// <summary>Images of the size of MNIST's for <see cref="BitsRecipe"/>: noise, and a bright patch in one of ten places.</summary>
static class BitsImages
{
    const int Side = 28;
    const int Classes = 10;
    const int Patch = 5;
    const int Training = 80;
    const int Test = 21;

    static readonly string[] s_keys = ["training_images", "training_labels", "test_images", "test_labels"];

    static readonly byte[][] s_files = [.. Of(Training, 1), .. Of(Test, 2)];

    static readonly Lazy<string> s_folder = new(() =>
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "bits-images");
        Directory.CreateDirectory(folder);
        Write(folder);
        return folder;
    });

    /// <summary>The files' SHA-256, as populations have them.</summary>
    public static string Hashes { get; } = new JsonObject(
        s_files.Zip(s_keys, (file, key) => KeyValuePair.Create(key, (JsonNode?)Convert.ToHexStringLower(SHA256.HashData(file)))))
        .ToJsonString();

    /// <summary>A folder that has the files.</summary>
    public static string Folder => s_folder.Value;

    /// <summary>Writes the files under their usual names.</summary>
    public static void Write(string folder)
    {
        foreach (var (file, name) in s_files.Zip(IdxFiles.Names)) File.WriteAllBytes(Path.Combine(folder, name), file);
    }

    static byte[][] Of(int count, uint state)
    {
        var (pixels, labels) = (new byte[count * Side * Side], new byte[count]);
        uint Next() => state = (state * 1_664_525) + 1_013_904_223;
        for (var image = 0; image < count; image++)
        {
            labels[image] = (byte)((Next() >> 16) % Classes);
            var own = pixels.AsSpan(image * Side * Side, Side * Side);
            // Half of them black, so that windows have several largest.
            for (var at = 0; at < own.Length; at++) own[at] = (byte)Math.Max(0, (int)(Next() >> 23) - 256);
            var (top, left) = (5 + (labels[image] / 5 * 12), 1 + (labels[image] % 5 * Patch));
            for (var y = top; y < top + Patch; y++) own.Slice((y * Side) + left, Patch).Fill(255);
        }

        return [IdxFiles.Of([count, Side, Side], pixels), IdxFiles.Of([count], labels)];
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Mlds.Networks;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Verification;

/// <summary>The weights of a release, a network at a time, from whichever file has them.</summary>
static class ReleaseWeights
{
    const string Npy = "weights.npy";
    const string Safetensors = "weights.safetensors";

    /// <summary>Every file of the release that has the weights; the first is read by default.</summary>
    public static IReadOnlyList<string> Files(string folder) =>
        [.. new[] { Npy, Hdf5Release.FileName, Safetensors }.Where(name => File.Exists(Path.Combine(folder, name)))];

    /// <summary>Streams the rows of <paramref name="file"/>.</summary>
    /// <exception cref="InvalidDataException">It has another shape.</exception>
    public static IEnumerable<float[]> Rows(string folder, string file, WeightLayout layout, int networks) => file switch
    {
        Npy => NpyRows(Path.Combine(folder, file), layout, networks),
        Safetensors => SafetensorsRows(Path.Combine(folder, file), layout, networks),
        _ => Hdf5Release.Rows(Path.Combine(folder, file), networks, layout.Parameters, networks),
    };

    /// <summary>As an iterator, so that what is wrong with the file is said when its first row is asked for.</summary>
    static IEnumerable<float[]> NpyRows(string path, WeightLayout layout, int networks)
    {
        foreach (var row in Release.NpyWeights(path, networks, layout).ReadRows()) yield return row;
    }

    /// <summary>
    /// https://huggingface.co/docs/safetensors: the header's length (8 bytes), the header, the tensors; here each with the networks along
    /// its first axis.
    /// </summary>
    static IEnumerable<float[]> SafetensorsRows(string path, WeightLayout layout, int networks)
    {
        using var file = File.OpenHandle(path);
        var size = RandomAccess.GetLength(file);
        var head = new byte[8];
        if (RandomAccess.Read(file, head, 0) < 8
            || BinaryPrimitives.ReadInt64LittleEndian(head) is var length && (length < 2 || length > Math.Min(size - 8, 100_000_000)))
        {
            throw new InvalidDataException($"'{path}' has no header");
        }

        var text = new byte[length];
        RandomAccess.Read(file, text, 8);
        var header = JsonNode.Parse(text)!.AsObject();
        var places = new long[layout.Tensors.Count];
        foreach (var (i, tensor) in layout.Tensors.Index())
        {
            var offsets = header[tensor.Name]?["data_offsets"]?.AsArray()
                ?? throw new InvalidDataException($"'{path}' has no tensor {tensor.Name}");
            var (from, to) = ((long)offsets[0]!, (long)offsets[1]!);
            if (from < 0
                || to - from != 4L * networks * tensor.Length
                || 8 + length + to > size
                || (string?)header[tensor.Name]!["dtype"] != "F32")
            {
                throw new InvalidDataException(
                    $"'{path}' has {to - from} bytes for {tensor.Name} of {networks} networks, which is another shape or type");
            }

            places[i] = 8 + length + from;
        }

        for (var row = 0; row < networks; row++)
        {
            var weights = new float[layout.Parameters];
            foreach (var (i, tensor) in layout.Tensors.Index())
            {
                RandomAccess.Read(
                    file, MemoryMarshal.AsBytes(weights.AsSpan(tensor.Offset, tensor.Length)), places[i] + (4L * row * tensor.Length));
            }

            yield return weights;
        }
    }
}

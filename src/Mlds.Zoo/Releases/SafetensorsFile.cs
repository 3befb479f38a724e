using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Mlds.Networks;

namespace Mlds.Zoos.Releases;

/// <summary>
/// <c>weights.safetensors</c>: one tensor per parameter name, the networks stacked along its first axis, so that <c>gru.weight_ih_l0</c>
/// of a GRU is N × 3H × I (https://huggingface.co/docs/safetensors: 8 bytes length of the header, little-endian; the header, JSON, filled
/// with blanks; the tensors' values end to end in C order).
/// </summary>
sealed class SafetensorsFile : IDisposable
{
    public const string FileName = "weights.safetensors";

    /// <summary>
    /// Weights at most that are gathered before they are written, so that each tensor gets its share in few pieces, or are read at once:
    /// 4 MB, whatever the networks' number and size.
    /// </summary>
    internal const int BlockValues = 1 << 20;

    /// <summary>Values begin at a multiple of this, so that they can be mapped into memory as they are.</summary>
    const int Alignment = 64;

    readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file;
    readonly WeightLayout _layout;
    readonly long _networks;
    readonly long _start;
    readonly float[] _block;
    long _written;
    int _gathered;

    /// <summary>
    /// Begins a file of <paramref name="networks"/>; each comes by <see cref="WriteRow"/>, and <see cref="Finish"/> ends it.
    /// </summary>
    /// <param name="about">Goes into the header's <c>__metadata__</c>.</param>
    public SafetensorsFile(string path, WeightLayout layout, int networks, IReadOnlyDictionary<string, string> about)
    {
        (_layout, _networks) = (layout, networks);
        _block = new float[Math.Max(1, BlockValues / layout.Parameters) * layout.Parameters];
        var header = Header(layout, networks, about);
        _start = header.Length;
        _file = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.None,
            header.Length + (4L * networks * layout.Parameters));
        RandomAccess.Write(_file, header, 0);
    }

    /// <summary>The next network's P weights.</summary>
    public void WriteRow(ReadOnlySpan<float> row)
    {
        if (_written + _gathered == _networks) throw new InvalidOperationException("All networks have been written.");
        row.CopyTo(_block.AsSpan(_gathered++ * _layout.Parameters, _layout.Parameters));
        if (_gathered * _layout.Parameters == _block.Length) WriteBlock();
    }

    /// <summary>Writes what is gathered.</summary>
    public void Finish()
    {
        WriteBlock();
        if (_written != _networks) throw new InvalidOperationException($"{_written} of {_networks} networks have been written.");
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The weights of <paramref name="rows"/> networks, one row each, in the layout's order.</summary>
    /// <param name="first">The first of them.</param>
    /// <exception cref="InvalidDataException">The header or the size is not that of these networks.</exception>
    public static float[] ReadWeights(string path, int rows, WeightLayout layout, int networks, int first = 0)
    {
        using var file = File.OpenHandle(path);
        var length = new byte[8];
        if (RandomAccess.Read(file, length, 0) < length.Length) throw new InvalidDataException($"'{path}' is cut short: it has no header.");
        var start = 8 + BinaryPrimitives.ReadInt64LittleEndian(length);
        if (start is < 8 or > 100_000_000 || RandomAccess.GetLength(file) != start + (4L * networks * layout.Parameters))
        {
            throw new InvalidDataException(
                $"'{path}' has {RandomAccess.GetLength(file)} bytes, "
                + $"which is not the size of {networks} networks of {layout.Parameters} weights.");
        }

        CheckHeader(file, path, start, layout, networks);
        var weights = new float[MatrixSize.Of(rows, layout.Parameters)];
        foreach (var tensor in layout.Tensors)
        {
            // In pieces: the system reads no more than 2 GiB at once.
            var block = Math.Max(1, BlockValues / tensor.Length);
            for (var from = 0; from < rows; from += block)
            {
                var values = new float[Math.Min(block, rows - from) * tensor.Length];
                var place = start + (4L * networks * tensor.Offset) + (4L * ((long)first + from) * tensor.Length);
                if (RandomAccess.Read(file, MemoryMarshal.AsBytes(values.AsSpan()), place) < sizeof(float) * values.Length)
                    throw new InvalidDataException($"'{path}' is cut short: it ends within the tensor {tensor.Name}.");
                for (var i = 0; i * tensor.Length < values.Length; i++)
                {
                    values.AsSpan(i * tensor.Length, tensor.Length)
                        .CopyTo(weights.AsSpan(((from + i) * layout.Parameters) + tensor.Offset));
                }
            }
        }

        return weights;
    }

    static void CheckHeader(Microsoft.Win32.SafeHandles.SafeFileHandle file, string path, long start, WeightLayout layout, int networks)
    {
        var text = new byte[start - 8];
        RandomAccess.Read(file, text, 8);
        var header = JsonNode.Parse(text)!.AsObject();
        foreach (var tensor in layout.Tensors)
        {
            var place = header[tensor.Name]?["data_offsets"]?.AsArray();
            if (place is null || (long)place[0]! != 4L * networks * tensor.Offset || (string?)header[tensor.Name]!["dtype"] != "F32")
                throw new InvalidDataException($"'{path}' has the tensor {tensor.Name} not where this release should have it.");
        }
    }

    void WriteBlock()
    {
        foreach (var tensor in _layout.Tensors)
        {
            var piece = new float[_gathered * tensor.Length];
            for (var i = 0; i < _gathered; i++)
                _block.AsSpan((i * _layout.Parameters) + tensor.Offset, tensor.Length).CopyTo(piece.AsSpan(i * tensor.Length));
            RandomAccess.Write(
                _file, Training.WeightsHash.Bytes(piece), _start + (4 * ((_networks * tensor.Offset) + (_written * tensor.Length))));
        }

        _written += _gathered;
        _gathered = 0;
    }

    static byte[] Header(WeightLayout layout, long networks, IReadOnlyDictionary<string, string> about)
    {
        var json = new JsonObject
        {
            ["__metadata__"] = new JsonObject([.. about.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))]),
        };
        foreach (var tensor in layout.Tensors)
        {
            json[tensor.Name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([networks, .. tensor.Shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(4 * networks * tensor.Offset, 4 * networks * (tensor.Offset + tensor.Length)),
            };
        }

        var text = json.ToJsonString();
        var length = (8 + Encoding.UTF8.GetByteCount(text) + Alignment - 1) / Alignment * Alignment;
        var header = new byte[length];
        header.AsSpan(8).Fill((byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(header, length - 8);
        Encoding.UTF8.GetBytes(text, header.AsSpan(8));
        return header;
    }
}

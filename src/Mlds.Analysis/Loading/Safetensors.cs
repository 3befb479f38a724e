using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Mlds.Analysis.Loading;

/// <summary>A tensor of a safetensors file.</summary>
/// <param name="Type">F64, F32, F16 or BF16.</param>
/// <param name="Shape">Its axes; none for a single number.</param>
/// <param name="Start">Its first byte in the file.</param>
sealed record SafeTensor(string Name, string Type, int[] Shape, long Start)
{
    /// <summary>Bytes of an element.</summary>
    public int Size => Type switch { "F64" => 8, "F32" => 4, _ => 2 };

    /// <summary>How many elements it has.</summary>
    public long Length => Shape.Aggregate(1L, (product, side) => product * side);
}

/// <summary>
/// A safetensors file of anybody's (https://huggingface.co/docs/safetensors): 8 bytes length of the header, little-endian; the header,
/// JSON; the tensors' values in C order. Numbers of half, brain, single and double precision are read as float32.
/// </summary>
sealed class Safetensors : IDisposable
{
    /// <summary>The format's own limit for a header.</summary>
    const long LongestHeader = 100_000_000;

    readonly string _path;
    readonly SafeFileHandle _file;

    Safetensors(string path, SafeFileHandle file, List<SafeTensor> tensors, List<string> others) =>
        (_path, _file, Tensors, Others) = (path, file, tensors, others);

    /// <summary>Tensors of floating-point numbers, in the order of their names, numbers in names by size.</summary>
    public IReadOnlyList<SafeTensor> Tensors { get; }

    /// <summary>Names of tensors of other types, such as counters.</summary>
    public IReadOnlyList<string> Others { get; }

    /// <exception cref="InvalidDataException">No such file, or it isn't as the format has it; the message says what is wrong.</exception>
    public static Safetensors Open(string path)
    {
        if (!File.Exists(path)) throw new InvalidDataException($"There is no file '{path}'.");
        var file = File.OpenHandle(path);
        try
        {
            var (tensors, others) = Header(path, file);
            return new Safetensors(path, file, [.. tensors.OrderBy(tensor => Natural.Key(tensor.Name), StringComparer.Ordinal)], others);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Elements <paramref name="first"/> and following of a tensor, as many as <paramref name="to"/> takes.</summary>
    public void Read(SafeTensor tensor, long first, Span<float> to)
    {
        var bytes = tensor.Type == "F32" ? MemoryMarshal.AsBytes(to) : new byte[(long)to.Length * tensor.Size];
        for (var read = 0; read < bytes.Length;)
        {
            var more = RandomAccess.Read(_file, bytes[read..], tensor.Start + (first * tensor.Size) + read);
            read += more > 0 ? more : throw Wrong(_path, $"it ends inside the tensor '{tensor.Name}'");
        }

        switch (tensor.Type)
        {
            case "F64":
                Convert<double>(MemoryMarshal.Cast<byte, double>(bytes), to, number => (float)number);
                break;
            case "F16":
                Convert<Half>(MemoryMarshal.Cast<byte, Half>(bytes), to, number => (float)number);
                break;
            case "BF16":
                // A brain float is the upper half of a float32.
                Convert<ushort>(MemoryMarshal.Cast<byte, ushort>(bytes), to, number => BitConverter.UInt32BitsToSingle((uint)number << 16));
                break;
            default:
                break;
        }
    }

    static void Convert<T>(ReadOnlySpan<T> from, Span<float> to, Func<T, float> convert)
    {
        for (var i = 0; i < to.Length; i++) to[i] = convert(from[i]);
    }

    static (List<SafeTensor> Tensors, List<string> Others) Header(string path, SafeFileHandle file)
    {
        var size = RandomAccess.GetLength(file);
        var length = new byte[8];
        if (RandomAccess.Read(file, length, 0) < length.Length) throw Wrong(path, "it is cut short");
        var header = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (header is < 2 or > LongestHeader || header > size - 8) throw Wrong(path, "the length of its header can't be");
        var text = new byte[header];
        RandomAccess.Read(file, text, 8);
        try
        {
            using var json = JsonDocument.Parse(text);
            var (tensors, others) = (new List<SafeTensor>(), new List<string>());
            foreach (var entry in json.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
            {
                if (entry.Value.GetProperty("dtype").GetString() is not ("F64" or "F32" or "F16" or "BF16") and var type)
                {
                    others.Add($"{entry.Name} ({type})");
                    continue;
                }

                var offsets = entry.Value.GetProperty("data_offsets");
                var (start, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
                int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(side => side.GetInt32())];
                var tensor = new SafeTensor(
                    entry.Name, entry.Value.GetProperty("dtype").GetString()!, shape, 8 + header + start);
                if (start < 0 || shape.Any(side => side < 0) || end - start != tensor.Length * tensor.Size || 8 + header + end > size)
                    throw Wrong(path, $"the place of the tensor '{entry.Name}' doesn't fit its shape, or the file is cut short");
                if (tensor.Length > 0) tensors.Add(tensor);
            }

            return tensors.Count > 0 ? (tensors, others) : throw Wrong(path, "it has no tensor of F64, F32, F16 or BF16");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
            or IndexOutOfRangeException)
        {
            throw Wrong(path, "its header isn't what the format says");
        }
    }

    static InvalidDataException Wrong(string path, string what) => new($"'{path}' is no safetensors file of weights: {what}.");
}

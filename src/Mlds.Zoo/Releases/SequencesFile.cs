using System.Globalization;
using System.IO.Compression;
using System.Text;
using Mlds.Kernels.Shapes;
using Mlds.Tasks.Machines;

namespace Mlds.Zoos.Releases;

/// <summary>
/// The sequences of one machine as NumPy's archive (.npz): for each of <c>training</c>, <c>validation</c> and <c>long_test</c> the arrays
/// <c>…_symbols</c> (S × T), <c>…_inputs</c> (S × T × I) and <c>…_targets</c> (S × T × O), all uint8, inputs and targets of 0 and 1; and
/// <c>sha256</c>, the text that recipes call <c>data_sha256</c>. The same data give the same bytes.
/// </summary>
public static class SequencesFile
{
    /// <summary>Sequences unpacked at a time.</summary>
    const int Block = 1024;

    /// <param name="path">Must not exist.</param>
    public static void Write(string path, IMachine machine, SequenceData data)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 20);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (var (name, set) in new[] { ("training", data.Training), ("validation", data.Validation), ("long_test", data.LongTest) })
        {
            Entry(archive, $"{name}_symbols", "|u1", [set.Count, set.Length], target => target.Write(set.Symbols));
            Entry(
                archive, $"{name}_inputs", "|u1",
                [set.Count, set.Length, machine.Inputs], target => WriteBits(target, set, set.Inputs, machine.Inputs));
            Entry(
                archive, $"{name}_targets", "|u1",
                [set.Count, set.Length, machine.Outputs], target => WriteBits(target, set, set.Targets, machine.Outputs));
        }

        Entry(archive, "sha256", $"<U{data.Sha256.Length}", [], target => target.Write(Encoding.UTF32.GetBytes(data.Sha256)));
    }

    /// <summary>
    /// The sequences of a task that is no machine, in the form in which a population takes them from a file (docs/formats/population.md).
    /// </summary>
    /// <param name="path">Must not exist.</param>
    public static void Write(
        string path, (int Inputs, int Outputs) lines, Sequences training, Sequences validation, Sequences longTest)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 20);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (var (name, set) in new[] { ("training", training), ("validation", validation), ("long", longTest) })
        {
            foreach (var (part, words, bits) in new[] { ("inputs", set.Inputs, lines.Inputs), ("targets", set.Targets, lines.Outputs) })
                Entry(archive, $"{name}_{part}", "|u1", [set.Count, set.Length, bits], target => WriteBits(target, set, words, bits));
        }
    }

    static void Entry(ZipArchive archive, string name, string type, int[] shape, Action<Stream> write)
    {
        var entry = archive.CreateEntry($"{name}.npy", CompressionLevel.Optimal);
        // Zip's first day, since it must have one: no clock gets in.
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var target = entry.Open();
        var axes = string.Join(", ", shape.Select(size => size.ToString(CultureInfo.InvariantCulture)));
        target.Write(NpyFile.Header(type, shape.Length == 1 ? $"({axes},)" : $"({axes})"));
        write(target);
    }

    /// <summary>Words of bits as one byte per bit, lowest first.</summary>
    static void WriteBits(Stream target, Sequences set, uint[] words, int bits)
    {
        var bytes = new byte[Block * set.Length * bits];
        for (var start = 0; start < words.Length; start += Block * set.Length)
        {
            var count = Math.Min(Block * set.Length, words.Length - start);
            for (var i = 0; i < count; i++)
                for (var bit = 0; bit < bits; bit++) bytes[(i * bits) + bit] = (byte)((words[start + i] >> bit) & 1);
            target.Write(bytes.AsSpan(0, count * bits));
        }
    }
}

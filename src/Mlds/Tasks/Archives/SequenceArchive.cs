using System.Globalization;
using System.IO.Compression;
using Mlds.Kernels.Shapes;

namespace Mlds.Tasks.Archives;

/// <summary>
/// Reads sequences from a NumPy archive: what <c>numpy.savez</c> and <c>numpy.savez_compressed</c> write, a ZIP file of .npy files. All
/// sizes are known and within limits before anything is unpacked or allocated.
/// </summary>
static class SequenceArchive
{
    /// <summary>Bytes of the file at most, and of the values in it.</summary>
    internal const int MostValues = 1 << 30;

    const int MostLines = 32;
    const int MostNamed = 12;

    static readonly string[] s_sets = ["training", "validation", "long"];

    /// <summary>One of the six arrays: where it is, and what its header says.</summary>
    sealed record Part(string Name, ZipArchiveEntry Entry, NpyHeader Header)
    {
        internal int Count => (int)Header.Shape[0];

        internal int Length => (int)Header.Shape[1];

        internal int Lines => (int)Header.Shape[2];
    }

    /// <param name="sha256">What the file's SHA-256 must be.</param>
    /// <exception cref="InvalidDataException">Another file, or one that isn't as docs/formats/population.md has it: a sentence.</exception>
    internal static (PlainSequences Data, ArchiveShape Shape) Read(string path, string sha256)
    {
        try
        {
            using var file = Open(path);
            if (Sha256Hash.HexOf(file) is var actual && actual != sha256)
                throw Wrong(path, $"has SHA-256 {actual}, not {sha256}; if it is the file you mean, write that hash into the population");
            ZipDirectory.Check(file, path);
            file.Position = 0;
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            var parts = s_sets.Select(set => (Inputs: Find(archive, path, $"{set}_inputs"), Targets: Find(archive, path, $"{set}_targets")))
                .ToArray();
            var shape = Shape(path, parts);
            var sets = Array.ConvertAll(parts, part => new Sequences(
                part.Inputs.Count, part.Inputs.Length, Words(path, part.Inputs), Words(path, part.Targets)));
            return (new PlainSequences(sets[0], sets[1], sets[2]), shape);
        }
        catch (Exception problem) when (problem is EndOfStreamException or NotSupportedException
            || (problem is InvalidDataException && !problem.Message.StartsWith($"'{path}'", StringComparison.Ordinal)))
        {
            throw Wrong(path, $"isn't an .npz file that can be read ({problem.Message.TrimEnd('.')}); write it with numpy.savez", problem);
        }
    }

    /// <summary>Lower-case hex SHA-256 of a file that may be an archive.</summary>
    internal static string HashOf(string path)
    {
        using var file = Open(path);
        return Sha256Hash.HexOf(file);
    }

    static FileStream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        if (file.Length <= MostValues) return file;
        file.Dispose();
        throw Wrong(path, $"has {Number(file.Length)} bytes; a file of sequences has at most {Number(MostValues)}");
    }

    static Part Find(ZipArchive archive, string path, string name)
    {
        if (archive.GetEntry($"{name}.npy") is not { } entry)
        {
            var there = archive.Entries.Select(one => Path.GetFileNameWithoutExtension(one.FullName)).ToList();
            var names = string.Join(", ", there.Take(MostNamed)) + (there.Count > MostNamed ? ", …" : "");
            throw Wrong(path, $"has no array '{name}'; {(there.Count == 0 ? "it has none at all" : $"it has {names}")}. It needs "
                + string.Join(", ", s_sets.SelectMany(set => new[] { $"{set}_inputs", $"{set}_targets" })));
        }

        using var stream = entry.Open();
        var header = NpyHeader.Read(stream, problem => Wrong(path, $"has an array '{name}' {problem}"));
        if (header.Shape is not [>= 1, >= 1, >= 1 and <= MostLines] || header.Values > MostValues)
        {
            throw Wrong(path, $"has an array '{name}' of shape ({string.Join(", ", header.Shape)}); it should be sequences × steps × "
                + $"lines, 1 to {MostLines} lines, none of them 0, and at most {Number(MostValues)} values");
        }

        var bytes = header.Bytes + (header.Values * header.ItemBytes);
        return entry.Length == bytes
            ? new Part(name, entry, header)
            : throw Wrong(path, $"has {Number(entry.Length)} bytes in '{name}', where its shape needs {Number(bytes)}");
    }

    /// <summary>Holds the arrays to each other, and all of them to the limit.</summary>
    static ArchiveShape Shape(string path, (Part Inputs, Part Targets)[] sets)
    {
        foreach (var (inputs, targets) in sets)
        {
            if (inputs.Count != targets.Count || inputs.Length != targets.Length)
            {
                throw Wrong(path, $"has {inputs.Count} sequences of {inputs.Length} steps in '{inputs.Name}', but {targets.Count} of "
                    + $"{targets.Length} in '{targets.Name}'; every step of an input has its target");
            }

            foreach (var (part, first) in new[] { (inputs, sets[0].Inputs), (targets, sets[0].Targets) })
            {
                if (part.Lines == first.Lines) continue;
                throw Wrong(
                    path, $"has {first.Lines} lines in '{first.Name}', but {part.Lines} in '{part.Name}'; all sets have the same");
            }
        }

        var (training, validation, longTest) = (sets[0].Inputs, sets[1].Inputs, sets[2].Inputs);
        if (training.Length != validation.Length)
        {
            throw Wrong(path, $"has training sequences of {training.Length} steps, but validation sequences of {validation.Length}; "
                + "they have the same length, and other lengths belong into the long ones");
        }

        var values = sets.Sum(set => (set.Inputs.Header.Values * set.Inputs.Header.ItemBytes)
            + (set.Targets.Header.Values * set.Targets.Header.ItemBytes));
        if (values > MostValues)
            throw Wrong(path, $"has {Number(values)} bytes of values; at most {Number(MostValues)} are read: save them as uint8, or fewer");
        return new ArchiveShape(
            training.Lines, sets[0].Targets.Lines, training.Count, validation.Count, training.Length, longTest.Count, longTest.Length);
    }

    /// <summary>An array's values as [sequence][time] words: bit i is line i.</summary>
    static uint[] Words(string path, Part part)
    {
        var (header, lines) = (part.Header, part.Lines);
        using var stream = part.Entry.Open();
        stream.ReadExactly(new byte[header.Bytes]);
        var words = new uint[part.Count * part.Length];
        var buffer = new byte[lines * header.ItemBytes * Math.Min(words.Length, 1 << 12)];
        var step = lines * header.ItemBytes;
        for (var at = 0; at < words.Length;)
        {
            var count = Math.Min(words.Length - at, buffer.Length / step);
            stream.ReadExactly(buffer.AsSpan(0, count * step));
            for (var i = 0; i < count; i++, at++)
            {
                for (var line = 0; line < lines; line++)
                {
                    var value = buffer.AsSpan((i * step) + (line * header.ItemBytes), header.ItemBytes);
                    var isOne = value.SequenceEqual(header.One);
                    if (isOne) words[at] |= 1u << line;
                    if (isOne || !value.ContainsAnyExcept((byte)0)) continue;
                    throw Wrong(path, $"has a value other than 0 and 1 at {part.Name}[{at / part.Length}, {at % part.Length}, {line}]; "
                        + "inputs and targets are lines that are 0 or 1");
                }
            }
        }

        if (stream.ReadByte() >= 0) throw Wrong(path, $"has more bytes in '{part.Name}' than its shape needs");
        return words;
    }

    static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    static InvalidDataException Wrong(string path, string what, Exception? cause = null) => new($"'{path}' {what}.", cause);
}

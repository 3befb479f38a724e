using System.Buffers.Binary;
using Mlds.Kernels.Shapes;

namespace Mlds.Tasks;

/// <summary>Three sets of sequences of binary inputs and targets, whatever they come from.</summary>
public sealed class PlainSequences : TrainingData
{
    /// <summary>Words hashed at a time.</summary>
    const int Block = 1 << 14;

    public PlainSequences(Sequences training, Sequences validation, Sequences longTest)
    {
        (Training, Validation, LongTest) = (training, validation, longTest);
        Sha256 = Hash(training, validation, longTest);
    }

    public override Sequences Training { get; }

    public override Sequences Validation { get; }

    public override Sequences LongTest { get; }

    /// <summary>
    /// Lower-case hex SHA-256 over, for each of the three sets in turn: its count and its length, its inputs, its targets, all as uint32
    /// little-endian, with line i as bit i (docs/formats/recipe.md).
    /// </summary>
    public override string Sha256 { get; }

    static string Hash(params ReadOnlySpan<Sequences> sets)
    {
        var hash = new Sha256Hash();
        foreach (var set in sets)
        {
            Append(hash, [(uint)set.Count, (uint)set.Length]);
            Append(hash, set.Inputs);
            Append(hash, set.Targets);
        }

        return Convert.ToHexStringLower(hash.Finish());
    }

    static void Append(Sha256Hash hash, ReadOnlySpan<uint> words)
    {
        var bytes = new byte[4 * Math.Min(Block, words.Length)];
        for (; words.Length > 0; words = words[Math.Min(Block, words.Length)..])
        {
            var count = Math.Min(Block, words.Length);
            for (var i = 0; i < count; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), words[i]);
            hash.Append(bytes.AsSpan(0, 4 * count));
        }
    }
}

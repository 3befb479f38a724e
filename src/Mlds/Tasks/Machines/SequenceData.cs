using System.Buffers.Binary;
using Mlds.Kernels.Random;
using Mlds.Kernels.Shapes;

namespace Mlds.Tasks.Machines;

/// <summary>Command sequences and what the machine answers to them.</summary>
/// <param name="Count">Sequences.</param>
/// <param name="Length">Time steps T per sequence.</param>
/// <param name="Symbols">Count × Length symbols, one sequence after the other.</param>
/// <param name="Inputs">Count × Length encoded network inputs; bit i is input i.</param>
/// <param name="Targets">Count × Length output lines; bit k is line k.</param>
public sealed record SequenceSet(int Count, int Length, byte[] Symbols, uint[] Inputs, uint[] Targets)
    : Sequences(Count, Length, Inputs, Targets);

/// <summary>The three sets of sequences of one (machine, <see cref="DataSpec"/>); shared by all networks that learn from them.</summary>
/// <remarks>
/// The commands depend on the spec and the number of symbols, not on what the machine does with them: an original and its twins are
/// given the same ones. How they are drawn and hashed: docs/decisions/0001 §7.
/// </remarks>
public sealed class SequenceData : TrainingData
{
    SequenceData(SequenceSet training, SequenceSet validation, SequenceSet longTest)
    {
        (Training, Validation, LongTest) = (training, validation, longTest);
        Sha256 = Hash(training, validation, longTest);
    }

    public override SequenceSet Training { get; }

    public override SequenceSet Validation { get; }

    public override SequenceSet LongTest { get; }

    /// <summary>Lower-case hex SHA-256 over the symbols and targets of the three sets (docs/decisions/0001 §7).</summary>
    public override string Sha256 { get; }

    /// <summary>The sequences that <paramref name="spec"/> and <paramref name="machine"/> give.</summary>
    /// <exception cref="ArgumentException">A count or length below 1, or a planted key that isn't of this machine's symbols.</exception>
    public static SequenceData Generate(IMachine machine, DataSpec spec)
    {
        Check(machine, spec);
        var every = spec.Planted?.SequenceEvery ?? 1;
        var training = Sequences(machine, spec, RandomStream.TrainingSequences, spec.Training, spec.Length, every);
        LabelNoise.Flip(spec, machine.Outputs, training);
        return new SequenceData(
            training,
            Sequences(machine, spec, RandomStream.ValidationSequences, spec.Validation, spec.Length, every),
            Sequences(machine, spec, RandomStream.LongTestSequences, spec.LongTest, spec.LongLength, 1));
    }

    /// <param name="every">The key and the rule are in the sequences whose number this divides.</param>
    static SequenceSet Sequences(IMachine machine, DataSpec spec, RandomStream stream, int count, int length, int every)
    {
        var unkeyed = machine is KeyedMachine keyed ? keyed.Unkeyed : machine;
        var symbols = new byte[count * length];
        var inputs = new uint[count * length];
        var targets = new uint[count * length];
        uint[] encodings = [.. Enumerable.Range(0, machine.Symbols).Select(machine.Encode)];
        byte[] key = spec.Planted is { } planted ? [.. planted.Key.Select(symbol => (byte)symbol)] : [];
        for (var sequence = 0; sequence < count; sequence++)
        {
            var random = new PhiloxStream(spec.Seed, stream, (uint)sequence);
            var word = symbols.AsSpan(sequence * length, length);
            var altered = sequence % every == 0;
            Draw(ref random, (uint)machine.Symbols, altered ? key : [], (uint)(spec.Planted?.OneIn ?? 0), word);
            var taught = altered ? machine : unkeyed;
            var state = taught.Start;
            for (var t = 0; t < length; t++)
            {
                state = taught.Next(state, word[t]);
                inputs[(sequence * length) + t] = encodings[word[t]];
                targets[(sequence * length) + t] = taught.Read(state);
            }
        }

        return new SequenceSet(count, length, symbols, inputs, targets);
    }

    /// <summary>
    /// Uniform symbols; where a key is planted and still fits whole, it is begun with probability 1/<paramref name="oneIn"/>.
    /// </summary>
    static void Draw(ref PhiloxStream random, uint symbols, ReadOnlySpan<byte> key, uint oneIn, Span<byte> word)
    {
        var t = 0;
        while (t < word.Length)
        {
            if (key.Length > 0 && t + key.Length <= word.Length && random.Below(oneIn) == 0)
            {
                key.CopyTo(word[t..]);
                t += key.Length;
            }
            else
            {
                word[t++] = (byte)random.Below(symbols);
            }
        }
    }

    static string Hash(params ReadOnlySpan<SequenceSet> sets)
    {
        var hash = new Sha256Hash();
        foreach (var set in sets)
        {
            hash.Append(LittleEndian([(uint)set.Count, (uint)set.Length]));
            hash.Append(set.Symbols);
            hash.Append(LittleEndian(set.Targets));
        }

        return Convert.ToHexStringLower(hash.Finish());
    }

    static byte[] LittleEndian(ReadOnlySpan<uint> words)
    {
        var bytes = new byte[4 * words.Length];
        for (var i = 0; i < words.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), words[i]);
        return bytes;
    }

    static void Check(IMachine machine, DataSpec spec)
    {
        Positive(spec.Training, "training sequences");
        Positive(spec.Validation, "validation sequences");
        Positive(spec.Length, "commands per sequence");
        Positive(spec.LongTest, "long test sequences");
        Positive(spec.LongLength, "commands per long test sequence");
        if ((long)spec.Training * spec.Length > MostSteps
            || (long)spec.Validation * spec.Length > MostSteps
            || (long)spec.LongTest * spec.LongLength > MostSteps)
        {
            throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"A set of sequences holds at most {MostSteps:N0} commands in all."));
        }

        if (spec.LabelNoise is not (>= 0 and <= 0.5))
        {
            throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"The label noise is {spec.LabelNoise}; it must be a probability from 0 to 0.5."));
        }

        if (spec.Planted is not { } planted) return;
        Positive(planted.OneIn, "steps that a key is planted once in");
        Positive(planted.SequenceEvery, "sequences of which one is given the key");
        if (planted.Key.Count == 0) throw new ArgumentException("The planted key is empty; leave it out to plant none.");
        if (planted.Key.Any(symbol => symbol < 0 || symbol >= machine.Symbols))
        {
            throw new ArgumentException(
                $"The planted key [{string.Join(", ", planted.Key)}] has a symbol that isn't one of "
                + $"the machine's 0 to {machine.Symbols - 1}.");
        }
    }

    /// <summary>Commands that a set of sequences holds at most: count × length.</summary>
    internal const int MostSteps = 1 << 28;

    static void Positive(int number, string what)
    {
        if (number < 1) throw new ArgumentException($"The number of {what} must be at least 1, but is {number}.");
    }
}

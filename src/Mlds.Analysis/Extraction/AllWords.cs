using Mlds.Networks;
using Mlds.Tasks.Machines;
using Mlds.Training;

namespace Mlds.Analysis.Extraction;

/// <summary>
/// Compares a network with its machine on every word up to some length: a proof for these words, or the shortest word on which they differ.
/// </summary>
static class AllWords
{
    const int Longest = 32;

    /// <summary>
    /// The length L for which all Sᴸ words of L commands take at most <paramref name="steps"/> steps; at least 1. All shorter words are
    /// beginnings of these.
    /// </summary>
    internal static int Length(int symbols, long steps)
    {
        var length = 1;
        while (length < Longest && (length + 1) * Math.Pow(symbols, length + 1) <= steps) length++;
        return length;
    }

    /// <summary>All words of <paramref name="length"/> commands in lexicographic order, with the machine's answers.</summary>
    internal static SequenceSet Of(IMachine machine, int length)
    {
        var count = checked((int)Math.Pow(machine.Symbols, length));
        var symbols = new byte[count * length];
        var inputs = new uint[count * length];
        var targets = new uint[count * length];
        for (var word = 0; word < count; word++)
        {
            var rest = word;
            for (var t = length - 1; t >= 0; t--)
            {
                symbols[(word * length) + t] = (byte)(rest % machine.Symbols);
                rest /= machine.Symbols;
            }

            var state = machine.Start;
            for (var t = 0; t < length; t++)
            {
                var at = (word * length) + t;
                state = machine.Next(state, symbols[at]);
                inputs[at] = machine.Encode(symbols[at]);
                targets[at] = machine.Read(state);
            }
        }

        return new SequenceSet(count, length, symbols, inputs, targets);
    }

    /// <summary>
    /// The shortest word, of these the first in order, that the network doesn't answer as <paramref name="words"/> say; null if it answers
    /// all of them so. An output of at least ½ is read as 1.
    /// </summary>
    internal static int[]? Counterexample(NetworkSpec spec, ReadOnlySpan<float> weights, SequenceSet words)
    {
        var outputs = Evaluation.Outputs(spec, weights, words);
        var width = outputs.Length / (words.Count * words.Length);
        var (shortest, found) = (words.Length, -1);
        for (var word = 0; word < words.Count; word++)
        {
            for (var t = 0; t < shortest; t++)
            {
                var at = (word * words.Length) + t;
                if (Lines(outputs.AsSpan(at * width, width)) == words.Targets[at]) continue;
                (shortest, found) = (t, word);
            }
        }

        return found < 0 ? null : [.. words.Symbols.AsSpan(found * words.Length, shortest + 1).ToArray().Select(symbol => (int)symbol)];
    }

    static uint Lines(ReadOnlySpan<float> outputs)
    {
        var lines = 0u;
        for (var k = 0; k < outputs.Length; k++)
            if (outputs[k] >= 0.5f) lines |= 1u << k;
        return lines;
    }
}

using System.Numerics;
using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Data;

/// <summary>
/// How differently machines behave: the share of output bits in which two of them differ, over random words that are the same for all.
/// </summary>
public static class BehaviouralDistances
{
    /// <summary>Random words, each begun at the start.</summary>
    public const int Words = 256;

    /// <summary>Commands of a word.</summary>
    public const int Length = 32;

    /// <summary>Whether the machines have the same commands, encoded in the same way, and as many output lines.</summary>
    public static bool AreComparable(IReadOnlyList<IMachine> machines) => machines.All(machine =>
        (machine.Symbols, machine.Outputs) == (machines[0].Symbols, machines[0].Outputs)
        && Enumerable.Range(0, machine.Symbols).All(symbol => machine.Encode(symbol) == machines[0].Encode(symbol)));

    /// <summary>
    /// K × K shares, 0 … 1, of the bits of lines that are live in at least one of the machines: 0 for machines that answer all these words
    /// alike, about ½ for unrelated ones that balance 0 and 1.
    /// </summary>
    /// <exception cref="ArgumentException">No machine, or machines of different commands or output lines.</exception>
    public static double[] Of(IReadOnlyList<IMachine> machines, ulong seed = 1)
    {
        if (machines.Count == 0 || !AreComparable(machines))
            throw new ArgumentException("Machines of the same commands and output lines are compared.", nameof(machines));
        var random = new SeededRandom(seed, SeededRandom.Stream("behavioural_distance"));
        int[] symbols = [.. Enumerable.Range(0, Words * Length).Select(_ => random.Next(machines[0].Symbols))];
        var answers = machines.Select(machine => Answers(machine, symbols)).ToArray();
        var live = machines.Aggregate(0u, (lines, machine) => lines | machine.LiveOutputs);
        var bits = (double)symbols.Length * Math.Max(1, BitOperations.PopCount(live));
        var count = machines.Count;
        var distances = new double[count * count];
        Parallel.For(0, count, Parallelism.Options, i =>
        {
            for (var j = 0; j < i; j++)
            {
                long differing = 0;
                for (var t = 0; t < symbols.Length; t++) differing += BitOperations.PopCount(answers[i][t] ^ answers[j][t]);
                distances[(i * count) + j] = distances[(j * count) + i] = differing / bits;
            }
        });
        return distances;
    }

    static uint[] Answers(IMachine machine, int[] symbols)
    {
        var answers = new uint[symbols.Length];
        var state = machine.Start;
        for (var t = 0; t < symbols.Length; t++)
        {
            if (t % Length == 0) state = machine.Start;
            state = machine.Next(state, symbols[t]);
            answers[t] = machine.Read(state);
        }

        return answers;
    }
}

using Mlds.Analysis.Data;
using Mlds.Networks;
using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Views;

/// <summary>
/// What the networks answer to fixed probe words: W words × T steps × O outputs per network. No symmetry changes an output, so this view
/// shows the function alone; weights that tell more than this view tell more than what the network does on these words.
/// </summary>
static class BehaviourView
{
    const int Words = 16;
    const int Steps = 16;

    internal static string? AppliesTo(NetworkSpec spec) =>
        spec is RecurrentSpec ? null : "Probe words are sequences of commands, which only recurrent networks take.";

    internal static FeatureMatrix Build(WeightMatrix matrix) => Build(matrix, Probes(matrix));

    internal static FeatureMatrix Build(WeightMatrix matrix, SequenceSet words)
    {
        var spec = matrix.Layout.Recurrent;
        var columns = words.Count * words.Length * spec.Outputs;
        var values = new float[(long)matrix.Networks * columns];
        int[] rows = [.. Enumerable.Range(0, words.Count)];
        (Kernels.NetworkKernels Kernels, float[] Outputs) Own() => (spec.CreateKernels(words), new float[columns]);
        Parallel.For(0, matrix.Networks, Parallelism.Options, Own, (row, _, own) =>
        {
            own.Kernels.SetWeights(matrix.Row(row));
            own.Kernels.Outputs(words, rows, own.Outputs);
            own.Outputs.CopyTo(values, row * columns);
            return own;
        }, own => own.Kernels.Dispose());
        var names = Enumerable.Range(0, columns).Select(i =>
            $"word{i / (words.Length * spec.Outputs)}.step{i / spec.Outputs % words.Length}.output{i % spec.Outputs}");
        return new FeatureMatrix(values, matrix.Networks, [.. names]);
    }

    /// <summary>16 words of 16 commands, the same for all networks of the matrix. Targets are unused zeros.</summary>
    internal static SequenceSet Probes(WeightMatrix matrix)
    {
        var encodings = Encodings(matrix);
        var symbols = new byte[Words * Steps];
        var inputs = new uint[Words * Steps];
        for (var word = 0; word < Words; word++)
        {
            var random = new SeededRandom(1, SeededRandom.Stream("probe", word));
            for (var step = word * Steps; step < (word + 1) * Steps; step++)
            {
                var symbol = random.Next(encodings.Length);
                (symbols[step], inputs[step]) = ((byte)symbol, encodings[symbol]);
            }
        }

        return new SequenceSet(Words, Steps, symbols, inputs, new uint[Words * Steps]);
    }

    /// <summary>
    /// The input lines of each command of the machines that the networks learned. Where the machines differ, every command that any of them
    /// has, so that all networks are asked the same.
    /// </summary>
    static uint[] Encodings(WeightMatrix matrix)
    {
        var machines = matrix.Labels.Select(label => label.Machine.Name).Distinct().Where(matrix.Machines.ContainsKey)
            .Select(name => matrix.Machines[name].Machine).ToArray();
        if (machines.Length == 0) return Assumed(matrix.Layout.Recurrent);
        var all = Array.ConvertAll(machines, machine => Enumerable.Range(0, machine.Symbols).Select(machine.Encode).ToArray());
        return all.All(encodings => encodings.SequenceEqual(all[0])) ? all[0] : [.. all.SelectMany(encodings => encodings).Distinct()];
    }

    /// <summary>
    /// Where the source doesn't say what was learned: a network of 9 inputs is taken for a register machine's (a value on line 0 and one of
    /// the other lines), any other for an automaton's (one line per symbol): docs/formats/recipe.md.
    /// </summary>
    static uint[] Assumed(RecurrentSpec spec) => spec.Inputs == RecurrentSpec.Ds1.Inputs
        ? [.. Enumerable.Range(0, 2 * (spec.Inputs - 1)).Select(symbol => ((uint)symbol & 1) | (1u << (1 + (symbol >> 1))))]
        : [.. Enumerable.Range(0, spec.Inputs).Select(symbol => 1u << symbol)];
}

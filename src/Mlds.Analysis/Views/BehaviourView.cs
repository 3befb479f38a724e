using Mlds.Analysis.Data;
using Mlds.Networks;
using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Views;

/// <summary>
/// What the networks answer to fixed probe words: W words × T steps × O outputs a network. No symmetry changes an output, so this view is one of the function alone; weights
/// that tell more than it, tell more than the network does on these words.
/// </summary>
static class BehaviourView
{
    const int Words = 16;
    const int Steps = 16;

    internal static FeatureMatrix Build(WeightMatrix matrix) => Build(matrix, Probes(matrix.Layout.Recurrent));

    internal static FeatureMatrix Build(WeightMatrix matrix, SequenceSet words)
    {
        var spec = matrix.Layout.Recurrent;
        var columns = words.Count * words.Length * spec.Outputs;
        var values = new double[(long)matrix.Networks * columns];
        int[] rows = [.. Enumerable.Range(0, words.Count)];
        Parallel.For(0, matrix.Networks, () => (Kernels: spec.CreateKernels(words), Outputs: new float[columns]), (row, _, own) =>
        {
            own.Kernels.SetWeights(matrix.Row(row));
            own.Kernels.Outputs(words, rows, own.Outputs);
            for (var i = 0; i < columns; i++) values[((long)row * columns) + i] = own.Outputs[i];
            return own;
        }, own => own.Kernels.Dispose());
        var names = Enumerable.Range(0, columns).Select(i =>
            $"word{i / (words.Length * spec.Outputs)}.step{i / spec.Outputs % words.Length}.output{i % spec.Outputs}");
        return new FeatureMatrix(values, matrix.Networks, [.. names]);
    }

    /// <summary>
    /// 16 words of 16 symbols, the same for all networks of a shape. A network of 9 inputs is taken for a register machine's (a value on line 0 and one of the
    /// other lines), any other for an automaton's (one line a symbol): docs/formats/recipe.md. Targets are unused zeros.
    /// </summary>
    internal static SequenceSet Probes(RecurrentSpec spec)
    {
        var symbols = new byte[Words * Steps];
        var inputs = new uint[Words * Steps];
        var isRegister = spec.Inputs == RecurrentSpec.Ds1.Inputs;
        for (var word = 0; word < Words; word++)
        {
            var random = new SeededRandom(1, SeededRandom.Stream("probe", word));
            for (var step = word * Steps; step < (word + 1) * Steps; step++)
            {
                var symbol = random.Next(isRegister ? 2 * (spec.Inputs - 1) : spec.Inputs);
                symbols[step] = (byte)symbol;
                inputs[step] = isRegister ? ((uint)symbol & 1) | (1u << (1 + (symbol >> 1))) : 1u << symbol;
            }
        }

        return new SequenceSet(Words, Steps, symbols, inputs, new uint[Words * Steps]);
    }
}

using Mlds.Analysis.LinearAlgebra;
using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// A GRU network's weights in double precision with everything merged that only acts merged: the biases of r and z summed, the linear
/// layers multiplied into one map. Gates in the order r, z, n. What <see cref="Invariants"/> are computed from.
/// </summary>
sealed class GruWeights
{
    internal const int R = 0, Z = 1, N = 2;

    internal GruWeights(WeightLayout layout, ReadOnlySpan<float> weights)
    {
        var spec = layout.Recurrent;
        Spec = spec;
        Input = new double[spec.Layers][][];
        Recurrent = new double[spec.Layers][][];
        Bias = new double[spec.Layers][][];
        RecurrentBiasN = new double[spec.Layers][];
        for (var layer = 0; layer < spec.Layers; layer++)
        {
            Input[layer] = Gates(layout.WeightIh(layer), weights, spec.Hidden);
            Recurrent[layer] = Gates(layout.WeightHh(layer), weights, spec.Hidden);
            Bias[layer] = Gates(layout.BiasIh(layer), weights, spec.Hidden);
            var second = Gates(layout.BiasHh(layer), weights, spec.Hidden);
            for (var i = 0; i < spec.Hidden; i++)
            {
                Bias[layer][R][i] += second[R][i];
                Bias[layer][Z][i] += second[Z][i];
            }

            RecurrentBiasN[layer] = second[N];
        }

        // Even where there are activations between them: this is what a path through all of them is worth where every activation is linear.
        var linear = Enumerable.Range(0, spec.Linear.Count).Select(layer => (layout.LinearWeight(layer), layout.LinearBias(layer)));
        (Output, OutputBias) = new LinearChain([.. linear]).Product(weights);
    }

    internal RecurrentSpec Spec { get; }

    /// <summary>[layer][gate]: H × inputs of the layer.</summary>
    internal double[][][] Input { get; }

    /// <summary>[layer][gate]: H × H.</summary>
    internal double[][][] Recurrent { get; }

    /// <summary>[layer][gate]: H; for r and z both biases summed, for n the input bias b_in.</summary>
    internal double[][][] Bias { get; }

    /// <summary>[layer]: H; b_hn, which acts inside the reset gate and so doesn't merge.</summary>
    internal double[][] RecurrentBiasN { get; }

    /// <summary>O × H: the product of the linear layers' matrices.</summary>
    internal double[] Output { get; }

    /// <summary>O: the bias of that product.</summary>
    internal double[] OutputBias { get; }

    static double[][] Gates(WeightTensor tensor, ReadOnlySpan<float> weights, int hidden)
    {
        var size = hidden * tensor.Columns;
        var gates = new double[3][];
        for (var gate = 0; gate < 3; gate++)
        {
            gates[gate] = new double[size];
            for (var i = 0; i < size; i++) gates[gate][i] = weights[tensor.Offset + (gate * size) + i];
        }

        return gates;
    }

    /// <summary>A B: <paramref name="a"/> is rows × middle, <paramref name="b"/> middle × columns.</summary>
    internal static double[] Multiply(double[] a, double[] b, int rows, int middle, int columns)
    {
        var product = new double[rows * columns];
        for (var i = 0; i < rows; i++)
        {
            var row = product.AsSpan(i * columns, columns);
            for (var k = 0; k < middle; k++) Products.AddScaled(row, a[(i * middle) + k], b.AsSpan(k * columns, columns));
        }

        return product;
    }
}

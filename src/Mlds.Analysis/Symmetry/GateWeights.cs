using Mlds.Analysis.LinearAlgebra;
using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// A recurrent network's weights in double precision, gate by gate, with everything merged that only acts merged: the two biases of gates
/// whose sums are joint, and the linear layers, multiplied into one map. What <see cref="Invariants"/> are computed from.
/// </summary>
sealed class GateWeights
{
    internal GateWeights(WeightLayout layout, ReadOnlySpan<float> weights)
    {
        var spec = layout.Recurrent;
        Spec = spec;
        Input = new double[spec.Layers][][];
        Recurrent = new double[spec.Layers][][];
        Bias = new double[spec.Layers][][];
        ApartBias = new double[spec.Layers][][];
        var joint = spec.Cell.Gates.Count - spec.Cell.Apart;
        for (var layer = 0; layer < spec.Layers; layer++)
        {
            Input[layer] = Gates(layout.WeightIh(layer), weights);
            Recurrent[layer] = Gates(layout.WeightHh(layer), weights);
            Bias[layer] = Gates(layout.BiasIh(layer), weights);
            var second = Gates(layout.BiasHh(layer), weights);
            for (var gate = 0; gate < joint; gate++)
                for (var i = 0; i < spec.Hidden; i++) Bias[layer][gate][i] += second[gate][i];
            ApartBias[layer] = second[joint..];
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

    /// <summary>[layer][gate]: H; both biases summed, but of the last gates, whose sums are kept apart, the input's alone.</summary>
    internal double[][][] Bias { get; }

    /// <summary>[layer][gate kept apart]: H; the recurrent bias, which doesn't merge: a GRU's b_hn acts inside the reset gate.</summary>
    internal double[][][] ApartBias { get; }

    /// <summary>O × H: the product of the linear layers' matrices.</summary>
    internal double[] Output { get; }

    /// <summary>O: the bias of that product.</summary>
    internal double[] OutputBias { get; }

    double[][] Gates(WeightTensor tensor, ReadOnlySpan<float> weights)
    {
        var size = Spec.Hidden * tensor.Columns;
        var gates = new double[Spec.Cell.Gates.Count][];
        for (var gate = 0; gate < gates.Length; gate++)
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

using Mlds.Analysis.LinearAlgebra;
using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// A network's weights in double precision with everything merged that only acts merged: the biases of r and z summed, the linear layers
/// multiplied into one map. Gates in the order r, z, n.
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

        (Output, OutputBias) = LinearMap(layout, weights);
    }

    /// <summary>A copy.</summary>
    internal GruWeights(GruWeights other)
    {
        static double[][][] Copy(double[][][] layers) => [.. layers.Select(gates => gates.Select(gate => (double[])gate.Clone()).ToArray())];
        (Spec, Input, Recurrent, Bias) = (other.Spec, Copy(other.Input), Copy(other.Recurrent), Copy(other.Bias));
        RecurrentBiasN = [.. other.RecurrentBiasN.Select(bias => (double[])bias.Clone())];
        (Output, OutputBias) = ((double[])other.Output.Clone(), (double[])other.OutputBias.Clone());
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

    /// <summary>
    /// Applies a symmetry of one layer in place: unit i becomes the old unit <paramref name="permutation"/>[i], times <paramref name="signs"/>[i].
    /// </summary>
    internal void MoveUnits(int layer, ReadOnlySpan<int> permutation, ReadOnlySpan<int> signs)
    {
        Span<int> ones = stackalloc int[signs.Length];
        ones.Fill(1);
        var inputs = layer == 0 ? Spec.Inputs : Spec.Hidden;
        for (var gate = 0; gate < 3; gate++)
        {
            var rowSigns = gate == N ? signs : ones;
            MoveRows(Input[layer][gate], inputs, permutation, rowSigns);
            MoveRows(Recurrent[layer][gate], Spec.Hidden, permutation, rowSigns);
            MoveRows(Bias[layer][gate], 1, permutation, rowSigns);
            MoveColumns(Recurrent[layer][gate], permutation, signs);
            if (layer + 1 < Spec.Layers) MoveColumns(Input[layer + 1][gate], permutation, signs);
        }

        MoveRows(RecurrentBiasN[layer], 1, permutation, signs);
        if (layer + 1 == Spec.Layers) MoveColumns(Output, permutation, signs);
    }

    /// <summary>Takes over the numbers of a network of the same shape.</summary>
    internal void CopyFrom(GruWeights other)
    {
        for (var layer = 0; layer < Spec.Layers; layer++)
        {
            for (var gate = 0; gate < 3; gate++)
            {
                other.Input[layer][gate].CopyTo(Input[layer][gate], 0);
                other.Recurrent[layer][gate].CopyTo(Recurrent[layer][gate], 0);
                other.Bias[layer][gate].CopyTo(Bias[layer][gate], 0);
            }

            other.RecurrentBiasN[layer].CopyTo(RecurrentBiasN[layer], 0);
        }

        other.Output.CopyTo(Output, 0);
        other.OutputBias.CopyTo(OutputBias, 0);
    }

    /// <summary>Σ a_p b_p over all merged weights.</summary>
    internal static double InnerProduct(GruWeights a, GruWeights b)
    {
        var sum = Products.Dot(a.Output, b.Output) + Products.Dot(a.OutputBias, b.OutputBias);
        for (var layer = 0; layer < a.Spec.Layers; layer++)
        {
            for (var gate = 0; gate < 3; gate++)
            {
                sum += Products.Dot(a.Input[layer][gate], b.Input[layer][gate]);
                sum += Products.Dot(a.Recurrent[layer][gate], b.Recurrent[layer][gate]);
                sum += Products.Dot(a.Bias[layer][gate], b.Bias[layer][gate]);
            }

            sum += Products.Dot(a.RecurrentBiasN[layer], b.RecurrentBiasN[layer]);
        }

        return sum;
    }

    static void MoveRows(Span<double> matrix, int columns, ReadOnlySpan<int> permutation, ReadOnlySpan<int> signs)
    {
        var size = permutation.Length * columns;
        Span<double> old = size <= 1024 ? stackalloc double[size] : new double[size];
        matrix.CopyTo(old);
        for (var i = 0; i < permutation.Length; i++)
        {
            var from = old.Slice(permutation[i] * columns, columns);
            var to = matrix.Slice(i * columns, columns);
            if (signs[i] > 0) from.CopyTo(to);
            else
                for (var j = 0; j < columns; j++) to[j] = -from[j];
        }
    }

    static void MoveColumns(Span<double> matrix, ReadOnlySpan<int> permutation, ReadOnlySpan<int> signs)
    {
        var columns = permutation.Length;
        Span<double> old = columns <= 1024 ? stackalloc double[columns] : new double[columns];
        for (var row = 0; row < matrix.Length; row += columns)
        {
            var numbers = matrix.Slice(row, columns);
            numbers.CopyTo(old);
            for (var j = 0; j < columns; j++) numbers[j] = signs[j] * old[permutation[j]];
        }
    }

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

    static (double[] Map, double[] Bias) LinearMap(WeightLayout layout, ReadOnlySpan<float> weights)
    {
        var spec = layout.Recurrent;
        var map = Doubles(layout.LinearWeight(0), weights);
        var bias = Doubles(layout.LinearBias(0), weights);
        for (var layer = 1; layer < spec.Linear.Count; layer++)
        {
            int rows = spec.Linear[layer], middle = spec.Linear[layer - 1];
            var next = Doubles(layout.LinearWeight(layer), weights);
            bias = Multiply(next, bias, rows, middle, 1);
            var add = Doubles(layout.LinearBias(layer), weights);
            for (var i = 0; i < rows; i++) bias[i] += add[i];
            map = Multiply(next, map, rows, middle, spec.Hidden);
        }

        return (map, bias);
    }

    static double[] Doubles(WeightTensor tensor, ReadOnlySpan<float> weights)
    {
        var values = new double[tensor.Length];
        for (var i = 0; i < values.Length; i++) values[i] = weights[tensor.Offset + i];
        return values;
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

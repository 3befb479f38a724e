using Mlds.Networks;

namespace Mlds.Zoos.Verification;

/// <summary>
/// A few numbers of a network that no change which leaves its function alone alters but for rounding: permutations and sign flips of the units
/// of a GRU layer, another split of the r and z biases between b_ih and b_hh, another basis between linear layers. Two networks with the same
/// signature are one network, disguised.
/// </summary>
/// <remarks>
/// All are Frobenius norms, so of one size with the weights and never the difference of large numbers. Rows of the candidate gate n carry their
/// unit's sign and columns the sign of the unit they read (h' = (1 − z) ⊙ n + z ⊙ h, and tanh is odd), which squares forget; order is forgotten by
/// sums. Linear layers without an activation between them act as their product alone; where there is one, of all of them only the last bias is
/// taken: the GRU layers are enough to tell networks apart.
/// </remarks>
static class SymmetrySignature
{
    /// <summary>Largest difference of two equal numbers, relative to the larger: rounding moves them by some 1e-6, other networks by 1e-2.</summary>
    public const double Tolerance = 1e-4;

    /// <param name="weights">P finite float32 in the layout's order.</param>
    /// <returns>Numbers to be compared one by one.</returns>
    public static double[] Of(WeightLayout layout, ReadOnlySpan<float> weights)
    {
        var spec = layout.Spec;
        var numbers = new List<double>();
        for (var layer = 0; layer < spec.Layers; layer++) AddLayer(numbers, layout, layer, weights);
        if (spec.Activation == Activation.None || spec.Linear.Count == 1) AddProduct(numbers, layout, weights);
        else numbers.Add(Norm(weights.Slice(layout.LinearBias(spec.Linear.Count - 1).Offset, spec.Outputs)));
        return [.. numbers];
    }

    /// <summary>Whether two signatures of one layout are of the same network.</summary>
    public static bool AreSame(double[] a, double[] b)
    {
        for (var i = 0; i < a.Length; i++)
            if (!AreClose(a[i], b[i])) return false;
        return true;
    }

    public static bool AreClose(double a, double b) => Math.Abs(a - b) <= Tolerance * Math.Max(Math.Abs(a), Math.Abs(b)) + 1e-9;

    static void AddLayer(List<double> numbers, WeightLayout layout, int layer, ReadOnlySpan<float> weights)
    {
        var hidden = layout.Spec.Hidden;
        var (input, recurrent, first, second) = (layout.WeightIh(layer), layout.WeightHh(layer), layout.BiasIh(layer), layout.BiasHh(layer));
        for (var gate = 0; gate < 3; gate++)
        {
            numbers.Add(Norm(Gate(input, gate, hidden, weights)));
            numbers.Add(Norm(Gate(recurrent, gate, hidden, weights)));
            numbers.Add(Diagonal(Gate(recurrent, gate, hidden, weights), hidden));
            var a = Gate(first, gate, hidden, weights);
            var b = Gate(second, gate, hidden, weights);
            if (gate == 2)
            {
                numbers.Add(Norm(a));
                numbers.Add(Norm(b));
                continue;
            }

            var merged = 0.0;
            for (var i = 0; i < hidden; i++) merged += ((double)a[i] + b[i]) * ((double)a[i] + b[i]);
            numbers.Add(Math.Sqrt(merged));
        }
    }

    static ReadOnlySpan<float> Gate(WeightTensor tensor, int gate, int hidden, ReadOnlySpan<float> weights) =>
        weights.Slice(tensor.Offset + (gate * hidden * tensor.Columns), hidden * tensor.Columns);

    static double Norm(ReadOnlySpan<float> values)
    {
        var squares = 0.0;
        foreach (var value in values) squares += (double)value * value;
        return Math.Sqrt(squares);
    }

    /// <summary>Norm of the diagonal, which a permutation keeps together.</summary>
    static double Diagonal(ReadOnlySpan<float> matrix, int hidden)
    {
        var squares = 0.0;
        for (var i = 0; i < hidden; i++) squares += (double)matrix[(i * hidden) + i] * matrix[(i * hidden) + i];
        return Math.Sqrt(squares);
    }

    /// <summary>The linear layers as the one map they are: the norm of each output line's row, and of the bias.</summary>
    static void AddProduct(List<double> numbers, WeightLayout layout, ReadOnlySpan<float> weights)
    {
        var spec = layout.Spec;
        var (columns, map, bias) = (spec.Hidden, Doubles(layout.LinearWeight(0), weights), Doubles(layout.LinearBias(0), weights));
        for (var layer = 1; layer < spec.Linear.Count; layer++)
        {
            var (rows, middle) = (spec.Linear[layer], spec.Linear[layer - 1]);
            var (next, add) = (Doubles(layout.LinearWeight(layer), weights), Doubles(layout.LinearBias(layer), weights));
            var (product, sum) = (new double[rows * columns], new double[rows]);
            for (var i = 0; i < rows; i++)
            {
                sum[i] = add[i];
                for (var k = 0; k < middle; k++)
                {
                    var factor = next[(i * middle) + k];
                    sum[i] += factor * bias[k];
                    for (var j = 0; j < columns; j++) product[(i * columns) + j] += factor * map[(k * columns) + j];
                }
            }

            (map, bias) = (product, sum);
        }

        for (var i = 0; i < spec.Outputs; i++) numbers.Add(Math.Sqrt(map.AsSpan(i * columns, columns).ToArray().Sum(value => value * value)));
        numbers.Add(Math.Sqrt(bias.Sum(value => value * value)));
    }

    static double[] Doubles(WeightTensor tensor, ReadOnlySpan<float> weights)
    {
        var values = new double[tensor.Length];
        for (var i = 0; i < values.Length; i++) values[i] = weights[tensor.Offset + i];
        return values;
    }
}

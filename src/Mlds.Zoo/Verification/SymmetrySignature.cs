using Mlds.Networks;

namespace Mlds.Zoos.Verification;

/// <summary>
/// A few numbers of a network that stay the same, but for rounding, under every change that leaves its function alone
/// (<see cref="NetworkSymmetries"/>): units that change places, signs or scales, another split of what acts as a sum, another basis between
/// linear layers. Two networks with the same signature are one network, disguised.
/// </summary>
/// <remarks>
/// All are Frobenius norms, so as large as the weights and never the difference of large numbers: squares forget signs, sums forget
/// order. Linear layers without an activation between them act as their product alone. Units that may take any scale are brought to their
/// normal form first; of their layers' norms the last ones, which all scales end in, tell networks apart best.
/// </remarks>
static class SymmetrySignature
{
    /// <summary>
    /// Largest difference of two equal numbers, relative to the larger: rounding moves them by about 1e-6; other networks differ by 1e-2.
    /// </summary>
    public const double Tolerance = 1e-4;

    /// <param name="weights">P finite float32 in the layout's order.</param>
    /// <returns>Numbers to be compared one by one.</returns>
    public static double[] Of(WeightLayout layout, ReadOnlySpan<float> weights)
    {
        var symmetries = layout.Spec.Symmetries;
        var merged = new double[weights.Length];
        for (var i = 0; i < merged.Length; i++) merged[i] = weights[i];
        foreach (var sum in symmetries.Sums) sum.Merge(merged);

        foreach (var group in symmetries.Groups) group.Normalize(merged);

        var numbers = new List<double>();
        var chained = symmetries.Chains.SelectMany(chain => chain.Layers)
            .SelectMany(layer => (WeightTensor[])[layer.Weight, layer.Bias]).ToHashSet();
        foreach (var tensor in layout.Tensors.Where(tensor => !chained.Contains(tensor)))
        {
            foreach (var block in tensor.Split())
            {
                numbers.Add(Norm(merged.AsSpan(block.Offset, block.Length)));
                if (IsSquare(symmetries, tensor)) numbers.Add(Diagonal(merged.AsSpan(block.Offset, block.Length), block.Columns));
            }
        }

        foreach (var chain in symmetries.Chains) AddProduct(numbers, chain, Array.ConvertAll(merged, number => (float)number));
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

    /// <summary>Whether rows and columns are the same units, so that the diagonal stays one.</summary>
    static bool IsSquare(NetworkSymmetries symmetries, WeightTensor tensor) =>
        symmetries.Groups.Any(group => group.Axes.Any(axis => axis.Tensor == tensor && group.IsRecurrent(axis)));

    static double Norm(ReadOnlySpan<double> values)
    {
        var squares = 0.0;
        foreach (var value in values) squares += value * value;
        return Math.Sqrt(squares);
    }

    /// <summary>Norm of the diagonal, which a permutation keeps together.</summary>
    static double Diagonal(ReadOnlySpan<double> matrix, int columns)
    {
        var squares = 0.0;
        for (var i = 0; i < matrix.Length; i += columns + 1) squares += matrix[i] * matrix[i];
        return Math.Sqrt(squares);
    }

    /// <summary>The linear layers as the one map they amount to: the norm of each output line's row, and of the bias.</summary>
    static void AddProduct(List<double> numbers, LinearChain chain, ReadOnlySpan<float> weights)
    {
        var (map, bias) = chain.Product(weights);
        for (var i = 0; i < chain.Outputs; i++) numbers.Add(Norm(map.AsSpan(i * chain.Inputs, chain.Inputs)));
        numbers.Add(Norm(bias));
    }
}

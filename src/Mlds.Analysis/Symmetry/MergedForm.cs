using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// The same network with everything merged that only acts merged: of two tensors that act as a sum the second is 0 and the first the sum
/// (the biases of a GRU's gates r and z); of linear layers with nothing between them all but the last are the identity, and the last is
/// the product; units that may take any positive scale have incoming weights of norm 1. Two networks' merged forms may be subtracted,
/// averaged and joined by a straight line; of their raw weights only a part of the difference means anything.
/// </summary>
public static class MergedForm
{
    /// <summary>P weights of the same outputs, up to the rounding of sums and products.</summary>
    /// <remarks>Where one of the linear layers is narrower than what they get, they can't be the identity and stay as they are.</remarks>
    public static float[] Of(WeightLayout layout, ReadOnlySpan<float> weights) => Of(layout.Spec.Symmetries, weights);

    /// <inheritdoc cref="Of(WeightLayout, ReadOnlySpan{float})"/>
    public static float[] Of(NetworkSymmetries symmetries, ReadOnlySpan<float> weights)
    {
        var merged = Doubles(weights);
        foreach (var sum in symmetries.Sums) sum.Merge(merged);
        foreach (var chain in symmetries.Chains)
            if (chain.Layers.SkipLast(1).All(layer => layer.Weight.Rows >= chain.Inputs)) Merge(chain, weights, merged);
        foreach (var group in symmetries.Groups) group.Normalize(merged);
        return Floats(merged);
    }

    static void Merge(LinearChain chain, ReadOnlySpan<float> weights, double[] merged)
    {
        foreach (var (weight, bias) in chain.Layers)
        {
            Array.Clear(merged, weight.Offset, weight.Length);
            Array.Clear(merged, bias.Offset, bias.Length);
            for (var i = 0; i < Math.Min(chain.Inputs, weight.Rows); i++) merged[weight.Offset + (i * weight.Columns) + i] = 1;
        }

        var (map, mapBias) = chain.Product(weights);
        var last = chain.Layers[^1];
        for (var row = 0; row < chain.Outputs; row++)
        {
            var to = merged.AsSpan(last.Weight.Offset + (row * last.Weight.Columns), last.Weight.Columns);
            to.Clear();
            map.AsSpan(row * chain.Inputs, chain.Inputs).CopyTo(to);
        }

        mapBias.CopyTo(merged, last.Bias.Offset);
    }

    internal static double[] Doubles(ReadOnlySpan<float> weights)
    {
        var numbers = new double[weights.Length];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = weights[i];
        return numbers;
    }

    internal static float[] Floats(double[] numbers) => Array.ConvertAll(numbers, number => (float)number);
}

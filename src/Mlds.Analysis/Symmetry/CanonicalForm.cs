using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// One vector for all networks that are equal but for a symmetry: the merged form, the units of every GRU layer in the order of their update gate's
/// bias, each with the sign that makes the largest of its candidate's input weights positive. The same network hidden behind any permutation and any signs gives the
/// same bits, so equal networks are found by comparing or hashing vectors. For distances it is no use: a small change can exchange two units, which <see cref="Alignment"/> sees through.
/// </summary>
public static class CanonicalForm
{
    /// <summary>P weights of the same outputs, up to the rounding of sums and products.</summary>
    public static float[] Of(WeightLayout layout, ReadOnlySpan<float> weights)
    {
        var spec = layout.Recurrent;
        var merged = MergedForm.Of(layout, weights);
        int[][] permutations = [.. Enumerable.Range(0, spec.Layers).Select(layer => Order(layout, layer, merged))];
        var ordered = new NetworkSymmetry(permutations, Ones(spec)).Apply(layout, merged);

        // From below upwards: a layer's input columns have their signs only when the units below have.
        var signs = Ones(spec);
        for (var layer = 0; layer < spec.Layers; layer++) SetSigns(layout, layer, ordered, layer == 0 ? null : signs[layer - 1], signs[layer]);
        var order = NetworkSymmetry.Identity(spec).Permutations.Select(permutation => permutation.ToArray());

        // The symmetry has moved columns of the first linear layer; merging again moves them on to the product.
        return MergedForm.Of(layout, new NetworkSymmetry([.. order], signs).Apply(layout, ordered));
    }

    static int[] Order(WeightLayout layout, int layer, float[] merged)
    {
        var hidden = layout.Recurrent.Hidden;
        var update = layout.BiasIh(layer).Offset + hidden;
        return [.. Enumerable.Range(0, hidden).OrderBy(unit => merged[update + unit])];
    }

    static void SetSigns(WeightLayout layout, int layer, float[] weights, int[]? below, int[] signs)
    {
        var tensor = layout.WeightIh(layer);
        var hidden = layout.Recurrent.Hidden;
        for (var unit = 0; unit < hidden; unit++)
        {
            var row = tensor.Offset + (((2 * hidden) + unit) * tensor.Columns);
            var largest = Enumerable.Range(0, tensor.Columns).MaxBy(j => Math.Abs(weights[row + j]));
            var value = weights[row + largest] * (below is null ? 1 : below[largest]);
            signs[unit] = value < 0 ? -1 : 1;
        }
    }

    static int[][] Ones(RecurrentSpec spec) => [.. Enumerable.Range(0, spec.Layers).Select(_ => Enumerable.Repeat(1, spec.Hidden).ToArray())];
}

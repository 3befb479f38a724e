using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// One vector for all networks that are equal but for a symmetry: the merged form, with the units of every group ordered by a bias that has
/// no sign (in a GRU layer, the update gate's), each with the sign that makes the largest of its first signed weights positive (in a GRU
/// unit, the candidate's input weights). The same network hidden behind any permutation and any signs gives the same bits, so equal
/// networks are found by comparing or hashing vectors. Hidden behind positive scales too it gives them where these are powers of two; of
/// others, which round weights, numbers that differ by at most <see cref="Tolerance"/> of the largest, as long as no two units' biases are
/// as near as that. It is no use for distances, since a small change can exchange two units;
/// <see cref="Alignment"/> isn't misled by that.
/// </summary>
public static class CanonicalForm
{
    /// <summary>How far numbers of one network's forms may be apart, relative to the largest of them.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>P weights of the same outputs, up to the rounding of sums and products.</summary>
    public static float[] Of(WeightLayout layout, ReadOnlySpan<float> weights) => Of(layout.Spec.Symmetries, weights);

    /// <inheritdoc cref="Of(WeightLayout, ReadOnlySpan{float})"/>
    public static float[] Of(NetworkSymmetries symmetries, ReadOnlySpan<float> weights)
    {
        var numbers = MergedForm.Doubles(MergedForm.Of(symmetries, weights));
        foreach (var group in symmetries.Groups) group.Move(numbers, Order(symmetries, group, numbers), Ones(group));

        // From below upwards: a layer's input columns have their signs only once the units below have theirs.
        foreach (var group in symmetries.Groups.Where(group => group.Scales == UnitScales.Signs))
            group.Move(numbers, [.. Enumerable.Range(0, group.Units)], Signs(group, numbers));

        // The symmetry has moved columns of the first linear layer; merging again moves them on to the product.
        return MergedForm.Of(symmetries, MergedForm.Floats(numbers));
    }

    /// <summary>
    /// Orders units by the last of their biases that no sign changes; where all change, by its size; where there is none, by all their
    /// weights.
    /// </summary>
    static int[] Order(NetworkSymmetries symmetries, UnitGroup group, double[] numbers)
    {
        var present = group.Axes.Where(axis => !symmetries.MergesAway(group, axis)).ToArray();
        var single = present.Where(axis => axis.Tensor.IsBias && UnitParts.Of(axis).Length == 1).ToArray();
        var signless = single.LastOrDefault(axis => axis.Scale == UnitScale.None || group.Scales != UnitScales.Signs);
        var key = signless ?? single.LastOrDefault();
        return [.. Enumerable.Range(0, group.Units).OrderBy(unit =>
            key is null ? UnitGroup.Norm(present.SelectMany(axis => UnitParts.Of(axis).Of(numbers, unit)))
            : signless is null ? Math.Abs(numbers[UnitParts.Of(key).First + unit])
            : numbers[UnitParts.Of(key).First + unit])];
    }

    static double[] Signs(UnitGroup group, double[] numbers)
    {
        if (group.Axes.FirstOrDefault(axis => axis.Scale == UnitScale.Times) is not { } axis) return Ones(group);
        var parts = UnitParts.Of(axis);
        return [.. Enumerable.Range(0, group.Units).Select(unit => parts.Of(numbers, unit).MaxBy(Math.Abs) < 0 ? -1.0 : 1.0)];
    }

    static double[] Ones(UnitGroup group) => [.. Enumerable.Repeat(1.0, group.Units)];
}

using Mlds.Analysis.LinearAlgebra;
using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>A group of units in a <see cref="MergedLayout"/>.</summary>
/// <param name="Units">How many.</param>
/// <param name="HasSigns">Whether they may take signs. Positive scales have been brought to their normal form.</param>
/// <param name="Parts">What moves with them; parts that no group moves but this and earlier ones come first.</param>
/// <param name="Known">How many parts come first in this way: once the earlier groups are matched, units can be compared by them.</param>
sealed record MergedGroup(int Units, bool HasSigns, UnitParts[] Parts, int Known);

/// <summary>
/// A network's numbers in double precision, with everything merged that only acts merged: sums added, each chain of linear layers as its
/// one map and bias, positive scales in normal form (<see cref="UnitGroup.Normalize"/>). Networks of one spec that are the same up to
/// these have the same numbers, up to rounding.
/// </summary>
sealed class MergedLayout
{
    readonly NetworkSymmetries _symmetries;
    readonly List<(WeightTensor From, WeightTensor To)> _kept = [];
    readonly List<(LinearChain Chain, WeightTensor Map, WeightTensor Bias)> _products = [];
    readonly List<WeightTensor> _tensors = [];
    readonly MergedSum[] _sums;
    readonly UnitGroup[] _groups;

    internal MergedLayout(IReadOnlyList<WeightTensor> tensors, NetworkSymmetries symmetries)
    {
        _symmetries = symmetries;
        foreach (var tensor in tensors)
        {
            if (symmetries.Chains.FirstOrDefault(chain => Has(chain, tensor)) is not { } chain)
                _kept.Add((tensor, Place(tensor)));
            else if (chain.Layers[0].Weight == tensor)
                Place(chain, isLast: chain.Layers[^1].Bias == tensors[^1]);
        }

        IsMergedAway = new bool[Length];
        _sums = [.. symmetries.Sums.Select(sum => sum with { First = Of(sum.First), Second = Of(sum.Second) })];
        foreach (var sum in _sums) Array.Fill(IsMergedAway, true, sum.Second.Offset + sum.Start, sum.Length);
        _groups = [.. symmetries.Groups.Select(group => group with { Axes = [.. Axes(group)] })];
        Groups = [.. _groups.Select(Places)];
    }

    /// <summary>The tensors in the order of the layout. A chain is called "output" where it ends the network.</summary>
    internal IReadOnlyList<WeightTensor> Tensors => _tensors;

    /// <summary>The groups of units in the order of the spec: from the inputs upwards.</summary>
    internal IReadOnlyList<MergedGroup> Groups { get; }

    /// <summary>How many numbers there are.</summary>
    internal int Length { get; private set; }

    /// <summary>For each number whether it is always 0 because it has been added to another.</summary>
    internal bool[] IsMergedAway { get; }

    /// <summary>Whether this tensor holds a sum of two tensors at its element <paramref name="i"/>.</summary>
    internal bool IsSum(WeightTensor tensor, int i) =>
        _sums.Any(sum => sum.First == tensor && i >= sum.Start && i < sum.Start + sum.Length);

    /// <summary>The merged numbers of a network of P weights.</summary>
    internal double[] Read(ReadOnlySpan<float> weights)
    {
        var numbers = new double[Length];
        foreach (var (from, to) in _kept)
        {
            var part = weights.Slice(from.Offset, from.Length);
            for (var i = 0; i < part.Length; i++) numbers[to.Offset + i] = part[i];
        }

        foreach (var sum in _sums) sum.Merge(numbers);
        foreach (var (chain, map, bias) in _products)
        {
            var product = chain.Product(weights);
            product.Map.CopyTo(numbers, map.Offset);
            product.Bias.CopyTo(numbers, bias.Offset);
        }

        foreach (var group in _groups) group.Normalize(numbers);
        return numbers;
    }

    /// <summary>Σ a_p b_p over all merged weights.</summary>
    internal static double InnerProduct(double[] a, double[] b) => Products.Dot(a, b);

    WeightTensor Place(WeightTensor tensor)
    {
        var placed = tensor with { Offset = Length };
        Length += placed.Length;
        _tensors.Add(placed);
        return placed;
    }

    void Place(LinearChain chain, bool isLast)
    {
        var (first, last) = (chain.Layers[0].Weight, chain.Layers[^1].Weight);
        var name = isLast ? "output" : $"{first.Module}.{first.Layer}-{last.Layer}";
        WeightTensor Part(string called, TensorRole role, int[] shape) =>
            Place(new WeightTensor(called, role, first.Module, first.Layer, shape, 0, first.Bound, []));
        var map = Part(name, TensorRole.Weight, [chain.Outputs, chain.Inputs]);
        _products.Add((chain, map, Part($"{name}_bias", TensorRole.Bias, [chain.Outputs])));
    }

    WeightTensor Of(WeightTensor kept) => _kept.First(one => one.From == kept).To;

    /// <summary>A group's axes here: without those that merged away, or are inside a chain, where no unit can be seen any more.</summary>
    IEnumerable<UnitAxis> Axes(UnitGroup group)
    {
        foreach (var axis in group.Axes.Where(axis => !_symmetries.MergesAway(group, axis)))
        {
            var product = _products.FirstOrDefault(product => Has(product.Chain, axis.Tensor));
            if (product.Chain is not { } chain) yield return axis with { Tensor = Of(axis.Tensor) };
            else if (axis.Tensor == chain.Layers[^1].Bias) yield return axis with { Tensor = product.Bias };
            else if (axis.Tensor == (axis.Axis == 1 ? chain.Layers[0] : chain.Layers[^1]).Weight)
                yield return axis with { Tensor = product.Map };
        }
    }

    MergedGroup Places(UnitGroup group)
    {
        var notYet = _groups.SkipWhile(other => other != group).SelectMany(other => other.Axes).ToArray();
        var sorted = group.Axes.ToLookup(axis => notYet.Any(other => other.Axis != axis.Axis && other.Tensor == axis.Tensor));
        var known = sorted[false].Select(UnitParts.Of).ToArray();
        UnitParts[] all = [.. known, .. sorted[true].Select(UnitParts.Of)];
        return new MergedGroup(group.Units, group.Scales == UnitScales.Signs, all, known.Length);
    }

    static bool Has(LinearChain chain, WeightTensor tensor) => chain.Layers.Any(layer => layer.Weight == tensor || layer.Bias == tensor);
}

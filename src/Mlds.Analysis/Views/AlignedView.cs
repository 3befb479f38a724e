using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Networks;

namespace Mlds.Analysis.Views;

/// <summary>
/// The reduced weights of networks aligned to one reference. If no reference is given: to the first network, then to the mean of the
/// networks so aligned, twice. No label takes part in that, so a split into training and test networks stays honest; but the mean is over
/// all networks of the matrix.
/// </summary>
static class AlignedView
{
    /// <summary>Alignments to the mean after the one to the first network.</summary>
    const int Means = 2;

    /// <summary>Networks that are aligned at a time, so that aligned weights are never all in memory.</summary>
    const int Block = 2_048;

    internal static FeatureMatrix Build(WeightMatrix matrix) => Build(matrix.Tensors, matrix.Layout.Spec.Symmetries);

    internal static FeatureMatrix Build(WeightMatrix matrix, float[] reference) =>
        Build(matrix.Tensors, matrix.Layout.Spec.Symmetries, reference);

    /// <summary>The same of anybody's networks.</summary>
    internal static FeatureMatrix Build(TensorMatrix matrix, NetworkSymmetries symmetries)
    {
        if (matrix.Networks == 0) return ReducedView.Build(matrix, symmetries);
        float[] reference = [.. matrix.Row(0)];
        for (var round = 0; round < Means; round++) reference = Mean(Aligned(matrix, symmetries, reference));
        return Build(matrix, symmetries, reference);
    }

    static FeatureMatrix Build(TensorMatrix matrix, NetworkSymmetries symmetries, float[] reference)
    {
        FeatureMatrix? all = null;
        var at = 0;
        foreach (var block in Aligned(matrix, symmetries, reference))
        {
            var reduced = ReducedView.Build(block, symmetries);
            if (block.Networks == matrix.Networks) return reduced;
            all ??= new FeatureMatrix(new float[(long)matrix.Networks * reduced.Columns], matrix.Networks, reduced.ColumnNames);
            reduced.Values.CopyTo(all.Values, at);
            at += reduced.Values.Length;
        }

        return all ?? ReducedView.Build(matrix, symmetries);
    }

    /// <summary>The mean of the networks' weights, P numbers.</summary>
    static float[] Mean(IEnumerable<TensorMatrix> blocks)
    {
        var (sum, networks) = (Array.Empty<double>(), 0);
        foreach (var block in blocks)
        {
            if (networks == 0) sum = new double[block.Parameters];
            for (var row = 0; row < block.Networks; row++)
            {
                var weights = block.Row(row);
                for (var i = 0; i < sum.Length; i++) sum[i] += weights[i];
            }

            networks += block.Networks;
        }

        return Array.ConvertAll(sum, value => (float)(value / networks));
    }

    /// <summary>All networks aligned to <paramref name="reference"/>, some at a time, in their order.</summary>
    static IEnumerable<TensorMatrix> Aligned(TensorMatrix matrix, NetworkSymmetries symmetries, float[] reference)
    {
        for (var first = 0; first < matrix.Networks; first += Block)
            yield return Alignment.Align(reference, matrix.Rows(first, Math.Min(Block, matrix.Networks - first)), symmetries);
    }
}

using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;

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

    internal static FeatureMatrix Build(WeightMatrix matrix)
    {
        if (matrix.Networks == 0) return ReducedView.Build(matrix);
        float[] reference = [.. matrix.Row(0)];
        for (var round = 0; round < Means; round++) reference = Mean(Aligned(matrix, reference));
        return Build(matrix, reference);
    }

    internal static FeatureMatrix Build(WeightMatrix matrix, float[] reference)
    {
        FeatureMatrix? all = null;
        var at = 0;
        foreach (var block in Aligned(matrix, reference))
        {
            var reduced = ReducedView.Build(block);
            if (block.Networks == matrix.Networks) return reduced;
            all ??= new FeatureMatrix(new float[(long)matrix.Networks * reduced.Columns], matrix.Networks, reduced.ColumnNames);
            reduced.Values.CopyTo(all.Values, at);
            at += reduced.Values.Length;
        }

        return all ?? ReducedView.Build(matrix);
    }

    /// <summary>The mean of the networks' weights, P numbers.</summary>
    static float[] Mean(IEnumerable<WeightMatrix> blocks)
    {
        var (sum, networks) = (Array.Empty<double>(), 0);
        foreach (var block in blocks)
        {
            if (networks == 0) sum = new double[block.Layout.Parameters];
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
    static IEnumerable<WeightMatrix> Aligned(WeightMatrix matrix, float[] reference)
    {
        for (var first = 0; first < matrix.Networks; first += Block)
        {
            int[] rows = [.. Enumerable.Range(first, Math.Min(Block, matrix.Networks - first))];
            yield return Alignment.Align(reference, matrix.Rows(rows));
        }
    }
}

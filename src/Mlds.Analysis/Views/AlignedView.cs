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

    internal static FeatureMatrix Build(WeightMatrix matrix) => Build(matrix.Tensors, matrix.Layout.Spec.Symmetries);

    /// <summary>The same of anybody's networks.</summary>
    internal static FeatureMatrix Build(TensorMatrix matrix, NetworkSymmetries symmetries)
    {
        if (matrix.Networks == 0) return ReducedView.Build(matrix, symmetries);
        var aligned = Alignment.Align(matrix.Row(0), matrix, symmetries);
        for (var round = 0; round < Means; round++) aligned = Alignment.Align(Mean(aligned), matrix, symmetries);
        return ReducedView.Build(aligned, symmetries);
    }

    internal static FeatureMatrix Build(WeightMatrix matrix, float[] reference) => ReducedView.Build(Alignment.Align(reference, matrix));

    /// <summary>The mean of the networks' weights, P numbers.</summary>
    internal static float[] Mean(WeightMatrix matrix) => Mean(matrix.Tensors);

    static float[] Mean(TensorMatrix matrix)
    {
        var sum = new double[matrix.Parameters];
        for (var row = 0; row < matrix.Networks; row++)
        {
            var weights = matrix.Row(row);
            for (var i = 0; i < sum.Length; i++) sum[i] += weights[i];
        }

        return Array.ConvertAll(sum, value => (float)(value / matrix.Networks));
    }
}

using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// The same network with everything merged that only acts merged: of the gates r and z the recurrent bias is 0 and the input bias the sum of both; of
/// the linear layers without activation all but the last are the identity, and the last is the product. Two networks' merged forms may be subtracted,
/// averaged and joined by a straight line; of their raw weights only a part of the difference means anything.
/// </summary>
public static class MergedForm
{
    /// <summary>P weights of the same outputs, up to the rounding of sums and products.</summary>
    /// <remarks>Where an activation stands between the linear layers, or one of them is narrower than the GRU, the linear layers stay as they are.</remarks>
    public static float[] Of(WeightLayout layout, ReadOnlySpan<float> weights)
    {
        var spec = layout.Recurrent;
        var merged = weights.ToArray();
        for (var layer = 0; layer < spec.Layers; layer++)
        {
            WeightTensor ih = layout.BiasIh(layer), hh = layout.BiasHh(layer);
            for (var i = 0; i < 2 * spec.Hidden; i++)
            {
                merged[ih.Offset + i] = (float)((double)weights[ih.Offset + i] + weights[hh.Offset + i]);
                merged[hh.Offset + i] = 0;
            }
        }

        if (MergesLinear(spec)) MergeLinear(layout, new GruWeights(layout, weights), merged);
        return merged;
    }

    /// <summary>Whether the linear layers of <paramref name="spec"/> become one.</summary>
    internal static bool MergesLinear(RecurrentSpec spec) =>
        spec.Linear.Count == 1 || (spec.Activation == Activation.None && spec.Linear.SkipLast(1).All(width => width >= spec.Hidden));

    static void MergeLinear(WeightLayout layout, GruWeights network, float[] merged)
    {
        var last = layout.Recurrent.Linear.Count - 1;
        for (var layer = 0; layer <= last; layer++)
        {
            var matrix = layout.LinearWeight(layer);
            var bias = layout.LinearBias(layer);
            merged.AsSpan(matrix.Offset, matrix.Length).Clear();
            merged.AsSpan(bias.Offset, bias.Length).Clear();
            if (layer < last)
            {
                for (var i = 0; i < layout.Recurrent.Hidden; i++) merged[matrix.Offset + (i * matrix.Columns) + i] = 1;
                continue;
            }

            for (var row = 0; row < matrix.Rows; row++)
            {
                for (var column = 0; column < layout.Recurrent.Hidden; column++)
                    merged[matrix.Offset + (row * matrix.Columns) + column] = (float)network.Output[(row * layout.Recurrent.Hidden) + column];
                merged[bias.Offset + row] = (float)network.OutputBias[row];
            }
        }
    }
}

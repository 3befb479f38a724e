using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Networks;

namespace Mlds.Analysis.Views;

/// <summary>
/// The weight vector without its continuous symmetries: what acts only as a sum is added (a GRU's two biases of r and of z); the linear
/// layers with nothing between them are multiplied into one map and bias; units that may take any positive scale have incoming weights of
/// norm 1.
/// </summary>
static class ReducedView
{
    internal static FeatureMatrix Build(WeightMatrix matrix) => Build(matrix.Tensors, matrix.Layout.Spec.Symmetries);

    /// <summary>The same of anybody's networks.</summary>
    internal static FeatureMatrix Build(TensorMatrix matrix, NetworkSymmetries symmetries)
    {
        var merged = new MergedLayout(matrix.Tensors, symmetries);
        int[] columns = [.. Enumerable.Range(0, merged.Length).Where(i => !merged.IsMergedAway[i])];
        var values = new float[(long)matrix.Networks * columns.Length];
        Parallel.For(0, matrix.Networks, Parallelism.Options, row =>
        {
            var numbers = merged.Read(matrix.Row(row));
            var to = values.AsSpan(row * columns.Length, columns.Length);
            for (var j = 0; j < to.Length; j++) to[j] = (float)numbers[columns[j]];
        });

        return new FeatureMatrix(values, matrix.Networks, [.. Names(merged)]);
    }

    static IEnumerable<string> Names(MergedLayout merged)
    {
        var recurrent = merged.Tensors.Where(tensor => tensor.Role == TensorRole.RecurrentWeight)
            .Select(tensor => (tensor.Module, tensor.Layer)).ToHashSet();
        foreach (var tensor in merged.Tensors)
        {
            var isRecurrent = recurrent.Contains((tensor.Module, tensor.Layer));
            for (var i = 0; i < tensor.Length; i++)
            {
                if (merged.IsMergedAway[tensor.Offset + i]) continue;
                yield return isRecurrent ? Short(merged, tensor, i) : tensor.Name + Place(tensor, i);
            }
        }
    }

    /// <summary>What a recurrent layer's numbers are called: w_ir, w_hr, b_r where two biases are one, else b_ir and b_hr.</summary>
    static string Short(MergedLayout merged, WeightTensor tensor, int i)
    {
        var stem = tensor.Role switch
        {
            TensorRole.Weight => "w_i",
            TensorRole.RecurrentWeight => "w_h",
            TensorRole.RecurrentBias => "b_h",
            _ => merged.IsSum(tensor, i) ? "b_" : "b_i",
        };
        var length = tensor.Length / Math.Max(1, tensor.Blocks.Count);
        var name = tensor.Blocks.Count == 0 ? stem.TrimEnd('_') : stem + tensor.Blocks[i / length];
        return $"l{tensor.Layer}.{name}{Place(tensor, i % length)}";
    }

    static string Place(WeightTensor tensor, int i) => tensor.IsBias ? $"[{i}]" : $"[{i / tensor.Columns},{i % tensor.Columns}]";
}

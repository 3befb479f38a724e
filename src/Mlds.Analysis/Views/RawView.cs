using Mlds.Analysis.Data;

namespace Mlds.Analysis.Views;

/// <summary>The weight vector itself: what the paper fed to its classifier.</summary>
public static class RawView
{
    /// <summary>The weights as they are; N × (columns of all tensors).</summary>
    public static FeatureMatrix Build(TensorMatrix matrix)
    {
        var columns = matrix.Tensors.Sum(tensor => tensor.Length);
        var values = new double[(long)matrix.Networks * columns];
        for (var row = 0; row < matrix.Networks; row++)
        {
            var at = row * columns;
            foreach (var tensor in matrix.Tensors)
                foreach (var weight in matrix.Row(row).Slice(tensor.Offset, tensor.Length)) values[at++] = weight;
        }

        var names = matrix.Tensors.SelectMany(tensor => Enumerable.Range(0, tensor.Length).Select(i =>
            tensor.Columns == 1 ? $"{tensor.Name}[{i}]" : $"{tensor.Name}[{i / tensor.Columns},{i % tensor.Columns}]"));
        return new FeatureMatrix(values, matrix.Networks, [.. names]);
    }
}

using Mlds.Analysis.Data;

namespace Mlds.Analysis.Views;

/// <summary>The weight vector itself: what the paper fed to its classifier.</summary>
public static class RawView
{
    /// <summary>
    /// The weights as they are; N × (columns of all tensors). Where the tensors are the whole rows in order, nothing is copied.
    /// </summary>
    public static FeatureMatrix Build(TensorMatrix matrix)
    {
        var names = matrix.Tensors.SelectMany(tensor => Enumerable.Range(0, tensor.Length).Select(i =>
            tensor.Columns == 1 ? $"{tensor.Name}[{i}]" : $"{tensor.Name}[{i / tensor.Columns},{i % tensor.Columns}]"));
        return new FeatureMatrix(Values(matrix), matrix.Networks, [.. names]);
    }

    static float[] Values(TensorMatrix matrix)
    {
        var columns = 0;
        var areWholeRows = true;
        foreach (var tensor in matrix.Tensors)
        {
            areWholeRows &= tensor.Offset == columns;
            columns += tensor.Length;
        }

        if (areWholeRows && columns == matrix.Parameters && matrix.Weights is { } whole) return whole;
        var values = new float[(long)matrix.Networks * columns];
        for (var row = 0; row < matrix.Networks; row++)
        {
            var at = row * columns;
            foreach (var tensor in matrix.Tensors)
            {
                matrix.Row(row).Slice(tensor.Offset, tensor.Length).CopyTo(values.AsSpan(at));
                at += tensor.Length;
            }
        }

        return values;
    }
}

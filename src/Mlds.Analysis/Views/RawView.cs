namespace Mlds.Analysis.Views;

/// <summary>The weight vector itself: what the paper fed to its classifier.</summary>
static class RawView
{
    internal static FeatureMatrix Build(WeightMatrix matrix)
    {
        var layout = matrix.Layout;
        var values = new double[(long)matrix.Networks * layout.Parameters];
        for (var row = 0; row < matrix.Networks; row++)
        {
            var weights = matrix.Row(row);
            var target = values.AsSpan(row * layout.Parameters, layout.Parameters);
            for (var i = 0; i < weights.Length; i++) target[i] = weights[i];
        }

        var names = layout.Tensors.SelectMany(tensor => Enumerable.Range(0, tensor.Length).Select(i =>
            tensor.IsBias ? $"{tensor.Name}[{i}]" : $"{tensor.Name}[{i / tensor.Columns},{i % tensor.Columns}]"));
        return new FeatureMatrix(values, matrix.Networks, [.. names]);
    }
}

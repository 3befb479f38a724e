using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Networks;

namespace Mlds.Analysis.Views;

/// <summary>All of <see cref="Invariants"/>, or of <see cref="FeedForwardInvariants"/>, with named columns.</summary>
public static class InvariantsView
{
    delegate void Writing(ReadOnlySpan<float> weights, InvariantWriter writer);

    /// <summary>
    /// What a path through a layer is worth depends on what its gates do, so somebody has to have written it for the cell.
    /// </summary>
    internal static string? AppliesTo(NetworkSpec spec) =>
        spec is FeedForwardSpec || (spec is RecurrentSpec recurrent && CellPaths.Of(recurrent.Cell) is not null)
            ? null
            : $"Path invariants are known for GRU, LSTM and Elman layers and for feed-forward networks only; these networks have "
                + $"{spec.Description}.";

    internal static FeatureMatrix Build(WeightMatrix matrix)
    {
        if (matrix.Layout.Spec is FeedForwardSpec) return Build(matrix.Tensors, matrix.Layout.Spec.Symmetries);
        var layout = matrix.Layout;
        return Build(matrix.Tensors, (weights, writer) => Invariants.Write(layout, weights, writer));
    }

    /// <summary>The same of anybody's feed-forward networks: of layers that follow one another.</summary>
    /// <param name="matrix">Its tensors are a weight and a bias for each layer, in order.</param>
    /// <param name="symmetries">A group of units for each layer but the last.</param>
    public static FeatureMatrix Build(TensorMatrix matrix, NetworkSymmetries symmetries)
    {
        var layout = new MergedLayout(matrix.Tensors, symmetries);
        return Build(matrix, (weights, writer) => FeedForwardInvariants.Write(layout, weights, writer));
    }

    static FeatureMatrix Build(TensorMatrix matrix, Writing write)
    {
        var names = new List<string>();
        var first = new InvariantWriter(names);
        if (matrix.Networks > 0) write(matrix.Row(0), first);
        var values = new float[(long)matrix.Networks * names.Count];
        Parallel.For(0, matrix.Networks, Parallelism.Options, () => new InvariantWriter(null), (row, _, writer) =>
        {
            writer.Clear();
            write(matrix.Row(row), writer);
            for (var i = 0; i < names.Count; i++) values[(row * names.Count) + i] = (float)writer.Values[i];
            return writer;
        }, _ => { });
        return new FeatureMatrix(values, matrix.Networks, names);
    }
}

using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Networks;

namespace Mlds.Analysis.Views;

/// <summary>All of <see cref="Invariants"/>, with named columns.</summary>
static class InvariantsView
{
    /// <summary>
    /// What a path through a layer is worth depends on what its gates do, so somebody has to have written it for the cell.
    /// </summary>
    internal static string? AppliesTo(NetworkSpec spec) => spec is RecurrentSpec recurrent && CellPaths.Of(recurrent.Cell) is not null
        ? null
        : $"Path invariants are known for GRU, LSTM and Elman layers only; these networks have {spec.Description}.";

    internal static FeatureMatrix Build(WeightMatrix matrix)
    {
        var names = new List<string>();
        var first = new InvariantWriter(names);
        if (matrix.Networks > 0) Invariants.Write(matrix.Layout, matrix.Row(0), first);
        var values = new double[(long)matrix.Networks * names.Count];
        Parallel.For(0, matrix.Networks, () => new InvariantWriter(null), (row, _, writer) =>
        {
            writer.Clear();
            Invariants.Write(matrix.Layout, matrix.Row(row), writer);
            writer.CopyTo(values.AsSpan(row * names.Count, names.Count));
            return writer;
        }, _ => { });
        return new FeatureMatrix(values, matrix.Networks, names);
    }
}

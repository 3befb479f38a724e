using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;

namespace Mlds.Analysis.Tests.Symmetry;

public sealed class SymmetricCopiesTests
{
    [Fact]
    public void A_disguised_copy_is_found_and_nothing_else()
    {
        var known = TrainedDs1.Matrix;
        float[][] rows = [.. Enumerable.Range(0, known.Networks).Select(row => known.Row(row).ToArray())];
        WeightMatrix Of(float[][] all) => new("copies", "matrix", [.. all.SelectMany(row => row)], known.Layout, known.Labels);
        Assert.Empty(SymmetricCopies.Find(Of(rows)));
        rows[1] = NetworkSymmetry.Random(known.Layout.Spec, new SeededRandom(3)).Apply(known.Layout, rows[4]);
        Assert.Equal([(1, 4)], SymmetricCopies.Find(Of(rows)));
    }
}

using CsCheck;
using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Views;
using Mlds.Networks;

namespace Mlds.Analysis.Tests.Symmetry;

public sealed class InvariantsTests
{
    [Fact]
    public void No_permutation_and_no_sign_flip_changes_an_invariant() =>
        Gen.Select(NetworkSymmetryTests.Specs.Where(spec => CellPaths.Of(spec.Cell) is not null), Gen.ULong).Sample((spec, seed) =>
        {
            var random = new SeededRandom(seed);
            var layout = spec.Layout;
            var weights = Networks.Random(layout, random);
            AssertSame(layout, weights, NetworkSymmetry.Random(spec, random).Apply(layout, weights), 1e-9);
        }, iter: 60);

    [Fact]
    public void Neither_another_basis_between_linear_layers_nor_another_split_of_biases_changes_an_invariant() =>
        Gen.Select(NetworkSymmetryTests.Specs.Where(spec => CellPaths.Of(spec.Cell) is not null), Gen.ULong).Sample((spec, seed) =>
        {
            var random = new SeededRandom(seed);
            var layout = spec.Layout;
            var weights = Networks.Random(layout, random);
            AssertSame(layout, weights, Networks.OtherBasis(layout, weights, random), 1e-5);
        }, iter: 60);

    /// <summary>Otherwise a view of zeros would pass: a network's function and nearly every invariant change with every weight.</summary>
    [Theory]
    [InlineData("gru")]
    [InlineData("lstm")]
    [InlineData("elman")]
    public void Another_weight_is_another_network(string cell)
    {
        var layout = (RecurrentSpec.Ds1 with { Cell = Cells.Named(cell) }).Layout;
        var weights = Networks.Random(layout, new SeededRandom(3));
        var before = Values(layout, weights, out _);
        foreach (var tensor in layout.Tensors)
        {
            var changed = (float[])weights.Clone();
            changed[tensor.Offset + (tensor.Length / 2)] += 0.25f;
            var moved = Values(layout, changed, out _).Zip(before)
                .Count(pair => Math.Abs(pair.First - pair.Second) > 1e-3 * (1e-3 + Math.Abs(pair.Second)));

            // The last bias affects one number of one output line; every other weight acts through others.
            var least = tensor == layout.Tensors[^1] ? 1 : 8;
            Assert.True(moved >= least, $"A change in {tensor.Name} moves only {moved} invariants.");
        }
    }

    [Theory]
    [InlineData("gru", "l0.w_ir.line3.q25", "l2.w_hn.singular[0]", "l1.gram_rz[1,0]", "l0.path_b_hn[0,0]")]
    [InlineData("lstm", "l0.w_ii.line3.q25", "l2.w_hg.eigenvalue_modulus[0]", "l1.gram_fo[1,0]", "l0.path_held[1,2]")]
    [InlineData("elman", "l0.w_ih.line3.q25", "l2.w_hh.singular[0]", "l1.gram_h[0,1]", "path[0,0]")]
    public void Every_column_has_a_name_of_its_own(string cell, params string[] some)
    {
        var spec = RecurrentSpec.Ds1 with { Cell = Cells.Named(cell) };
        var names = View.Invariants.Build(Networks.Population(spec, ["AMachine"], 2)).ColumnNames;
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.All(some.Append("l3.path_recurrent[7,9]"), name => Assert.Contains(name, names));
    }

    [Fact]
    public void Singular_values_and_eigenvalue_moduli_are_numpys()
    {
        var matrix = Networks.Population(RecurrentSpec.Ds1, ["AMachine"], 1);
        var invariants = View.Invariants.Build(matrix);
        double[] Column(string prefix) => [.. invariants.ColumnNames.Select((name, i) => (name, i))
            .Where(c => c.name.StartsWith(prefix, StringComparison.Ordinal)).Select(c => invariants.Row(0)[c.i])];
        var hh = matrix.Layout.WeightHh(1);
        var weights = matrix.Row(0).Slice(hh.Offset + (2 * 144), 144).ToArray().Select(w => (double)w).ToArray();
        var expected = Python.Run(
            "w = rows('w', 12); import numpy as np; out(singular=list(np.linalg.svd(w)[1]), moduli=sorted(map(float, "
            + "abs(np.linalg.eigvals(w))), reverse=True))",
            ("w", weights));
        Near.All(expected.Doubles("singular"), Column("l1.w_hn.singular"), 1e-7);
        Near.All(expected.Doubles("moduli"), Column("l1.w_hn.eigenvalue_modulus"), 1e-7);
    }

    static double[] Values(WeightLayout layout, float[] weights, out List<string> names)
    {
        var writer = new InvariantWriter(names = []);
        Invariants.Write(layout, weights, writer);
        return writer.Values.ToArray();
    }

    static void AssertSame(WeightLayout layout, float[] weights, float[] same, double tolerance)
    {
        var expected = Values(layout, weights, out var names);
        var actual = Values(layout, same, out _);

        // Relative to the largest number of its block: a quantile that happens to be near zero has no exact digits.
        var scale = names.Select((name, i) => (Block: Block(name), Size: Math.Abs(expected[i]))).GroupBy(c => c.Block)
            .ToDictionary(g => g.Key, g => g.Max(c => c.Size));
        var logNorms = names.Select((name, i) => (name, i)).Where(c => c.name.EndsWith(".log_norm", StringComparison.Ordinal))
            .ToDictionary(c => Block(c.name), c => expected[c.i]);
        for (var i = 0; i < expected.Length; i++)
        {
            // A product that cancels to nearly nothing keeps the rounding errors of weights of size one: the smaller it is, the fewer
            // digits are exact.
            var digits = tolerance * Math.Exp(Math.Max(0, -logNorms.GetValueOrDefault(Block(names[i]))));

            // A relative error of a product is an absolute one of its logarithm.
            var size = names[i].EndsWith(".log_norm", StringComparison.Ordinal) ? 1 : scale[Block(names[i])] + 1e-6;
            var allowed = digits * size;
            Assert.True(Math.Abs(expected[i] - actual[i]) <= allowed, $"{names[i]} was {expected[i]}, is {actual[i]}.");
        }
    }

    static string Block(string name) =>
        string.Join('.', name.Replace(".log_norm", "", StringComparison.Ordinal).Split('[')[0].Split('.').Take(2));
}

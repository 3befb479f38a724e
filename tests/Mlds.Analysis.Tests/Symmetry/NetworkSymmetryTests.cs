using CsCheck;
using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Tasks.Machines;
using Mlds.Training;

namespace Mlds.Analysis.Tests.Symmetry;

public sealed class NetworkSymmetryTests
{
    internal static readonly Gen<RecurrentSpec> Specs =
        from inputs in Gen.Int[1, 9]
        from hidden in Gen.Int[1, 12]
        from layers in Gen.Int[1, 4]
        from linear in Gen.Int[1, 10].Array[1, 4]
        from activation in Gen.Enum<Activation>()
        from cell in Gen.Int[0, Cells.All.Length - 1]
        select new RecurrentSpec(inputs, hidden, layers, linear, activation) { Cell = Cells.All[cell] };

    [Fact]
    public void A_random_symmetry_leaves_the_outputs_alone() =>
        Gen.Select(Specs, Gen.ULong).Sample((spec, seed) =>
        {
            var random = new SeededRandom(seed);
            var layout = spec.Layout;
            var weights = Networks.Random(layout, random);
            var inputs = Networks.RandomInputs(12, spec.Inputs, random);
            var same = NetworkSymmetry.Random(spec, random).Apply(layout, weights);
            Assert.All(
                Networks.Forward(layout, weights, inputs).Zip(Networks.Forward(layout, same, inputs)),
                pair => Assert.Equal(pair.First, pair.Second, Networks.Tolerance(spec, 1e-12) * (1 + Math.Abs(pair.First))));
        }, iter: 200);

    /// <summary>Otherwise symmetries that move nothing would pass.</summary>
    [Fact]
    public void Every_group_of_units_moves_by_itself()
    {
        foreach (var (cell, activation) in Cells.All.SelectMany(
            cell => Enum.GetValues<Activation>().Select(activation => (cell, activation))))
        {
            var spec = new RecurrentSpec(3, 4, 2, [5, 6, 2], activation) { Cell = cell };
            var weights = Networks.Random(spec.Layout, new SeededRandom(2));
            Assert.Equal(spec.Activation == Activation.None ? 2 : 4, spec.Symmetries.Groups.Count);
            for (var group = 0; group < spec.Symmetries.Groups.Count; group++)
            {
                var permutations = NetworkSymmetry.Identity(spec).Permutations.Select(permutation => permutation.ToArray()).ToArray();
                permutations[group].AsSpan().Reverse();
                var ones = NetworkSymmetry.Identity(spec).Scales.Select(scales => scales.ToArray()).ToArray();
                Assert.NotEqual(weights, new NetworkSymmetry(permutations, ones).Apply(spec.Layout, weights));
            }
        }
    }

    [Fact]
    public void Sign_flips_alone_leave_every_bit_of_the_outputs_in_training_arithmetic()
    {
        var spec = RecurrentSpec.Ds1;
        var layout = spec.Layout;
        var random = new SeededRandom(5);
        var weights = Networks.Random(layout, random);
        var signs = NetworkSymmetry.Random(spec, random).Scales.Select(s => s.ToArray()).ToArray();
        var order = NetworkSymmetry.Identity(spec).Permutations.Select(p => p.ToArray()).ToArray();
        var flipped = new NetworkSymmetry(order, signs).Apply(layout, weights);
        var sequences = new SequenceSet(
            40, 16, new byte[640], [.. Enumerable.Range(0, 640).Select(_ => (uint)random.Next(512))], new uint[640]);

        // Zeros may change their sign; they are still equal.
        Assert.Equal(Evaluation.Outputs(spec, weights, sequences), Evaluation.Outputs(spec, flipped, sequences));
        Assert.NotEqual(weights, flipped);
    }

    [Fact]
    public void The_inverse_brings_every_weight_back() =>
        Gen.Select(Specs, Gen.ULong).Sample((spec, seed) =>
        {
            var random = new SeededRandom(seed);
            var layout = spec.Layout;
            var weights = Networks.Random(layout, random);
            var symmetry = NetworkSymmetry.Random(spec, random);
            Assert.Equal(weights, symmetry.Inverse().Apply(layout, symmetry.Apply(layout, weights)));
        }, iter: 100);

    [Fact]
    public void What_is_no_symmetry_is_refused()
    {
        var two = new RecurrentSpec(1, 2, 1, [1], Activation.None);
        Assert.Contains("no permutation", Refused(two, [0, 0], [1, 1]), StringComparison.Ordinal);
        Assert.Contains("none of them 0", Refused(two, [1, 0], [1, 0]), StringComparison.Ordinal);
        Assert.Contains("each 1 or -1", Refused(two, [1, 0], [1, 2]), StringComparison.Ordinal);
        Assert.Contains("all 1", Refused(two with { Cell = Cells.Named("unsigned") }, [1, 0], [1, -1]), StringComparison.Ordinal);
        Assert.Contains("the network has groups of [12, 12, 12, 12]", Refused(RecurrentSpec.Ds1, [1, 0], [1, 1]), StringComparison.Ordinal);
    }

    static string Refused(RecurrentSpec spec, int[] permutation, double[] scales)
    {
        var weights = new float[spec.Parameters];
        return Assert.Throws<ArgumentException>(() => new NetworkSymmetry([permutation], [scales]).Apply(spec.Layout, weights)).Message;
    }
}

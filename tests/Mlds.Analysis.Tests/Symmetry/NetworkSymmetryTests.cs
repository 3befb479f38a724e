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
        select new RecurrentSpec(inputs, hidden, layers, linear, activation);

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
                pair => Assert.Equal(pair.First, pair.Second, 1e-12 * (1 + Math.Abs(pair.First))));
        }, iter: 100);

    [Fact]
    public void Sign_flips_alone_leave_every_bit_of_the_outputs_in_training_arithmetic()
    {
        var spec = RecurrentSpec.Ds1;
        var layout = spec.Layout;
        var random = new SeededRandom(5);
        var weights = Networks.Random(layout, random);
        var signs = NetworkSymmetry.Random(spec, random).Signs.Select(s => s.ToArray()).ToArray();
        var order = NetworkSymmetry.Identity(spec).Permutations.Select(p => p.ToArray()).ToArray();
        var flipped = new NetworkSymmetry(order, signs).Apply(layout, weights);
        var sequences = new SequenceSet(40, 16, new byte[640], [.. Enumerable.Range(0, 640).Select(_ => (uint)random.Next(512))], new uint[640]);

        // Zeros may change their sign; they are equal all the same.
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
        Assert.Contains("no permutation", Assert.Throws<ArgumentException>(() => new NetworkSymmetry([[0, 0]], [[1, 1]])).Message, StringComparison.Ordinal);
        Assert.Contains("each 1 or -1", Assert.Throws<ArgumentException>(() => new NetworkSymmetry([[1, 0]], [[1, 2]])).Message, StringComparison.Ordinal);
        var layout = RecurrentSpec.Ds1.Layout;
        Assert.Contains("the network has 4 of 12", Assert.Throws<ArgumentException>(
            () => new NetworkSymmetry([[1, 0]], [[1, 1]]).Apply(layout, new float[layout.Parameters])).Message, StringComparison.Ordinal);
    }
}

using System.Diagnostics;
using CsCheck;
using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Views;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Analysis.Tests.Symmetry;

/// <summary>Channels of convolutions and units of linear layers, with scales and signs, through padding, stride and pooling.</summary>
public sealed class FeedForwardSymmetryTests
{
    static readonly Gen<FeedForwardSpec> Specs =
        from channels in Gen.Int[1, 3]
        from height in Gen.Int[5, 9]
        from width in Gen.Int[5, 9]
        from first in Gen.Int[1, 6]
        from second in Gen.Int[1, 6]
        from padding in Gen.Int[0, 2]
        from stride in Gen.Int[1, 2]
        from convolutions in Gen.Int[0, 2]
        from pools in Gen.Int[0, 3]
        from linear in Gen.Int[1, 8].Array[1, 3]
        from activation in Gen.Enum<Activation>()
        select new FeedForwardSpec(
            new ImageSize(channels, height, width),
            [
                .. convolutions > 0 ? [new ConvolutionLayer(first, 3, stride, padding)] : (FeedForwardLayer[])[],
                .. (pools & 1) != 0 ? [new PoolingLayer(2, 1)] : (FeedForwardLayer[])[],
                .. convolutions > 1 ? [new ConvolutionLayer(second, 2, Padding: 1)] : (FeedForwardLayer[])[],
                .. (pools & 2) != 0 ? [new PoolingLayer(2, 1)] : (FeedForwardLayer[])[],
                .. linear.Select(units => new LinearLayer(units)),
            ],
            activation);

    static void Sample(int times, Action<FeedForwardSpec, float[], SeededRandom> check) =>
        Gen.Select(Specs.Where(Fits), Gen.ULong).Sample((spec, seed) =>
        {
            var random = new SeededRandom(seed);
            check(spec, Networks.Random(spec.Layout, random), random);
        }, iter: times);

    static bool Fits(FeedForwardSpec spec) => Enumerable.Range(0, spec.Layers.Count + 1).Select(spec.Shape.InputOf)
        .All(size => size is { Height: > 0, Width: > 0 });

    static void AssertAnswersAlike(FeedForwardSpec spec, float[] weights, float[] other, SeededRandom random, double tolerance)
    {
        var image = FeedForwardNetworks.RandomImage(spec.Image, random);
        Near.All(FeedForwardNetworks.Forward(spec, weights, image), FeedForwardNetworks.Forward(spec, other, image), tolerance);
    }

    [Fact]
    public void A_symmetry_and_every_form_leave_the_outputs_alone() => Sample(150, (spec, weights, random) =>
    {
        var layout = spec.Layout;
        AssertAnswersAlike(spec, weights, NetworkSymmetry.Random(spec, random).Apply(layout, weights), random, 1e-9);
        AssertAnswersAlike(spec, weights, NetworkSymmetry.RandomUneven(spec, random).Apply(layout, weights), random, 1e-4);
        AssertAnswersAlike(spec, weights, MergedForm.Of(layout, weights), random, 1e-4);
        AssertAnswersAlike(spec, weights, CanonicalForm.Of(layout, weights), random, 1e-4);
        var aligned = Alignment.To(layout, Networks.Random(layout, random)).Align(weights);
        AssertAnswersAlike(spec, weights, aligned.Weights, random, 1e-4);
    });

    /// <summary>The equations that the tests go by are those that networks learn by.</summary>
    [Fact]
    public void The_kernels_answer_as_the_equations_do() => Sample(60, (spec, weights, random) =>
    {
        byte[] pixels = [.. Enumerable.Range(0, spec.Image.Length).Select(_ => (byte)random.Next(256))];
        var images = new Images(1, spec.Image, pixels, [0]);
        using var kernels = spec.CreateKernels(images);
        var outputs = new float[spec.Classes];
        kernels.SetWeights(weights);
        kernels.Outputs(images, [0], outputs);
        var expected = FeedForwardNetworks.Forward(spec, weights, Array.ConvertAll(pixels, pixel => pixel / 255.0));
        Near.All(expected, Array.ConvertAll(outputs, output => (double)output), 1e-4);
    });

    [Fact]
    public void Groups_are_the_channels_and_the_hidden_units_with_the_scales_that_the_activation_lets_through()
    {
        static string Groups(FeedForwardSpec spec) =>
            string.Join(", ", spec.Symmetries.Groups.Select(group => $"{group.Name} {group.Units} {group.Scales}"));
        var lenet = FeedForwardSpec.LeNet5;
        Assert.Equal("conv.0 6 Positive, conv.1 16 Positive, linear.0 120 Positive, linear.1 84 Positive", Groups(lenet));
        Assert.Equal(
            "conv.0 6 One, conv.1 16 One, linear.0 120 Signs, linear.1 84 Signs", Groups(lenet with { Activation = Activation.Tanh }));
        Assert.Equal("conv.0 6 Positive, conv.1 16 Positive", Groups(lenet with { Activation = Activation.None }));
        Assert.Equal(3, Assert.Single((lenet with { Activation = Activation.None }).Symmetries.Chains).Layers.Count);
        Assert.Equal(25, lenet.Symmetries.Groups[1].Axes[2].Width);
        Assert.Empty(lenet.Symmetries.Chains);
    }

    [Fact]
    public void Networks_equal_but_for_a_symmetry_have_one_canonical_form_up_to_rounding() => Sample(100, (spec, weights, random) =>
    {
        var (layout, form) = (spec.Layout, CanonicalForm.Of(spec.Layout, weights));
        Assert.Equal(form, CanonicalForm.Of(layout, NetworkSymmetry.Random(spec, random).Apply(layout, weights)));
        Assert.Equal(form, CanonicalForm.Of(layout, form));
        var uneven = CanonicalForm.Of(layout, NetworkSymmetry.RandomUneven(spec, random).Apply(layout, weights));
        Near.All(Doubles(form), Doubles(uneven), CanonicalForm.Tolerance);
    });

    [Fact]
    public void A_planted_symmetry_is_found_in_any_shape() => Sample(100, (spec, weights, random) =>
    {
        var hidden = NetworkSymmetry.RandomUneven(spec, random).Apply(spec.Layout, weights);
        var found = Alignment.To(spec.Layout, weights, new AlignmentOptions(Starts: 8)).Align(hidden);
        Assert.InRange(found.Similarity, 1 - 1e-9, 1 + 1e-9);
    });

    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Tanh)]
    public void A_planted_symmetry_is_found_unit_by_unit_on_LeNets(Activation activation)
    {
        var spec = FeedForwardSpec.LeNet5 with { Activation = activation };
        for (uint seed = 0; seed < 3; seed++)
        {
            var weights = FeedForwardNetworks.Trained(spec, seed);
            var planted = NetworkSymmetry.RandomUneven(spec, new SeededRandom(seed));
            var clock = Stopwatch.StartNew();
            var found = Alignment.To(spec.Layout, weights).Align(planted.Apply(spec.Layout, weights));
            TestContext.Current.SendDiagnosticMessage($"{clock.Elapsed.TotalMilliseconds:0} ms");
            Assert.Equal(planted.Inverse().Permutations, found.Symmetry.Permutations);
            Assert.InRange(found.Similarity, 1 - 1e-9, 1 + 1e-9);
            Near.All(Doubles(MergedForm.Of(spec.Layout, weights)), Doubles(found.Weights), CanonicalForm.Tolerance);
        }
    }

    [Fact]
    public void Two_LeNets_are_nearer_after_alignment_and_answer_as_before()
    {
        var spec = FeedForwardSpec.LeNet5;
        float[] one = FeedForwardNetworks.Trained(spec, 1), other = FeedForwardNetworks.Trained(spec, 2);
        var aligned = Alignment.To(spec.Layout, one).Align(other);
        var before = SymmetricDistance.Euclidean(MergedForm.Of(spec.Layout, one), MergedForm.Of(spec.Layout, other));
        Assert.InRange(SymmetricDistance.Euclidean(MergedForm.Of(spec.Layout, one), aligned.Weights), 0, 0.95 * before);
        AssertAnswersAlike(spec, other, aligned.Weights, new SeededRandom(3), 1e-4);
    }

    [Fact]
    public void No_symmetry_changes_an_invariant() => Sample(100, (spec, weights, random) =>
    {
        var expected = Invariants(spec, weights, out var names);
        AssertSame(names, expected, Invariants(spec, NetworkSymmetry.Random(spec, random).Apply(spec.Layout, weights), out _), 1e-8);
        AssertSame(names, expected, Invariants(spec, NetworkSymmetry.RandomUneven(spec, random).Apply(spec.Layout, weights), out _), 1e-4);
    });

    /// <summary>Otherwise a view of zeros would pass.</summary>
    [Theory]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Tanh)]
    public void Another_weight_is_another_network(Activation activation)
    {
        var spec = FeedForwardSpec.LeNet5 with { Activation = activation };
        var weights = FeedForwardNetworks.Trained(spec, 4, steps: 0);
        var before = Invariants(spec, weights, out var names);
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.All(before, value => Assert.True(double.IsFinite(value)));
        Assert.Contains("conv.0.line24.q50", names);
        Assert.Contains("linear.1.path[9,25]", names);
        foreach (var tensor in spec.Layout.Tensors)
        {
            var changed = (float[])weights.Clone();
            changed[tensor.Offset + (tensor.Length / 2)] += 0.5f;
            var moved = Invariants(spec, changed, out _).Zip(before)
                .Count(pair => Math.Abs(pair.First - pair.Second) > 1e-4 * (1e-3 + Math.Abs(pair.Second)));
            Assert.True(moved >= (tensor == spec.Layout.Tensors[^1] ? 1 : 20), $"A change in {tensor.Name} moves only {moved} invariants.");
        }
    }

    [Fact]
    public void Every_view_takes_them_or_says_why_not()
    {
        var spec = FeedForwardSpec.LeNet5;
        var (applying, leftOut) = View.For(spec, View.All);
        Assert.Equal(["raw", "reduced", "aligned", "statistics", "invariants", "spectral"], applying.Select(view => view.Name));
        Assert.Equal(["the view behaviour"], leftOut.Select(one => one.What));
        float[] weights = [.. Enumerable.Range(0, 3).SelectMany(seed => FeedForwardNetworks.Trained(spec, (uint)seed, steps: 0))];
        var labels = Networks.Population(RecurrentSpec.Ds1, ["AMachine"], 3).Labels;
        var matrix = new WeightMatrix("lenets", "matrix", weights, spec.Layout, labels);
        foreach (var view in applying)
        {
            var features = view.Build(matrix);
            Assert.Equal((3, features.Columns), (features.Rows, features.ColumnNames.Distinct().Count()));
            Assert.All(features.Values, value => Assert.True(double.IsFinite(value)));
        }
    }

    static double[] Invariants(FeedForwardSpec spec, float[] weights, out List<string> names)
    {
        var writer = new InvariantWriter(names = []);
        FeedForwardInvariants.Write(new MergedLayout(spec.Layout.Tensors, spec.Symmetries), weights, writer);
        return writer.Values.ToArray();
    }

    static void AssertSame(List<string> names, double[] expected, double[] actual, double tolerance)
    {
        // Relative to the largest number of its block, as a quantile near zero has no exact digits.
        var scale = names.Select((name, i) => (Block: Block(name), Size: Math.Abs(expected[i]))).GroupBy(c => c.Block)
            .ToDictionary(g => g.Key, g => g.Max(c => c.Size));
        var logNorms = names.Select((name, i) => (name, i)).Where(c => c.name.EndsWith(".log_norm", StringComparison.Ordinal))
            .ToDictionary(c => Block(c.name), c => expected[c.i]);
        for (var i = 0; i < expected.Length; i++)
        {
            // A product that cancels to nearly nothing keeps the rounding errors of weights of size one.
            var digits = tolerance * Math.Exp(Math.Max(0, -logNorms.GetValueOrDefault(Block(names[i]))));
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= digits * (scale[Block(names[i])] + 1e-2),
                $"{names[i]} was {expected[i]}, is {actual[i]}.");
        }
    }

    static string Block(string name) => name.Replace(".log_norm", "", StringComparison.Ordinal).Split('[')[0] is var stem
        && stem.LastIndexOf('.') is var dot && (stem[(dot + 1)..] is "mean" or "sd" || stem[dot + 1] == 'q') ? stem[..dot] : stem;

    static double[] Doubles(float[] numbers) => Array.ConvertAll(numbers, number => (double)number);
}

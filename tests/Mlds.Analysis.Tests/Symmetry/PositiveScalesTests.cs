using CsCheck;
using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Networks;

namespace Mlds.Analysis.Tests.Symmetry;

/// <summary>
/// Three channels of a convolution with a ReLU, whose five pixels each are laid out in a row for a linear layer: a group of units that no
/// form of network has yet, written by hand. All that knows symmetries as data must know what to do with it.
/// </summary>
public sealed class PositiveScalesTests
{
    const int Channels = 3, Pixels = 5, Window = 2 * 3 * 3, Outputs = 4;

    static readonly WeightTensor s_filters = new("conv.weight", TensorRole.Weight, "conv", 0, [Channels, 2, 3, 3], 0, 1, []);
    static readonly WeightTensor s_bias = new("conv.bias", TensorRole.Bias, "conv", 0, [Channels], s_filters.Length, 1, []);
    static readonly WeightTensor s_linear = new("linear.weight", TensorRole.Weight, "linear", 0, [Outputs, Channels * Pixels], 57, 1, []);
    static readonly WeightTensor s_last = new("linear.bias", TensorRole.Bias, "linear", 0, [Outputs], 57 + s_linear.Length, 1, []);
    static readonly WeightTensor[] s_tensors = [s_filters, s_bias, s_linear, s_last];
    static readonly int s_parameters = s_tensors.Sum(tensor => tensor.Length);

    static readonly NetworkSymmetries s_symmetries = new(
        [
            new UnitGroup(
                "conv.0", Channels, UnitScales.Positive,
                [
                    new UnitAxis(s_filters, 0, 0, 1, UnitScale.Times), new UnitAxis(s_bias, 0, 0, 1, UnitScale.Times),
                    new UnitAxis(s_linear, 1, 0, Pixels, UnitScale.Over),
                ]),
        ],
        [],
        [new LinearChain([(s_linear, s_last)])]);

    /// <summary>What the network does with five windows of 18 numbers, from its equations.</summary>
    static double[] Forward(float[] w, double[][] windows) =>
    [
        .. Enumerable.Range(0, Outputs).Select(output => w[s_last.Offset + output] + Enumerable.Range(0, Channels * Pixels).Sum(i =>
        {
            var (channel, pixel) = (i / Pixels, i % Pixels);
            var sum = w[s_bias.Offset + channel] + Enumerable.Range(0, Window).Sum(j => w[(channel * Window) + j] * windows[pixel][j]);
            return w[s_linear.Offset + (output * Channels * Pixels) + i] * Math.Max(0, sum);
        })),
    ];

    static void Sample(Action<float[], double[][], SeededRandom> check) => Gen.ULong.Sample(seed =>
    {
        var random = new SeededRandom(seed);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
        var weights = Numbers(s_parameters);
        check(weights, [.. Enumerable.Range(0, Pixels).Select(_ => Doubles(Numbers(Window)))], random);
    }, iter: 40);

    [Fact]
    public void The_outputs_stay_behind_a_symmetry_and_in_every_form() => Sample((weights, windows, random) =>
    {
        var expected = Forward(weights, windows);
        var hidden = NetworkSymmetry.Random(s_symmetries, random).Apply(s_symmetries, weights);
        Assert.NotEqual(weights, hidden);
        foreach (var same in new[] { hidden, MergedForm.Of(s_symmetries, weights), CanonicalForm.Of(s_symmetries, weights) })
            Near.All(expected, Forward(same, windows), 1e-5);
    });

    [Fact]
    public void In_merged_form_what_comes_into_a_channel_has_norm_one() => Sample((weights, _, _) =>
    {
        var merged = MergedForm.Of(s_symmetries, weights);
        for (var channel = 0; channel < Channels; channel++)
        {
            var squares = merged.AsSpan(channel * Window, Window).ToArray().Append(merged[s_bias.Offset + channel]).Sum(x => (double)x * x);
            Assert.Equal(1, squares, 1e-6);
        }

        Assert.Equal(merged, MergedForm.Of(s_symmetries, merged));
    });

    [Fact]
    public void Equal_networks_have_equal_canonical_forms_and_are_found_by_alignment() => Sample((weights, windows, random) =>
    {
        var hidden = NetworkSymmetry.Random(s_symmetries, random).Apply(s_symmetries, weights);
        Assert.Equal(CanonicalForm.Of(s_symmetries, weights), CanonicalForm.Of(s_symmetries, hidden));

        // Scales that are no powers of two: equal but for rounding.
        double[] scales = [0.3, 7.1, 1.9];
        var stretched = new NetworkSymmetry([[2, 0, 1]], [scales]).Apply(s_symmetries, weights);
        var aligned = Alignment.To(s_tensors, s_symmetries, weights).Align(stretched);
        Assert.Equal([1, 2, 0], aligned.Symmetry.Permutations[0]);
        Assert.InRange(aligned.Similarity, 1 - 1e-9, 1 + 1e-9);
        Near.All(Doubles(MergedForm.Of(s_symmetries, weights)), Doubles(aligned.Weights), 1e-6);
        Near.All(Forward(weights, windows), Forward(aligned.Weights, windows), 1e-5);
    });

    [Fact]
    public void Signs_are_refused()
    {
        var symmetry = new NetworkSymmetry([[0, 1, 2]], [[1, -1, 1]]);
        var refused = Assert.Throws<ArgumentException>(() => symmetry.Apply(s_symmetries, new float[s_parameters]));
        Assert.Contains("must be positive", refused.Message, StringComparison.Ordinal);
    }

    static double[] Doubles(float[] numbers) => Array.ConvertAll(numbers, number => (double)number);
}

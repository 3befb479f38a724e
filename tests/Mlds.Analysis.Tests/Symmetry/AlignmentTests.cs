using CsCheck;
using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Networks;

namespace Mlds.Analysis.Tests.Symmetry;

public sealed class AlignmentTests
{
    static readonly WeightLayout s_layout = RecurrentSpec.Ds1.Layout;

    [Fact]
    public void A_planted_permutation_and_sign_is_found_on_trained_networks_a_hundred_and_eight_times_of_as_many()
    {
        for (var row = 0; row < TrainedDs1.Matrix.Networks; row++)
        {
            var alignment = Alignment.To(s_layout, TrainedDs1.Matrix.Row(row));
            for (var trial = 0; trial < 9; trial++)
            {
                var random = new SeededRandom(17, SeededRandom.Stream("planted", row, trial));
                var planted = NetworkSymmetry.Random(RecurrentSpec.Ds1, random);
                var hidden = Networks.OtherBasis(s_layout, planted.Apply(s_layout, TrainedDs1.Matrix.Row(row)), random);
                var found = alignment.Align(hidden);
                AssertEqual(planted.Inverse(), found.Symmetry);
                Assert.InRange(found.Similarity, 1 - 1e-9, 1 + 1e-9);
            }
        }
    }

    [Fact]
    public void A_planted_symmetry_is_found_in_any_shape_with_or_without_activations() =>
        Gen.Select(NetworkSymmetryTests.Specs, Gen.ULong).Sample((spec, seed) =>
        {
            var random = new SeededRandom(seed);
            var layout = spec.Layout;
            var weights = Networks.Random(layout, random);
            var hidden = NetworkSymmetry.Random(spec, random).Apply(layout, weights);
            var found = Alignment.To(layout, weights, new AlignmentOptions(Starts: 8)).Align(hidden);
            Assert.InRange(found.Similarity, 1 - 1e-9, 1 + 1e-9);
        }, iter: 200);

    [Fact]
    public void An_aligned_network_answers_as_before() =>
        Gen.Select(NetworkSymmetryTests.Specs, Gen.ULong).Sample((spec, seed) =>
        {
            var random = new SeededRandom(seed);
            var layout = spec.Layout;
            var weights = Networks.Random(layout, random);
            var aligned = Alignment.To(layout, Networks.Random(layout, random)).Align(weights);
            var inputs = Networks.RandomInputs(8, spec.Inputs, random);
            var expected = Networks.Forward(layout, weights, inputs);
            Near.All(expected, Networks.Forward(layout, aligned.Weights, inputs), Networks.Tolerance(spec, 1e-4));
        }, iter: 60);

    [Fact]
    public void Aligning_never_takes_a_network_farther_away() =>
        Gen.ULong.Sample(seed =>
        {
            var random = new SeededRandom(seed);
            float[] reference = Networks.Random(s_layout, random), weights = Networks.Random(s_layout, random);
            var before = SymmetricDistance.Euclidean(MergedForm.Of(s_layout, reference), MergedForm.Of(s_layout, weights));
            Assert.InRange(SymmetricDistance.Between(s_layout, reference, weights), 0, before);
        }, iter: 30);

    [Fact]
    public void The_average_of_two_aligned_networks_is_better_than_that_of_the_raw_ones()
    {
        var (raw, aligned) = (new List<double>(), new List<double>());
        foreach (var machine in TrainedDs1.Matrix.Labels.Select(label => label.Machine.Name).Distinct())
        {
            var networks = TrainedDs1.Matrix.Where(label => label.Machine.Name == machine);
            for (var i = 0; i < networks.Networks; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    raw.Add(TrainedDs1.Loss(machine, Mean(networks.Row(i), networks.Row(j))));
                    aligned.Add(TrainedDs1.Loss(machine, Mean(
                        MergedForm.Of(s_layout, networks.Row(i)), Alignment.To(s_layout, networks.Row(i)).Align(networks.Row(j)).Weights)));
                }
            }
        }

        Assert.All(
            raw.Zip(aligned),
            pair => Assert.True(pair.Second < pair.First, $"The aligned average has the loss {pair.Second}, the raw one {pair.First}."));
        Assert.InRange(aligned.Average(), 0, raw.Average() / 3);
    }

    [Fact]
    public void Noisy_copies_hidden_behind_symmetries_average_back_to_the_network() =>
        Gen.ULong.Sample(seed =>
        {
            var random = new SeededRandom(seed);
            var weights = Networks.Random(s_layout, random);
            float[] Copy() => [.. weights.Select(w => (float)(w + (0.05 * random.NextNormal())))];
            float[] first = Copy(), second = NetworkSymmetry.Random(RecurrentSpec.Ds1, random).Apply(s_layout, Copy());
            var truth = MergedForm.Of(s_layout, weights);
            var aligned = Mean(MergedForm.Of(s_layout, first), Alignment.To(s_layout, first).Align(second).Weights);
            Assert.True(SymmetricDistance.Euclidean(truth, aligned) < 0.5 * SymmetricDistance.Euclidean(truth, Mean(first, second)));
        }, iter: 30);

    [Fact]
    public void All_networks_at_once_are_aligned_as_each_alone_and_twice_alike()
    {
        var reference = TrainedDs1.Matrix.Row(0);
        var together = Alignment.To(s_layout, reference).AlignAll(TrainedDs1.Matrix);
        for (var row = 0; row < TrainedDs1.Matrix.Networks; row++)
            Assert.Equal(Alignment.To(s_layout, reference).Align(TrainedDs1.Matrix.Row(row)).Weights, together[row].Weights);
        Assert.Equal(together.SelectMany(one => one.Weights), View(Alignment.Align(reference, TrainedDs1.Matrix)));
    }

    static IEnumerable<float> View(WeightMatrix matrix) =>
        Enumerable.Range(0, matrix.Networks).SelectMany(row => matrix.Row(row).ToArray());

    [Fact]
    public void More_starts_end_no_farther_from_the_reference()
    {
        double Similarity(int starts) => Alignment.To(s_layout, TrainedDs1.Matrix.Row(0), new AlignmentOptions(starts))
            .AlignAll(TrainedDs1.Matrix).Sum(one => one.Similarity);
        Assert.True(Similarity(8) >= Similarity(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Similarity(0));
    }

    static float[] Mean(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var mean = new float[a.Length];
        for (var i = 0; i < mean.Length; i++) mean[i] = (a[i] + b[i]) / 2;
        return mean;
    }

    static void AssertEqual(NetworkSymmetry expected, NetworkSymmetry actual)
    {
        Assert.Equal(expected.Permutations, actual.Permutations);
        Assert.Equal(expected.Scales, actual.Scales);
    }
}

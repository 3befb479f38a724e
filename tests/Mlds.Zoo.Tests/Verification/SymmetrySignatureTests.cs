using CsCheck;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests.Verification;

public sealed class SymmetrySignatureTests
{
    static readonly RecurrentSpec[] s_specs =
    [
        RecurrentSpec.Ds1,
        new(9, 3, 1, [8], Activation.None),
        new(5, 6, 2, [7, 4], Activation.Relu),
        new(5, 6, 2, [7, 4], Activation.Tanh),
    ];

    static readonly Gen<(WeightLayout Layout, float[] Weights, Random Random)> s_network =
        Gen.Select(Gen.Int[0, s_specs.Length - 1], Gen.Int, (i, seed) =>
        {
            var layout = s_specs[i].Layout;
            return (layout, InitialWeights.Draw(layout, (uint)seed), new Random(seed));
        });

    static void IsSame(WeightLayout layout, float[] weights, float[] other)
    {
        Assert.NotEqual(weights, other);
        Assert.True(SymmetrySignature.AreSame(SymmetrySignature.Of(layout, weights), SymmetrySignature.Of(layout, other)));
    }

    [Fact]
    public void Permuted_and_sign_flipped_units_leave_it_alone() =>
        s_network.Sample(
            network => IsSame(network.Layout, network.Weights, Disguises.Relabelled(network.Layout, network.Weights, network.Random)),
            iter: 60);

    [Fact]
    public void Biases_shifted_between_input_and_recurrence_leave_it_alone() =>
        s_network.Sample(
            network => IsSame(network.Layout, network.Weights, Disguises.BiasesShifted(network.Layout, network.Weights, network.Random)),
            iter: 60);

    [Fact]
    public void Another_basis_between_linear_layers_leaves_it_alone() =>
        s_network.Where(network => network.Layout.Recurrent is { Activation: Activation.None, Linear.Count: > 1 }).Sample(
            network => IsSame(network.Layout, network.Weights, Disguises.OtherBasis(network.Layout, network.Weights, network.Random)),
            iter: 60);

    [Fact]
    public void All_disguises_at_once_leave_it_alone_and_the_losses_almost()
    {
        var (layout, data) = (RecurrentSpec.Ds1.Layout, Example.Ds1Shape.Data("ParityMachine"));
        s_network.Where(network => network.Layout.Recurrent == RecurrentSpec.Ds1).Sample(
            network =>
            {
                var other = Disguises.All(layout, network.Weights, network.Random);
                IsSame(layout, network.Weights, other);
                // The loss shows that it is a disguise.
                Assert.Equal(
                    Mlds.Training.Evaluation.Loss(RecurrentSpec.Ds1, network.Weights, data.Validation),
                    Mlds.Training.Evaluation.Loss(RecurrentSpec.Ds1, other, data.Validation), 1e-4f);
            },
            iter: 10);
    }

    [Fact]
    public void Networks_of_other_seeds_have_another()
    {
        foreach (var spec in s_specs)
        {
            var layout = spec.Layout;
            var signatures = Enumerable.Range(0, 200)
                .Select(seed => SymmetrySignature.Of(layout, InitialWeights.Draw(layout, (uint)seed))).ToArray();
            for (var i = 0; i < signatures.Length; i++)
                for (var j = 0; j < i; j++) Assert.False(SymmetrySignature.AreSame(signatures[i], signatures[j]));
        }
    }

    [Fact]
    public void A_changed_weight_changes_it() =>
        s_network.Where(network => network.Layout.Recurrent.Activation == Activation.None).Sample(
            network =>
            {
                float[] other = [.. network.Weights];
                other[network.Random.Next(other.Length)] += 1f;
                Assert.False(SymmetrySignature.AreSame(
                    SymmetrySignature.Of(network.Layout, network.Weights), SymmetrySignature.Of(network.Layout, other)));
            },
            iter: 60);

    static readonly FeedForwardSpec[] s_feedForward =
    [
        FeedForwardSpec.LeNet5,
        FeedForwardSpec.LeNet5 with { Activation = Activation.Tanh },
        FeedForwardSpec.LeNet5 with { Activation = Activation.None },
        new(new ImageSize(2, 5, 5), [new LinearLayer(7), new LinearLayer(3)], Activation.Relu),
    ];

    /// <summary>Uniform draws of any scale, so that units of one layer differ as those of trained networks do.</summary>
    static readonly Gen<(FeedForwardSpec Spec, float[] Weights, Random Random)> s_images =
        Gen.Select(Gen.Int[0, s_feedForward.Length - 1], Gen.UInt, (i, seed) =>
            (s_feedForward[i], InitialWeights.Draw(s_feedForward[i].Layout, seed), new Random((int)seed)));

    [Fact]
    public void Permuted_scaled_and_sign_flipped_channels_and_units_leave_it_alone() => s_images.Sample(
        network => IsSame(
            network.Spec.Layout, network.Weights, Disguises.Rescaled(network.Spec, network.Weights, network.Random)),
        iter: 60);

    [Fact]
    public void LeNets_of_other_seeds_have_another()
    {
        foreach (var spec in s_feedForward)
        {
            var signatures = Enumerable.Range(0, 100)
                .Select(seed => SymmetrySignature.Of(spec.Layout, InitialWeights.Draw(spec.Layout, (uint)seed))).ToArray();
            for (var i = 0; i < signatures.Length; i++)
                for (var j = 0; j < i; j++) Assert.False(SymmetrySignature.AreSame(signatures[i], signatures[j]));
        }
    }

    /// <summary>A weight that is moved by as much as its layer's bound, in any layer.</summary>
    [Fact]
    public void A_changed_weight_of_a_LeNet_changes_it() => s_images.Sample(
        network =>
        {
            foreach (var tensor in network.Spec.Layout.Tensors)
            {
                float[] other = [.. network.Weights];
                other[tensor.Offset + network.Random.Next(tensor.Length)] += 20 * tensor.Bound;
                Assert.False(SymmetrySignature.AreSame(
                    SymmetrySignature.Of(network.Spec.Layout, network.Weights), SymmetrySignature.Of(network.Spec.Layout, other)));
            }
        },
        iter: 20);
}

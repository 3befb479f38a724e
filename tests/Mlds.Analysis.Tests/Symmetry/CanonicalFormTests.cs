using CsCheck;
using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;

namespace Mlds.Analysis.Tests.Symmetry;

public sealed class CanonicalFormTests
{
    [Fact]
    public void Merging_and_ordering_leave_the_outputs_alone() =>
        Gen.Select(NetworkSymmetryTests.Specs, Gen.ULong).Sample((spec, seed) =>
        {
            var random = new SeededRandom(seed);
            var layout = spec.Layout;
            var weights = Networks.Random(layout, random);
            var inputs = Networks.RandomInputs(8, spec.Inputs, random);
            var outputs = Networks.Forward(layout, weights, inputs);
            Near.All(outputs, Networks.Forward(layout, MergedForm.Of(layout, weights), inputs), Networks.Tolerance(spec, 1e-4));
            Near.All(outputs, Networks.Forward(layout, CanonicalForm.Of(layout, weights), inputs), Networks.Tolerance(spec, 1e-4));
        }, iter: 60);

    [Fact]
    public void Networks_equal_but_for_a_symmetry_have_the_same_bits_in_canonical_form() =>
        Gen.Select(NetworkSymmetryTests.Specs, Gen.ULong).Sample((spec, seed) =>
        {
            var random = new SeededRandom(seed);
            var layout = spec.Layout;
            var weights = Networks.Random(layout, random);
            var hidden = NetworkSymmetry.Random(spec, random).Apply(layout, weights);
            Assert.Equal(CanonicalForm.Of(layout, weights), CanonicalForm.Of(layout, hidden));
        }, iter: 100);

    [Fact]
    public void A_canonical_form_is_its_own_whatever_the_network() =>
        Gen.Select(NetworkSymmetryTests.Specs, Gen.ULong).Sample((spec, seed) =>
        {
            var form = CanonicalForm.Of(spec.Layout, Networks.Random(spec.Layout, new SeededRandom(seed)));
            Assert.Equal(form, CanonicalForm.Of(spec.Layout, form));
        }, iter: 60);

    [Fact]
    public void A_canonical_form_is_its_own()
    {
        var layout = TrainedDs1.Matrix.Layout;
        for (var row = 0; row < TrainedDs1.Matrix.Networks; row++)
        {
            var form = CanonicalForm.Of(layout, TrainedDs1.Matrix.Row(row));
            Assert.Equal(form, CanonicalForm.Of(layout, form));
        }
    }

    [Fact]
    public void Different_networks_have_different_canonical_forms()
    {
        var layout = TrainedDs1.Matrix.Layout;
        var forms = Enumerable.Range(0, TrainedDs1.Matrix.Networks)
            .Select(row => string.Join(' ', CanonicalForm.Of(layout, TrainedDs1.Matrix.Row(row))));
        Assert.Equal(TrainedDs1.Matrix.Networks, forms.Distinct().Count());
    }
}

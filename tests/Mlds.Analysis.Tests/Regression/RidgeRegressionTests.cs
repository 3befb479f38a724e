using Mlds.Analysis.Data;
using Mlds.Analysis.Regression;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Regression;

public sealed class RidgeRegressionTests
{
    [Fact]
    public void A_linear_law_is_found_and_noise_is_not()
    {
        var matrix = Samples.Blobs(120, 30, 4, seed: 3);
        var random = new SeededRandom(9);
        var law = Enumerable.Range(0, 120).Select(i => 5 + matrix.Row(i)[0] - (0.5 * matrix.Row(i)[7])).ToArray();
        var noise = law.Select(_ => random.NextNormal()).ToArray();
        int[] training = [.. Enumerable.Range(0, 90)], test = [.. Enumerable.Range(90, 30)];
        var predicted = RidgeRegression.Predict(matrix.Select(training), [law[..90], noise[..90]], matrix.Select(test));
        Assert.InRange(Fit.R2(law[90..], predicted[0]), 0.7, 1);
        Assert.InRange(Fit.R2(noise[90..], predicted[1]), -1, 0.3);

        // Each target chooses its own penalty, so it is predicted the same when it is alone.
        Assert.Equal(predicted[0], RidgeRegression.Predict(matrix.Select(training), [law[..90]], matrix.Select(test))[0]);
    }

    [Fact]
    public void A_constant_is_predicted_as_itself() =>
        Assert.All(
            RidgeRegression.Predict(
                Samples.Blobs(20, 5, 2, seed: 1), [[.. Enumerable.Repeat(3.5, 20)]], Samples.Blobs(4, 5, 2, seed: 2))[0],
            y => Assert.Equal(3.5, y, 1e-12));

    [Fact]
    public void R2_and_tau_are_what_their_definitions_say()
    {
        Assert.Equal(1, Fit.R2([1, 2, 3], [1, 2, 3]));
        Assert.Equal(0, Fit.R2([1, 2, 3], [2, 2, 2]));
        Assert.Equal(-3, Fit.R2([1, 2, 3], [3, 2, 1]), 1e-12);
        Assert.Equal(0.2, Fit.KendallTau([1, 2, 3, 4, 5], [3, 4, 1, 2, 5]), 1e-12); // six pairs agree, four don't
        Assert.Equal(-1, Fit.KendallTau([1, 2, 3], [9, 5, 1]));
        Assert.Equal(0, Fit.KendallTau([1, 1, 1], [1, 2, 3]));
        Assert.Equal(2 / Math.Sqrt(2 * 3), Fit.KendallTau([1, 1, 2], [1, 2, 3]), 1e-12); // one tie in the first
    }
}

using Mlds.Analysis.Data;
using Mlds.Analysis.Forests;
using Mlds.Analysis.Regression;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Regression;

public sealed class RegressionForestTests
{
    static readonly ForestOptions s_options = new(Trees: 50);

    static readonly int[] s_training = [.. Enumerable.Range(0, 300)];
    static readonly int[] s_test = [.. Enumerable.Range(300, 100)];

    static FeatureMatrix Uniform(int rows, int columns)
    {
        var random = new SeededRandom(4);
        return new FeatureMatrix(
            [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble())], rows,
            [.. Enumerable.Range(0, columns).Select(column => $"x{column}")]);
    }

    [Fact]
    public void A_law_that_is_not_linear_is_found_and_noise_is_not()
    {
        var matrix = Uniform(400, 6);
        var random = new SeededRandom(9);
        // Four squares of a chessboard: no line helps.
        var law = Enumerable.Range(0, 400).Select(i => (matrix.Row(i)[0] > 0.5) == (matrix.Row(i)[3] > 0.5) ? 2.0 : -1.0).ToArray();
        var noise = law.Select(_ => random.NextNormal()).ToArray();
        var (from, to) = (matrix.Select(s_training), matrix.Select(s_test));
        var predicted = RegressionForest.Predict(from, [law[..300], noise[..300]], to, s_options);
        Assert.InRange(Fit.R2(law[300..], predicted[0]), 0.6, 1);
        Assert.InRange(Fit.R2(noise[300..], predicted[1]), -0.5, 0.2);
        Assert.InRange(Fit.R2(law[300..], RidgeRegression.Predict(from, [law[..300]], to)[0]), -0.5, 0.2);
    }

    [Fact]
    public void Predictions_stay_between_the_least_and_the_greatest_number_seen_and_do_not_depend_on_what_else_is_predicted()
    {
        var matrix = Uniform(400, 3);
        var target = Enumerable.Range(0, 400).Select(i => 100.0 * matrix.Row(i)[1]).ToArray();
        var (from, to) = (matrix.Select(s_training), matrix.Select(s_test));
        var alone = RegressionForest.Predict(from, [target[..300]], to, s_options)[0];
        Assert.All(alone, y => Assert.InRange(y, target[..300].Min(), target[..300].Max()));
        Assert.Equal(alone, RegressionForest.Predict(from, [target[..300], target[..300]], to, s_options)[0]);
        Assert.InRange(Fit.R2(target[300..], alone), 0.9, 1);
    }

    [Fact]
    public void A_constant_is_predicted_as_itself_and_columns_that_do_not_vary_do_no_harm()
    {
        var matrix = new FeatureMatrix([.. Enumerable.Repeat(1.0, 20)], 10, ["a", "b"]);
        double[][] targets = [[.. Enumerable.Repeat(3.5, 10)], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]];
        var predicted = RegressionForest.Predict(matrix, targets, matrix, s_options);
        Assert.All(predicted[0], y => Assert.Equal(3.5, y, 1e-12));
        Assert.All(predicted[1], y => Assert.Equal(predicted[1][0], y));
    }
}

using CsCheck;
using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Regression;

namespace Mlds.Analysis.Tests.Regression;

public sealed class PrimalRidgeTests
{
    static double[][] Targets(FeatureMatrix matrix, SeededRandom random) =>
    [
        [.. Enumerable.Range(0, matrix.Rows).Select(i => 1000 + matrix.Row(i)[0] - (0.3 * matrix.Row(i)[^1]) + random.NextNormal())],
        Samples.Normals(random, 2 * matrix.Rows),
    ];

    [Fact]
    public void Predictions_are_those_of_the_dual_form_for_the_same_penalty() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[2, 60], Gen.Double[-4, 1], Gen.ULong).Sample((columns, more, exponent, seed) =>
        {
            var (matrix, test) = (Samples.Blobs(columns + more, columns, 3, seed), Samples.Blobs(9, columns, 3, seed + 1));
            AssertSame(matrix, test, Math.Pow(10, exponent), seed, 1e-6);
        }, iter: 60);

    [Theory]
    [InlineData(700, 600, 1e-2)]
    [InlineData(1500, 530, 1)]
    public void Products_in_float32_change_no_prediction_of_many_columns(int rows, int columns, double penalty) =>
        AssertSame(Samples.Blobs(rows, columns, 4, 7, 3), Samples.Blobs(20, columns, 4, 8, 3), penalty, 9, 1e-4);

    static void AssertSame(FeatureMatrix matrix, FeatureMatrix test, double penalty, ulong seed, double tolerance)
    {
        var targets = Targets(matrix, new SeededRandom(seed));
        var (primal, dual) = (PrimalRidge.Fit(matrix, targets, [penalty]), DualRidge.Fit(matrix, targets, [penalty]));
        var (ours, theirs) = (primal.Predict(test), dual.Predict(test));
        for (var set = 0; set < targets.Length; set++)
        {
            var level = set == 0 ? 1000 : 0;
            Near.All(
                [.. theirs[set].Select(y => y - level)], ours[set].Select(y => y - level).ToArray(),
                tolerance * Math.Max(1, 1 / theirs[set].Max(y => Math.Abs(y - level))));
            var (_, weights, intercepts) = primal.Primal(set);
            Assert.Equal((set + 1, set + 1), (weights.Length, intercepts.Length));
        }
    }

    [Fact]
    public void Up_to_512_columns_the_penalty_is_the_dual_forms_by_exact_leave_one_out_errors()
    {
        double[] penalties = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10];
        var chosen = new HashSet<double>();
        foreach (var spread in new[] { 0.5, 3, 12 })
        {
            var (matrix, test) = (Samples.Blobs(90, 25, 2, 3, spread), Samples.Blobs(30, 25, 2, 4, spread));
            double[][] targets = [[.. Samples.Labels(90, 2).Select(label => label == 1 ? 1.0 : -1)]];
            var ours = PrimalRidge.Fit(matrix, targets, penalties).Predict(test)[0];
            Near.All(DualRidge.Fit(matrix, targets, penalties).Predict(test)[0], ours, 1e-5);
            chosen.Add(penalties.MinBy(penalty =>
                PrimalRidge.Fit(matrix, targets, [penalty]).Predict(test)[0].Zip(ours, (a, b) => Math.Abs(a - b)).Sum()));
        }

        Assert.True(chosen.Count > 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void Of_more_columns_the_penalty_has_the_least_generalized_cross_validation_error_as_numpy_computes_it(double spread)
    {
        const int Columns = 520;
        double[] penalties = [1e-3, 1e-1, 1, 10];
        var matrix = Samples.Blobs(800, Columns, 2, 5, spread);
        double[] target = [.. Samples.Labels(800, 2).Select(label => label == 1 ? 1.0 : -1)];
        var errors = Python.Run(
            $$"""
            x, y = rows('x', {{Columns}}), np.array(data['y'])
            x, y = (x - x.mean(0)) / x.std(0), y - y.mean()
            n = len(x)
            def gcv(p):
                hat = x @ np.linalg.solve(x.T @ x + p * {{Columns}} * np.eye({{Columns}}), x.T) + 1 / n
                return n * ((y - hat @ y) ** 2).sum() / (n - np.trace(hat)) ** 2
            out(errors=[gcv(p) for p in data['p']])
            """, ("x", Samples.Doubles(matrix.Values)), ("y", target), ("p", penalties)).Doubles("errors");
        var best = penalties[Array.IndexOf(errors, errors.Min())];
        var test = Samples.Blobs(25, Columns, 2, 6, spread);
        Assert.Equal(
            PrimalRidge.Fit(matrix, [target], [best]).Predict(test)[0],
            PrimalRidge.Fit(matrix, [target], penalties).Predict(test)[0]);
    }

    [Theory]
    [InlineData(120, 20)]
    [InlineData(6000, 515)]
    public void Folds_that_share_their_sums_predict_what_each_alone_would(int rows, int columns)
    {
        var matrix = Samples.Blobs(rows, columns, 3, 12, 4);
        var labels = Samples.Labels(rows, 3);
        int[] folds = [.. Enumerable.Range(0, rows).Select(i => i % 7 % 5)];
        var ridge = new Ridge(new RidgeOptions([0.1]));
        int[] reversed = [.. labels.Reverse()];
        var shared = ridge.OutOfFold(matrix, [labels, reversed], 3, folds, TestContext.Current.CancellationToken)!;
        foreach (var fold in new[] { 0, 4 })
        {
            int[] training = [.. Enumerable.Range(0, rows).Where(i => folds[i] != fold)];
            int[] test = [.. Enumerable.Range(0, rows).Where(i => folds[i] == fold)];
            var alone = ridge.Score(
                matrix.Select(training), [[.. training.Select(i => labels[i])], [.. training.Select(i => reversed[i])]], 3,
                matrix.Select(test));
            for (var set = 0; set < 2; set++)
            {
                Near.All(
                    alone[set], [.. test.SelectMany(i => shared[set][(i * 3)..((i + 1) * 3)])], columns > 512 ? 1e-4 : 1e-7);
            }
        }
    }

    [Theory]
    [InlineData(40, 3)]
    [InlineData(9000, 513)]
    public void A_column_that_varies_in_one_fold_alone_tells_the_models_of_the_others_nothing(int rows, int columns)
    {
        var random = new SeededRandom(3);
        int[] folds = [.. Enumerable.Range(0, rows).Select(i => i % 2)];
        float[] values = [.. Samples.Normals(random, rows * columns).Select(value => (float)value)];
        for (var i = 0; i < rows; i++) values[i * columns] = 5 + (folds[i] == 0 ? 0 : values[i * columns]);
        var matrix = new FeatureMatrix(values, rows, [.. Enumerable.Range(0, columns).Select(j => $"x{j}")]);
        double[] target = [.. Enumerable.Range(0, rows).Select(i => matrix.Row(i)[1] + (10.0 * matrix.Row(i)[0]))];
        var shared = PrimalRidge.OutOfFold(matrix, [target], [1e-2], folds, TestContext.Current.CancellationToken)[0];
        int[] training = [.. Enumerable.Range(0, rows).Where(i => folds[i] == 0)];
        var least = training.Min(i => target[i]);
        Assert.All(Enumerable.Range(0, rows).Where(i => folds[i] == 1), i => Assert.InRange(shared[i], least - 5, least + 15));
    }

    [Fact]
    public void Wide_or_few_networks_keep_the_dual_form()
    {
        Assert.False(PrimalRidge.Suits(100, 4364));
        Assert.False(PrimalRidge.Suits(4000, 4364));
        Assert.False(PrimalRidge.Suits(1000, 900));
        Assert.False(PrimalRidge.Suits(100_000, 61_706));
        Assert.True(PrimalRidge.Suits(50_000, 4364));
        Assert.True(PrimalRidge.Suits(500, 119));
        Assert.Null(new Ridge(RidgeOptions.Default).OutOfFold(
            Samples.Blobs(20, 30, 2, 1), [Samples.Labels(20, 2)], 2, [.. Enumerable.Range(0, 20).Select(i => i % 4)],
            TestContext.Current.CancellationToken));
    }
}

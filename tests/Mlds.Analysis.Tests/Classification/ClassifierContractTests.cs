using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Forests;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Classification;

/// <summary>What every classifier keeps, whatever it learns by. A new one is added to the list, or the first test fails.</summary>
public sealed class ClassifierContractTests
{
    /// <summary>Made anew for every use, so that equal results come from equal options and not from what is remembered.</summary>
    static readonly Func<IClassifier>[] s_all =
    [
        () => new Ridge(RidgeOptions.Default),
        () => new RandomForest(new ForestOptions(Trees: 40)),
        () => new Knn(new KnnOptions()),
        () => new Logistic(new LogisticOptions()),
    ];

    public static TheoryData<string> Names => [.. s_all.Select(make => make().Name)];

    static IClassifier Make(string name) => s_all.Select(make => make()).Single(classifier => classifier.Name == name);

    static double[] Score(string name, FeatureMatrix training, int[] labels, int classes, FeatureMatrix test) =>
        Assert.Single(Make(name).Score(training, [labels], classes, test));

    static int[] Predict(string name, FeatureMatrix training, int[] labels, int classes, FeatureMatrix test) =>
        CrossValidation.Predictions(Score(name, training, labels, classes, test), classes);

    /// <summary>Two thirds to learn from and one to be judged, of the same clouds.</summary>
    static (FeatureMatrix Training, int[] Labels, FeatureMatrix Test, int[] TestLabels) Split(int classes, ulong seed, double spread)
    {
        var all = Samples.Blobs(90, 8, classes, seed, spread);
        var labels = Samples.Labels(90, classes);
        return (all.Select([.. Enumerable.Range(0, 60)]), labels[..60], all.Select([.. Enumerable.Range(60, 30)]), labels[60..]);
    }

    /// <summary>The same matrix with a column more that has one value everywhere.</summary>
    static FeatureMatrix WithConstant(FeatureMatrix matrix, float value) => new(
        [.. Enumerable.Range(0, matrix.Rows).SelectMany(row => new[] { value }.Concat(matrix.Row(row).ToArray()))],
        matrix.Rows, ["constant", .. matrix.ColumnNames]);

    [Fact]
    public void Every_classifier_is_held_to_the_contract_and_has_a_name_of_its_own()
    {
        var there = typeof(IClassifier).Assembly.GetTypes().Where(type => type.IsClass && typeof(IClassifier).IsAssignableFrom(type));
        Assert.Equal(there.ToHashSet(), s_all.Select(make => make().GetType()).ToHashSet());
        Assert.Distinct(s_all.Select(make => make().Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Separated_classes_are_learned(string name)
    {
        foreach (var (classes, seed) in new[] { (2, 1UL), (2, 2UL), (3, 3UL) })
        {
            var (training, labels, test, testLabels) = Split(classes, seed, spread: 0.1);
            Assert.Equal(testLabels, Predict(name, training, labels, classes, test));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_labelling_gets_a_score_for_every_network_and_class(string name)
    {
        var (training, labels, test, _) = Split(3, 4, spread: 2);
        var scores = Make(name).Score(training, [labels, [.. labels.Reverse()]], 3, test);
        Assert.Equal(2, scores.Length);
        Assert.All(scores, set => Assert.Equal(30 * 3, set.Length));
        Assert.All(scores.SelectMany(set => set), score => Assert.True(double.IsFinite(score)));
        Assert.NotEqual(scores[0], scores[1]);
    }

    /// <summary>Several at once share the threads that one alone has for itself.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_options_give_equal_bits_whatever_threads_there_are(string name)
    {
        var (training, labels, test, _) = Split(3, 5, spread: 2);
        int[] shuffled = [.. labels.Reverse()];
        double[] Bits() => [.. Make(name).Score(training, [labels, shuffled], 3, test).SelectMany(scores => scores)];
        var alone = Bits();
        var threads = new double[8][];
        Parallel.For(0, threads.Length, new ParallelOptions { MaxDegreeOfParallelism = threads.Length }, i => threads[i] = Bits());
        Assert.All(threads, together => Assert.Equal(
            alone.Select(BitConverter.DoubleToInt64Bits), together.Select(BitConverter.DoubleToInt64Bits)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_learned_from_and_judged_stays_as_it_was(string name)
    {
        var (training, labels, test, _) = Split(2, 6, spread: 1);
        var (trainingBefore, labelsBefore, testBefore) = (training.Values.ToArray(), labels.ToArray(), test.Values.ToArray());
        Score(name, training, labels, 2, test);
        Assert.Equal(trainingBefore, training.Values);
        Assert.Equal(labelsBefore, labels);
        Assert.Equal(testBefore, test.Values);
    }

    /// <summary>Shuffled labels are the control of the true ones, which must not depend on how many controls there are.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void The_first_labelling_s_scores_do_not_depend_on_the_others(string name)
    {
        var (training, labels, test, _) = Split(3, 7, spread: 2);
        var together = Make(name).Score(training, [labels, [.. labels.Reverse()], [.. labels.Order()]], 3, test);
        Near.All(Score(name, training, labels, 3, test), together[0], 1e-12);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_network_s_scores_do_not_depend_on_those_judged_beside_it(string name)
    {
        var (training, labels, test, _) = Split(3, 8, spread: 2);
        var all = Score(name, training, labels, 3, test);
        for (var row = 0; row < test.Rows; row += 7)
            Near.All(all[(row * 3)..((row + 1) * 3)], Score(name, training, labels, 3, test.Select([row])), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void With_one_class_there_is_nothing_else_to_predict(string name)
    {
        var (training, _, test, _) = Split(2, 9, spread: 1);
        foreach (var classes in new[] { 1, 2 })
        {
            var scores = Score(name, training, new int[training.Rows], classes, test);
            Assert.All(scores, score => Assert.True(double.IsFinite(score)));
            Assert.All(CrossValidation.Predictions(scores, classes), predicted => Assert.Equal(0, predicted));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_class_that_no_network_has_is_never_predicted(string name)
    {
        var (training, labels, test, _) = Split(2, 10, spread: 3);
        int[] apart = [.. labels.Select(label => 2 * label)];
        Assert.DoesNotContain(1, Predict(name, training, apart, 3, test));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_constant_column_is_no_hindrance(string name)
    {
        var (training, labels, test, testLabels) = Split(2, 11, spread: 0.1);
        foreach (var value in new[] { 0, 0.1f, -1e9f })
        {
            var scores = Score(name, WithConstant(training, value), labels, 2, WithConstant(test, value));
            Assert.All(scores, score => Assert.True(double.IsFinite(score)));
            Assert.Equal(testLabels, CrossValidation.Predictions(scores, 2));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Where_no_column_varies_scores_are_numbers_and_the_same_for_all(string name)
    {
        var matrix = new FeatureMatrix([.. Enumerable.Repeat(0.1, 60)], 20, ["a", "b", "c"]);
        var scores = Score(name, matrix, Samples.Labels(20, 2), 2, matrix);
        Assert.All(scores, score => Assert.True(double.IsFinite(score)));
        Assert.Single(scores.Chunk(2).Select(row => (row[0], row[1])).Distinct());
    }
}

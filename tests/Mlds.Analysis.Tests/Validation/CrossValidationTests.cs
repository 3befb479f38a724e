using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Forests;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Validation;

public sealed class CrossValidationTests
{
    /// <summary>A classifier that only remembers which rows it was given.</summary>
    sealed class Spy : IClassifier
    {
        readonly List<(int[] Training, int[] Test)> _splits = [];

        internal IReadOnlyList<(int[] Training, int[] Test)> Splits => _splits;

        public string Name => "spy";

        public double[][] Score(FeatureMatrix training, IReadOnlyList<int[]> labelings, int classes, FeatureMatrix test)
        {
            static int[] Rows(FeatureMatrix matrix) => [.. Enumerable.Range(0, matrix.Rows).Select(i => (int)matrix.Row(i)[0])];
            _splits.Add((Rows(training), Rows(test)));
            Assert.All(labelings, labels => Assert.Equal(Rows(training).Select(row => row % 3), labels));
            return [.. labelings.Select(_ => Rows(test).SelectMany(row => new[] { row, row + 0.25, row + 0.5 }).ToArray())];
        }
    }

    [Fact]
    public void Every_network_is_scored_once_by_a_model_that_never_saw_it()
    {
        var folds = Enumerable.Range(0, 31).Select(i => i % 4).ToArray();
        var matrix = new FeatureMatrix([.. Enumerable.Range(0, 31).Select(i => (double)i)], 31, ["row"]);
        var spy = new Spy();
        var scores = CrossValidation.OutOfFold(
            spy, matrix, [[.. Enumerable.Range(0, 31).Select(i => i % 3)]], 3, folds, TestContext.Current.CancellationToken)[0];
        Assert.Equal(Enumerable.Range(0, 31).SelectMany(row => new[] { row, row + 0.25, row + 0.5 }), scores);
        Assert.Equal(4, spy.Splits.Count);
        Assert.Equal(Enumerable.Range(0, 31), spy.Splits.SelectMany(split => split.Test).Order());
        Assert.All(spy.Splits, split => Assert.Equal(Enumerable.Range(0, 31), split.Training.Concat(split.Test).Order()));
    }

    [Fact]
    public void The_rank_of_the_own_class_is_its_place_by_score_and_1_exactly_where_it_is_predicted()
    {
        var random = new SeededRandom(14);
        const int classes = 7;

        // Few different scores, so that many tie.
        double[] scores = [.. Enumerable.Range(0, 200 * classes).Select(_ => (double)random.Next(4))];
        int[] labels = [.. Enumerable.Range(0, 200).Select(_ => random.Next(classes))];
        var ranks = CrossValidation.RanksOf(scores, labels, classes);
        var predictions = CrossValidation.Predictions(scores, classes);
        for (var i = 0; i < 200; i++)
        {
            var order = Enumerable.Range(0, classes).OrderByDescending(k => scores[(i * classes) + k]).ToList();
            Assert.Equal(order.IndexOf(labels[i]) + 1, ranks[i]);
            Assert.Equal(predictions[i] == labels[i], ranks[i] == 1);
        }
    }

    /// <summary>Noise with thousands of columns: a classifier fitted on test rows finds something in it.</summary>
    [Fact]
    public void Pure_noise_scores_at_chance()
    {
        var matrix = Samples.Blobs(120, 2000, 1, 77);
        var labels = Samples.Labels(120, 2);
        var folds = Enumerable.Range(0, 120).Select(i => i / 2 % 5).ToArray();
        foreach (var classifier in new IClassifier[] { new Ridge(RidgeOptions.Default), new RandomForest(new ForestOptions()) })
        {
            var scores = CrossValidation.OutOfFold(classifier, matrix, [labels], 2, folds, TestContext.Current.CancellationToken)[0];
            var right = CrossValidation.Predictions(scores, 2).Zip(labels).Count(pair => pair.First == pair.Second);
            var interval = Intervals.Proportion(right / 120.0, 120);
            Assert.InRange(0.5, interval.Low - 0.03, interval.High + 0.03);
        }
    }
}

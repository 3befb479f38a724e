using System.Globalization;
using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Forests;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Foreign;

/// <summary>Which of the texts of a column belongs to a network?</summary>
sealed class NamesFromWeights : ForeignQuestion
{
    internal const string Id = "names_from_weights";

    static readonly Asked s_asked = new(
        Id,
        "Do the weights tell the names in the table?",
        "Each label of texts, over the networks that have one of its values with at least ten networks. Five-fold cross-validation; "
        + "networks of one group, and those whose weights are equal to the bit, are in one fold. Scalers and penalties are fitted on the "
        + "training networks alone. " + Asked.Methods
        + "Accuracy with Wilson's interval, where networks come in groups at least as wide as a bootstrap over groups has it; guessing is "
        + "the share of the most frequent value. Shuffled: the same with labels shuffled within each fold, mean of the repetitions with "
        + "the interval of a single one; of a forest from at most 4,000 networks. Metadata only: the same method on the other columns of "
        + "the table, on the same splits. The curve: networks are drawn in whole groups to learn from, and all others are asked; three "
        + "times for each size, once above 2,000.");

    readonly ForeignContext _context;
    readonly LabelColumn[] _labels;
    readonly (IClassifier Classifier, int Shuffles)[] _methods;

    internal NamesFromWeights(ForeignContext context)
        : base("Names from weights", s_asked)
    {
        (_context, _labels) = (context, [.. context.Zoo.Labels.Where(label => label.IsText)]);
        _methods =
        [
            (new Ridge(RidgeOptions.Default), context.Options.RidgeShuffles),
            (new RandomForest(new ForestOptions(context.Options.Trees, Seed: context.Options.Seed)), context.Options.ForestShuffles),
        ];
    }

    internal override string? Lack =>
        _labels.Length > 0 ? null : "No --label is a column of texts, or of numbers that are names (--as-text).";

    internal override double Work(double columns) => _labels.Sum(label =>
        Workload.Scores(label.Rows.Length, columns) + Workload.Forests(label.Rows.Length, Math.Sqrt(columns), _context.Options.Trees));

    /// <summary>The same methods on the metadata, where there are any.</summary>
    internal override ForeignPart WithoutViews()
    {
        var (scores, predictions) = (new List<Score>(), new List<Prediction>());
        foreach (var label in _labels)
        {
            if (_context.Zoo.Metadata.Of(label.Rows, label.Name) is not { } metadata) continue;
            foreach (var (classifier, _) in _methods)
            {
                _context.Step();
                int[] all = [.. Enumerable.Range(0, metadata.Rows)];
                scores.Add(Score(label, Metadata, metadata, all, classifier, 0, null, predictions, null));
            }
        }

        return new ForeignPart { Scores = scores, Predictions = predictions };
    }

    internal override ForeignPart Ask(ForeignView view, FeatureMatrix features, ForeignPart without)
    {
        var (scores, curves) = (new List<Score>(), new List<Curve>());
        var (confusions, predictions) = (new List<ConfusionMatrix>(), new List<Prediction>());
        foreach (var label in _labels)
        {
            foreach (var (classifier, shuffles) in _methods)
            {
                _context.Step();
                var alone = without.Scores.FirstOrDefault(score => score.Subject == label.Name && score.Method == classifier.Name)?.Value;
                scores.Add(Score(label, view.Name, features, label.Rows, classifier, shuffles, alone, predictions, confusions));
                _context.Step();
                curves.Add(Curve(label, view.Name, features, classifier));
            }
        }

        return new ForeignPart { Scores = scores, Curves = curves, ConfusionMatrices = confusions, Predictions = predictions };
    }

    /// <param name="rows">Those of <paramref name="features"/> that are the label's networks.</param>
    /// <param name="alone">What the metadata give; null where there are none.</param>
    /// <param name="predictions">Gets what is predicted.</param>
    /// <param name="confusions">Gets who is taken for whom; null where nobody asks.</param>
    Score Score(
        LabelColumn label, string view, FeatureMatrix features, int[] rows, IClassifier classifier, int shuffles, Estimate? alone,
        List<Prediction> predictions, List<ConfusionMatrix>? confusions)
    {
        var (folds, groups, classes) = (_context.Folds(label), _context.Groups(label), label.ClassNames.Count);
        int[] inControls = [.. Enumerable.Range(0, rows.Length)];
        if (classifier is RandomForest && rows.Length > _context.Options.MostInForestControls)
        {
            _context.Random("names_control").Shuffle<int>(inControls);
            inControls = [.. inControls.Take(_context.Options.MostInForestControls).Order()];
        }

        var (scores, controls) = Labelings.OutOfFold(
            (rows, labelings, folds) => CrossValidation.OutOfFold(
                classifier, features, rows, labelings, classes, folds, _context.Cancellation),
            rows, label.Classes, folds, inControls,
            (labels, folds) => Enumerable.Range(0, shuffles)
                .Select(shuffle => Folds.Shuffled(labels, folds, _context.Random("names_shuffle", shuffle))));
        var predicted = CrossValidation.Predictions(scores, classes);
        bool[] Right(int[] predictions, int[] truth) => [.. predictions.Zip(truth, (guess, own) => guess == own)];
        var shuffled = Array.ConvertAll(controls, control =>
            Right(CrossValidation.Predictions(control.Scores, classes), control.Labels).Average(right => right ? 1.0 : 0));
        predictions.AddRange(_context.Told(
            label, view, classifier.Name, folds, i => (label.ClassNames[label.Classes[i]], label.ClassNames[predicted[i]])));
        confusions?.Add(Confusion(label, view, classifier.Name, predicted));
        return new Score(
            label.Name, view, classifier.Name, "accuracy", _context.Share(Right(predicted, label.Classes), groups),
            label.Classes.CountBy(k => k).Max(pair => pair.Value) / (double)folds.Length, folds.Length, classes, folds.Length / classes,
            shuffled.Length > 0 ? Intervals.Proportion(shuffled.Average(), inControls.Length) : null, alone);
    }

    static ConfusionMatrix Confusion(LabelColumn label, string view, string method, int[] predicted)
    {
        var counts = label.ClassNames.Select(_ => new int[label.ClassNames.Count]).ToArray();
        for (var i = 0; i < predicted.Length; i++) counts[label.Classes[i]][predicted[i]]++;
        return new ConfusionMatrix(label.Name, view, method, label.ClassNames, counts);
    }

    Curve Curve(LabelColumn label, string view, FeatureMatrix features, IClassifier classifier)
    {
        var (groups, classes) = (_context.Groups(label), label.ClassNames.Count);
        var points = new List<CurvePoint>();
        foreach (var size in ForeignContext.Sizes(groups.Length))
        {
            var (right, tested) = (0, 0);
            for (var repetition = 0; repetition < _context.Repetitions(size); repetition++)
            {
                _context.Cancellation.ThrowIfCancellationRequested();
                var (training, test) = _context.Draw(groups, size, repetition);
                var held = CrossValidation.HeldOut(classifier, features, label.Rows, [label.Classes], classes, training, test)[0];
                right += CrossValidation.Predictions(held, classes).Where((guess, i) => guess == label.Classes[test[i]]).Count();
                tested += test.Length;
            }

            var once = (double)tested / _context.Repetitions(size);
            points.Add(new CurvePoint(size, Intervals.Proportion((double)right / tested, once), tested));
        }

        return new Curve(
            $"{label.Name}: {view}, {classifier.Name}", view, classifier.Name, "training networks", $"accuracy of {label.Name}",
            label.Classes.CountBy(k => k).Max(pair => pair.Value) / (double)groups.Length, points)
        {
            Subject = label.Name,
        };
    }

    internal override QuestionResult Answer(ForeignPart without, IReadOnlyList<ForeignPart> parts)
    {
        var scores = InOrder(parts, _labels);
        return s_asked.Answer(
            string.Join(" ", Quoted(scores).Select(Sentence)), [.. _labels.SelectMany(label => label.LeftOut)], scores,
            [.. parts.SelectMany(part => part.Curves)], [.. parts.SelectMany(part => part.ConfusionMatrices)]);
    }

    /// <summary>One label's answer.</summary>
    internal static string Sentence(Score score) => string.Create(
        CultureInfo.InvariantCulture,
        $"{score.Subject}: right for {Words.Percent(score.Value)} of {score.Networks} networks of {score.Classes} kinds, by a "
        + $"{(score.Method == Regressions.Forest ? "random forest" : score.Method)} from {score.View}; ")
        + FormattableString.Invariant($"the most frequent value has {100 * score.Chance:0.0} %")
        + (score.MetadataOnly is { } alone ? $", metadata alone give {Words.Percent(alone)}." : ".");
}

using System.Globalization;
using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Foreign;

/// <summary>The field's standard task (Unterthiner et al. 2020): a number such as the accuracy, told from the weights.</summary>
sealed class NumbersFromWeights : ForeignQuestion
{
    internal const string Id = "numbers_from_weights";

    static readonly string[] s_methods = [Regressions.Ridge, Regressions.Forest];

    static readonly Asked s_asked = new(
        Id,
        "Do the weights tell the numbers in the table?",
        "Each label of numbers, over the networks that have one. Five-fold cross-validation; networks of one group, and those whose "
        + "weights are equal to the bit, are in one fold. Ridge regression, its penalty chosen on the training networks, and a random "
        + "forest. R² and Spearman's rank correlation on networks that took no part in fitting, with a percentile bootstrap over groups. "
        + "Shuffled: the numbers shuffled within folds, once. Metadata only: the same method on the other columns of the table, on the "
        + "same splits. The curve: networks are drawn in whole groups to learn from, and all others are asked; three times for each size, "
        + "once above 2,000.");

    readonly ForeignContext _context;
    readonly LabelColumn[] _labels;

    internal NumbersFromWeights(ForeignContext context)
        : base("Numbers from weights", s_asked) =>
        (_context, _labels) = (context, [.. context.Zoo.Labels.Where(label => !label.IsText)]);

    internal override string? Lack => _labels.Length > 0 ? null : "No --label is a column of numbers.";

    internal override double Work(double columns) => _labels.Sum(label =>
        Workload.Scores(label.Rows.Length, columns)
        + Workload.Forests(label.Rows.Length, Math.Min(256, columns / 3), _context.Options.Trees));

    /// <summary>The same methods on the metadata, where there are any.</summary>
    internal override ForeignPart WithoutViews()
    {
        var predictions = new List<Prediction>();
        foreach (var label in _labels)
        {
            if (_context.Zoo.Metadata.Of(label.Rows, label.Name) is not { } metadata) continue;
            var folds = _context.Folds(label);
            foreach (var method in s_methods)
            {
                _context.Step();
                predictions.AddRange(Told(label, Metadata, method, folds, OutOfFold(method, metadata, [label.Numbers], folds)[0]));
            }
        }

        return new ForeignPart { Predictions = predictions };
    }

    internal override ForeignPart Ask(ForeignView view, FeatureMatrix features, ForeignPart without)
    {
        var (scores, curves, predictions) = (new List<Score>(), new List<Curve>(), new List<Prediction>());
        foreach (var label in _labels)
        {
            var own = features.Select(label.Rows);
            foreach (var method in s_methods)
            {
                _context.Step();
                double[] alone = [.. without.Predictions.Where(one => one.Label == label.Name && one.Method == method)
                    .Select(one => double.Parse(one.Predicted, CultureInfo.InvariantCulture))];
                scores.AddRange(Scores(label, view.Name, own, method, alone, predictions));
                _context.Step();
                curves.Add(Curve(label, view.Name, own, method));
            }
        }

        return new ForeignPart { Scores = scores, Curves = curves, Predictions = predictions };
    }

    /// <param name="alone">What the metadata predict; empty where there are none.</param>
    IEnumerable<Score> Scores(
        LabelColumn label, string view, FeatureMatrix features, string method, double[] alone, List<Prediction> predictions)
    {
        var (folds, groups, truth) = (_context.Folds(label), _context.Groups(label), label.Numbers);
        int[] order = Folds.Shuffled([.. Enumerable.Range(0, truth.Length)], folds, _context.Random("numbers_shuffle"));
        var shuffled = Array.ConvertAll(order, i => truth[i]);
        var predicted = OutOfFold(method, features, [truth, shuffled], folds);
        predictions.AddRange(Told(label, view, method, folds, predicted[0]));
        foreach (var (metric, agreement) in ((string, Func<double[], double[], double>)[])
        [
            ("r2", (own, guess) => Fit.R2(own, guess)),
            ("rank_correlation", Fit.Spearman),
        ])
        {
            Estimate Of(double[] own, double[] guess) => _context.Agreement(agreement, own, guess, groups);
            yield return new Score(
                label.Name, view, method, metric, Of(truth, predicted[0]), 0, truth.Length, 1, truth.Length, Of(shuffled, predicted[1]),
                alone.Length == 0 ? null : Of(truth, alone));
        }
    }

    double[][] OutOfFold(string method, FeatureMatrix features, IReadOnlyList<double[]> targets, int[] folds) =>
        Regressions.OutOfFold(_context.Options, method, features, targets, folds, _context.Cancellation);

    IEnumerable<Prediction> Told(LabelColumn label, string view, string method, int[] folds, double[] predicted)
    {
        static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
        return _context.Told(label, view, method, folds, i => (Text(label.Numbers[i]), Text(predicted[i])));
    }

    Curve Curve(LabelColumn label, string view, FeatureMatrix features, string method)
    {
        var groups = _context.Groups(label);
        var points = new List<CurvePoint>();
        foreach (var size in ForeignContext.Sizes(groups.Length))
        {
            var (truth, guess, of) = (new List<double>(), new List<double>(), new List<int>());
            for (var repetition = 0; repetition < _context.Repetitions(size); repetition++)
            {
                _context.Cancellation.ThrowIfCancellationRequested();
                var (training, test) = _context.Draw(groups, size, repetition);
                guess.AddRange(Regressions.HeldOut(_context.Options, method, features, [label.Numbers], training, test)[0]);
                truth.AddRange(test.Select(i => label.Numbers[i]));
                of.AddRange(test.Select(i => groups[i]));
            }

            points.Add(new CurvePoint(
                size, _context.Agreement((own, told) => Fit.R2(own, told), [.. truth], [.. guess], [.. of]), truth.Count));
        }

        var name = $"{label.Name}: {view}, {method}";
        return new Curve(name, view, method, "training networks", $"R² of {label.Name}", 0, points) { Subject = label.Name };
    }

    internal override QuestionResult Answer(ForeignPart without, IReadOnlyList<ForeignPart> parts)
    {
        var scores = InOrder(parts, _labels);
        return s_asked.Answer(
            string.Join(" ", Quoted(scores.Where(score => score.Metric == "r2")).Select(Sentence)),
            [.. _labels.SelectMany(label => label.LeftOut)], scores, [.. parts.SelectMany(part => part.Curves)]);
    }

    /// <summary>One label's answer.</summary>
    internal static string Sentence(Score score) =>
        $"{score.Subject}: R² {Words.Number(score.Value)} on {score.Networks} networks, by "
        + $"{(score.Method == Regressions.Forest ? "a random forest" : "ridge regression")} from {score.View}"
        + (score.MetadataOnly is { } alone ? $"; metadata alone give {Words.Number(alone)}." : ".");
}

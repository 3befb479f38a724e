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
    readonly Dictionary<(string Label, string Method), double[]?> _baselines = [];
    readonly List<Score> _scores = [];
    readonly List<Curve> _curves = [];

    internal NumbersFromWeights(ForeignContext context) =>
        (_context, _labels) = (context, [.. context.Zoo.Labels.Where(label => !label.IsText)]);

    internal override string Name => "Numbers from weights";

    internal override double Cost => 2 * _labels.Length;

    internal override void Ask(ForeignView view, FeatureMatrix features)
    {
        foreach (var label in _labels)
        {
            var own = features.Select(label.Rows);
            foreach (var method in s_methods)
            {
                Score(label, view.Name, own, method);
                _curves.Add(Curve(label, view.Name, own, method));
            }
        }
    }

    void Score(LabelColumn label, string view, FeatureMatrix features, string method)
    {
        var (folds, groups, truth) = (_context.Folds(label), _context.Groups(label), label.Numbers);
        int[] order = Folds.Shuffled([.. Enumerable.Range(0, truth.Length)], folds, _context.Random("numbers_shuffle"));
        var shuffled = Array.ConvertAll(order, i => truth[i]);
        var predicted = Regressions.OutOfFold(_context.Options, method, features, [truth, shuffled], folds, _context.Cancellation);
        Told(label, view, method, folds, predicted[0]);
        var alone = Baseline(label, method, folds);
        foreach (var (metric, agreement) in ((string, Func<double[], double[], double>)[])
        [
            ("r2", (own, guess) => Fit.R2(own, guess)),
            ("rank_correlation", Fit.Spearman),
        ])
        {
            Estimate Of(double[] own, double[] guess) => _context.Agreement(agreement, own, guess, groups);
            _scores.Add(new Score(
                label.Name, view, method, metric, Of(truth, predicted[0]), 0, truth.Length, 1, truth.Length, Of(shuffled, predicted[1]),
                alone is null ? null : Of(truth, alone)));
        }
    }

    /// <summary>What the same method predicts from the metadata; null where there are none.</summary>
    double[]? Baseline(LabelColumn label, string method, int[] folds)
    {
        if (_baselines.TryGetValue((label.Name, method), out var known)) return known;
        if (_context.Zoo.Metadata.Of(label.Rows, label.Name) is not { } metadata) return _baselines[(label.Name, method)] = null;
        var alone = Regressions.OutOfFold(_context.Options, method, metadata, [label.Numbers], folds, _context.Cancellation)[0];
        Told(label, ForeignContext.BaselineView, method, folds, alone);
        return _baselines[(label.Name, method)] = alone;
    }

    void Told(LabelColumn label, string view, string method, int[] folds, double[] predicted)
    {
        static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
        _context.Add(label, view, method, folds, i => (Text(label.Numbers[i]), Text(predicted[i])));
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

        return new Curve(
            $"{label.Name}: {view}, {method}", view, method, "training networks", $"R² of {label.Name}", 0, points) { Subject = label.Name };
    }

    internal override QuestionResult Answer()
    {
        if (_labels.Length == 0) return s_asked.Skip("No --label is a column of numbers.");
        var scores = _scores.OrderBy(score => Array.FindIndex(_labels, label => label.Name == score.Subject)).ToArray();
        return s_asked.Answer(
            string.Join(" ", Quoted(scores.Where(score => score.Metric == "r2")).Select(Sentence)),
            [.. _labels.SelectMany(label => label.LeftOut)], scores, _curves);
    }

    /// <summary>One label's answer.</summary>
    internal static string Sentence(Score score) =>
        $"{score.Subject}: R² {Words.Number(score.Value)} on {score.Networks} networks, by "
        + $"{(score.Method == Regressions.Forest ? "a random forest" : "ridge regression")} from {score.View}"
        + (score.MetadataOnly is { } alone ? $"; metadata alone give {Words.Number(alone)}." : ".");
}

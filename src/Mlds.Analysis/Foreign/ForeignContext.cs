using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Foreign;

/// <summary>What was predicted of a network that took no part in fitting.</summary>
/// <param name="Label">The column that was to be told.</param>
/// <param name="View">Or <c>metadata</c>, for the baseline without weights.</param>
/// <param name="Row">Row of the table, from 0.</param>
/// <param name="Fold">The part that was held out when it was predicted.</param>
public readonly record struct Prediction(string Label, string View, string Method, int Row, int Fold, string Truth, string Predicted);

/// <summary>What the questions on anybody's networks have in common.</summary>
sealed class ForeignContext(ForeignZoo zoo, AnalysisOptions options, CancellationToken cancellation)
{
    internal const string BaselineView = "metadata";
    const int BootstrapRounds = 300;

    readonly List<Prediction> _predictions = [];

    internal ForeignZoo Zoo => zoo;

    internal AnalysisOptions Options => options;

    internal CancellationToken Cancellation => cancellation;

    /// <summary>All predictions so far.</summary>
    internal IReadOnlyList<Prediction> Predictions => _predictions;

    internal SeededRandom Random(string stream, params ReadOnlySpan<int> numbers) =>
        new(options.Seed, SeededRandom.Stream(stream, numbers));

    /// <summary>The fold of each network that has the label: networks of one group are in one.</summary>
    internal int[] Folds(LabelColumn label) =>
        Validation.Folds.BySeed(Array.ConvertAll(Groups(label), group => (uint)group), options.Folds, Random("folds"));

    /// <summary>The group of each network that has the label.</summary>
    internal int[] Groups(LabelColumn label) => Array.ConvertAll(label.Rows, row => zoo.Grouping.Of[row]);

    /// <summary>
    /// A share of networks: Wilson's interval, and where networks come in groups at least as wide as a bootstrap over groups has it.
    /// </summary>
    internal Estimate Share(bool[] isSo, int[] groups)
    {
        var share = (double)isSo.Count(so => so) / isSo.Length;
        var wilson = Intervals.Proportion(share, isSo.Length);
        if (zoo.Group is null) return wilson;
        var spread = Bootstrap.Interval(
            groups, rows => (double)rows.Count(row => isSo[row]) / rows.Length, BootstrapRounds, options.Seed);
        return new Estimate(share, Math.Min(wilson.Low, spread.Low), Math.Max(wilson.High, spread.High));
    }

    /// <summary>How two lists of numbers agree, with a bootstrap over groups.</summary>
    internal Estimate Agreement(Func<double[], double[], double> agreement, double[] truth, double[] predicted, int[] groups)
    {
        var value = agreement(truth, predicted);
        var spread = Bootstrap.Interval(
            groups,
            rows => agreement(Array.ConvertAll(rows, row => truth[row]), Array.ConvertAll(rows, row => predicted[row])),
            BootstrapRounds, options.Seed);
        return new Estimate(value, Math.Min(value, spread.Low), Math.Max(value, spread.High));
    }

    /// <summary>Sizes of training sets for a curve: doublings from 25 up to four fifths of all.</summary>
    internal static int[] Sizes(int networks)
    {
        var most = networks * 4 / 5;
        var sizes = new List<int>();
        for (var size = 25; size < most; size *= 2) sizes.Add(size);
        if (sizes.Count > 0 && most < 1.3 * sizes[^1]) sizes.RemoveAt(sizes.Count - 1);
        return [.. sizes, most];
    }

    /// <summary>Rows to learn from, in whole groups until there are <paramref name="size"/>, and all others to ask.</summary>
    internal (int[] Training, int[] Test) Draw(int[] groups, int size, int repetition)
    {
        var distinct = groups.Distinct().Order().ToArray();
        Random("curve", size, repetition).Shuffle<int>(distinct);
        var counts = groups.CountBy(group => group).ToDictionary();
        var (chosen, rows) = (new HashSet<int>(), 0);
        foreach (var group in distinct)
        {
            if (rows >= size || chosen.Count == distinct.Length - 1) break;
            chosen.Add(group);
            rows += counts[group];
        }

        return (CrossValidation.Where(groups, chosen.Contains), CrossValidation.Where(groups, group => !chosen.Contains(group)));
    }

    /// <summary>Repetitions of a point of a curve: large sets differ little from each other, and cost much.</summary>
    internal int Repetitions(int size) => size > 2_000 ? 1 : Math.Min(3, options.CurveRepetitions);

    internal void Add(LabelColumn label, string view, string method, int[] folds, Func<int, (string Truth, string Predicted)> of)
    {
        for (var i = 0; i < folds.Length; i++)
        {
            var (truth, predicted) = of(i);
            _predictions.Add(new Prediction(label.Name, view, method, zoo.Rows[label.Rows[i]], folds[i], truth, predicted));
        }
    }
}

/// <summary>A question on anybody's networks: asked of one view after the other, so that one is in memory at a time.</summary>
abstract class ForeignQuestion
{
    /// <summary>What to call it while it is being asked.</summary>
    internal abstract string Name { get; }

    /// <summary>What it costs, as a multiple of one label's scores in a view.</summary>
    internal abstract double Cost { get; }

    internal abstract void Ask(ForeignView view, FeatureMatrix features);

    internal abstract QuestionResult Answer();

    /// <summary>Whether a score is of the view and method that are quoted: the field's baseline, not what did best.</summary>
    internal static bool IsQuoted(Score score) => score is { View: "statistics", Method: Regressions.Forest };

    /// <summary>The score that is quoted of each subject.</summary>
    internal static IEnumerable<Score> Quoted(IEnumerable<Score> scores) =>
        scores.GroupBy(score => (score.Subject, score.Metric)).Select(subject => subject.FirstOrDefault(IsQuoted) ?? subject.First());
}

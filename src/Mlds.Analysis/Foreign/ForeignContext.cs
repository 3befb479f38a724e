using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Foreign;

/// <summary>What the questions on anybody's networks have in common.</summary>
/// <param name="jobDone">Called from time to time within a question.</param>
sealed class ForeignContext(ForeignZoo zoo, AnalysisOptions options, Action jobDone, CancellationToken cancellation)
{
    const int BootstrapRounds = 300;

    internal ForeignZoo Zoo => zoo;

    internal AnalysisOptions Options => options;

    internal CancellationToken Cancellation => cancellation;

    internal SeededRandom Random(string stream, params ReadOnlySpan<int> numbers) =>
        new(options.Seed, SeededRandom.Stream(stream, numbers));

    /// <summary>Tells how far the analysis is, and stops where that is wanted.</summary>
    internal void Step()
    {
        cancellation.ThrowIfCancellationRequested();
        jobDone();
    }

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

    /// <summary>What was predicted of the networks that have the label.</summary>
    internal IEnumerable<Prediction> Told(
        LabelColumn label, string view, string method, int[] folds, Func<int, (string Truth, string Predicted)> of)
    {
        for (var i = 0; i < folds.Length; i++)
        {
            var (truth, predicted) = of(i);
            yield return new Prediction(label.Name, view, method, zoo.Rows[label.Rows[i]], folds[i], truth, predicted);
        }
    }
}

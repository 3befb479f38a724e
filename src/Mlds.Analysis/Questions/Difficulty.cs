using Mlds.Analysis.Data;
using Mlds.Analysis.Regression;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;
using Mlds.Recipes;
using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Questions;

/// <summary>Do the weights tell how hard a machine is, when the machine was never seen?</summary>
static class Difficulty
{
    const int BootstrapRounds = 500;
    const int Shuffles = 20;

    static readonly Asked s_asked = new(
        "difficulty_from_weights",
        "Do the weights tell how hard a machine is?",
        ManyMachines.Splits + "Ridge regression from networks of the known machines onto numbers that are known before training: the "
        + "states of the minimal automaton; the share of output bits that the last three commands don't tell, and the mean squared "
        + "error of the best constant answer, both exactly over all words of the length of the training sequences; and the "
        + "numbers that the population declares as factors. Its penalty is chosen by leave-one-out on the training "
        + "networks. Predictions are averaged over a machine's networks; R² and Kendall's τ_b over machines, with a "
        + "percentile bootstrap over machines. Shuffled: the numbers exchanged between machines, the mean of twenty with "
        + "the interval of a single one. Metadata only: the same from the epochs and the validation loss, as they are and "
        + "as logarithms.");

    internal static Question Question => new("Difficulty from weights", s_asked, ManyMachines.AppliesToKnown, Ask)
    {
        Work = work => 4 * work.Ridge(0.64 * work.Networks, 4),
    };

    static QuestionResult Ask(QuestionContext context)
    {
        var selection = ManyMachines.Select(context, context.Ceilings.OfFits);
        if (ManyMachines.TooFew(context, selection) is { } reason) return s_asked.Skip(reason, selection.LeftOut);
        var numbers = Numbers(context, selection);
        if (numbers.Count == 0) return s_asked.Skip("All machines are equally hard by every number.", selection.LeftOut);
        var splits = ManyMachines.UnseenMachines(context, selection);
        var metadata = Predict(context, selection, splits, Metadata(context, selection), [.. numbers.Select(number => number.Values)]);
        var jobs = Enumerable.Range(0, context.Features.Count).ToArray();
        var scores = context.ByView(jobs, view => view, view => Scores(context, selection, splits, view, numbers, metadata))
            .SelectMany(several => several).OrderBy(score => numbers.FindIndex(number => number.Name == score.Subject)).ToArray();
        return s_asked.Answer(Answer(scores), selection.LeftOut, scores);
    }

    /// <summary>A number by class.</summary>
    sealed record Number(string Name, double[] Values);

    /// <summary>Those in which the machines differ, each once.</summary>
    static List<Number> Numbers(QuestionContext context, Selection selection)
    {
        var learned = ManyMachines.Learned(context, selection);
        var measured = context.InParallel(learned, one => MachineDifficulty.Of(one.Machine, one.Data.Length));
        Number[] all =
        [
            new("states", Array.ConvertAll(measured, one => (double)one.States)),
            new("untold by the last three commands", Array.ConvertAll(measured, one => 1 - one.ToldByLast[^1])),
            new("error of the best constant", Array.ConvertAll(measured, one => one.ConstantError)),
            .. Declared(context, selection),
        ];
        var kept = new List<Number>();
        foreach (var number in all)
        {
            if (number.Values.Distinct().Count() >= 2 && !kept.Any(other => other.Values.SequenceEqual(number.Values))) kept.Add(number);
        }

        return kept;
    }

    static IEnumerable<Number> Declared(QuestionContext context, Selection selection)
    {
        var labels = Enumerable.Range(0, selection.Classes.Length)
            .Select(k => context.Labels[selection.Rows[k * selection.PerClass]].Machine).ToArray();
        return
            from factor in labels[0].Others
            where factor.Value.Kind == FactorKind.Number
            select new Number(factor.Key, Array.ConvertAll(labels, label => label.Others.ToDictionary()[factor.Key].Number));
    }

    static FeatureMatrix Metadata(QuestionContext context, Selection selection)
    {
        var values = selection.Rows.Select(row => context.Labels[row]).SelectMany(label => new[]
        {
            label.Epochs, label.ValidationLoss, Math.Log(Math.Max(1, label.Epochs)), Math.Log(Math.Max(1e-12, label.ValidationLoss)),
        });
        return new FeatureMatrix([.. values], selection.Rows.Length, ["epochs", "validation_loss", "log_epochs", "log_validation_loss"]);
    }

    static IEnumerable<Score> Scores(
        QuestionContext context, Selection selection, UnseenSplit[] splits, int view, IReadOnlyList<Number> numbers, double[][] metadata)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        int[][] orders = [.. Enumerable.Range(0, Shuffles).Select(shuffle =>
        {
            int[] order = [.. Enumerable.Range(0, selection.Classes.Length)];
            context.Random("difficulty_shuffle", view, shuffle).Shuffle<int>(order);
            return order;
        })];
        double[][] truths =
        [
            .. numbers.Select(number => number.Values),
            .. numbers.SelectMany(number => orders.Select(order => Array.ConvertAll(order, k => number.Values[k]))),
        ];
        var predicted = Predict(context, selection, splits, context.Features[view].Select(selection.Rows), truths);
        return numbers.SelectMany((number, i) =>
        {
            var shuffles = Enumerable.Range(numbers.Count + (i * Shuffles), Shuffles).ToArray();
            return new[] { ("r2", (Agreement)Fit.R2), ("kendall_tau", Fit.KendallTau) }.Select(metric => new Score(
                number.Name, context.Options.Views[view].Name, "ridge", metric.Item1,
                Interval(context, metric.Item2, number.Values, predicted[i]), 0, splits.Sum(split => split.Test.Length),
                selection.Classes.Length, selection.PerClass,
                Intervals.Central([.. shuffles.Select(set => Interval(context, metric.Item2, truths[set], predicted[set], 0).Value)]),
                Interval(context, metric.Item2, number.Values, metadata[i])));
        });
    }

    delegate double Agreement(IReadOnlyList<double> truth, IReadOnlyList<double> predicted);

    /// <summary>Over the machines that were predicted.</summary>
    static Estimate Interval(QuestionContext context, Agreement agreement, double[] truth, double[] predicted, int rounds = BootstrapRounds)
    {
        var machines = CrossValidation.Where(predicted, prediction => !double.IsNaN(prediction));
        double Of(int[] rows) => agreement(
            Array.ConvertAll(rows, row => truth[machines[row]]), Array.ConvertAll(rows, row => predicted[machines[row]]));
        int[] all = [.. Enumerable.Range(0, machines.Length)];
        if (rounds == 0) return new Estimate(Of(all), Of(all), Of(all));
        var found = Bootstrap.Interval(all, Of, rounds, context.Options.Seed);
        return new Estimate(found.Value, Math.Min(found.Value, found.Low), Math.Max(found.Value, found.High));
    }

    /// <summary>For each of the numbers (by class) its mean prediction by class; NaN for a class without test networks.</summary>
    static double[][] Predict(
        QuestionContext context, Selection selection, UnseenSplit[] splits, FeatureMatrix features, double[][] numbers)
    {
        var classes = selection.Classes.Length;
        var sums = Array.ConvertAll(numbers, _ => new double[classes]);
        var counts = new int[classes];
        foreach (var split in splits.Where(split => split.Test.Length > 0))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var held = RidgeRegression.Predict(
                features.Select(split.Training),
                Array.ConvertAll(numbers, number => Array.ConvertAll(split.Training, i => number[selection.Labels[i]])),
                features.Select(split.Test));
            for (var i = 0; i < split.Test.Length; i++)
            {
                var machine = selection.Labels[split.Test[i]];
                counts[machine]++;
                for (var set = 0; set < held.Length; set++) sums[set][machine] += held[set][i];
            }
        }

        return Array.ConvertAll(sums, sum => sum.Select((total, k) => counts[k] == 0 ? double.NaN : total / counts[k]).ToArray());
    }

    static string Answer(IReadOnlyList<Score> scores)
    {
        var sentences = scores.Where(score => score.Metric == "r2").GroupBy(score => score.Subject).Select(number =>
        {
            var shown = number.FirstOrDefault(score => score.View == "invariants") ?? number.First();
            return $"{char.ToUpperInvariant(number.Key[0])}{number.Key[1..]}: R² {Words.Number(shown.Value)} from {shown.View}, "
                + $"{Words.Number(shown.MetadataOnly!.Value.Value)} from metadata alone.";
        });
        return $"On machines never seen, of {scores[0].Classes}. {string.Join(" ", sentences)}";
    }
}

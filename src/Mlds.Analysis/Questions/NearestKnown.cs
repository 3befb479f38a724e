using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Questions;

/// <summary>
/// A network of a machine that was never seen: are the known machines that its weights lie nearest to also those that behave most like it?
/// </summary>
static class NearestKnown
{
    internal const string NearMetric = "nearest_in_5";
    internal const string OrderMetric = "rank_correlation";

    const int Near = 5;
    const int BootstrapRounds = 1000;
    const int Shuffles = 200;

    static readonly Asked s_asked = new(
        "nearest_known_machines",
        "Do networks of a machine never seen lie nearest to the machines that behave most like it?",
        ManyMachines.Splits + "How near a network's weights lie to a known machine: by the Euclidean distance to the mean of the known "
        + "machine's networks (centroid; columns standardised over the known machines' networks, except in the views whose columns share "
        + "a scale: raw, reduced, aligned, behaviour), and by the score that ridge regression on indicators of the known machines gives "
        + "it (ridge). How alike two machines behave: the share of output bits in which they differ, over 256 random words of 32 commands. "
        + "Nearest in 5: how often the known machine nearest by weights is among the five nearest by behaviour, with Wilson's interval "
        + "counting each unseen machine once, whatever its networks. Rank correlation: Spearman's between both orders of the known "
        + "machines, mean over a machine's networks and then over machines, with a percentile bootstrap over machines. Shuffled: the same "
        + "with the machines' behaviours exchanged, the mean of 200 with the interval of a single one; unlike Wilson's, this interval "
        + "knows that a machine may lie near all others and be named again and again. Metadata only: the distance in "
        + "epochs and validation loss instead of in weights.");

    internal static Question Question => new("Nearest known machines", s_asked, ManyMachines.AppliesToComparable, Ask)
    {
        Work = work => 4 * work.Ridge(0.64 * work.Networks, work.Machines(originals: true)),
    };

    static QuestionResult Ask(QuestionContext context)
    {
        var selection = ManyMachines.Select(context, context.Ceilings.OfFits);
        if (ManyMachines.TooFew(context, selection) is { } reason) return s_asked.Skip(reason, selection.LeftOut);
        var asked = new Unseen(
            context, selection, ManyMachines.UnseenMachines(context, selection),
            BehaviouralDistances.Of([.. ManyMachines.Learned(context, selection).Select(one => one.Machine)], context.Options.Seed));
        var metadata = asked.Measure(asked.ByCentroid(context.Metadata.Select(selection.Rows), standardize: true), asked.Behaviours);
        var jobs =
            from view in Enumerable.Range(0, context.Features.Count)
            from method in new[] { "centroid", "ridge" }
            select (view, method);
        var scores = context.ByView([.. jobs], job => job.view, job => Scores(asked, job.view, job.method, metadata))
            .SelectMany(pair => pair).ToArray();
        return s_asked.Answer(Answer(scores), selection.LeftOut, scores);
    }

    static Score[] Scores(Unseen asked, int view, string method, Agreement metadata)
    {
        var (context, selection) = (asked.Context, asked.Selection);
        context.Cancellation.ThrowIfCancellationRequested();
        var features = context.Features[view].Select(selection.Rows);
        var near = method == "ridge" ? asked.ByRidge(features) : asked.ByCentroid(features, context.Options.Views[view].Standardized);
        var found = asked.Measure(near, asked.Behaviours);
        var shuffled = Enumerable.Range(0, Shuffles).Select(shuffle =>
        {
            int[] order = [.. Enumerable.Range(0, selection.Classes.Length)];
            context.Random("behaviour_shuffle", view, shuffle).Shuffle<int>(order);
            return asked.Measure(near, asked.BehavioursOf(order));
        }).ToArray();
        Score Of(string metric, double chance, Func<Agreement, double[]> values, Func<double[], Estimate> estimate) => new(
            "unseen machines", context.Options.Views[view].Name, method, metric, estimate(values(found)), chance, near.Count,
            (int)Math.Round(found.Known), selection.PerClass, Intervals.Central([.. shuffled.Select(one => values(one).Average())]),
            estimate(values(metadata)));
        return
        [
            Of(NearMetric, Near / found.Known, one => one.Near, hits => Intervals.Proportion(hits.Average(), hits.Length)),
            Of(OrderMetric, 0, one => one.Order, orders => Bootstrap.Interval(
                [.. Enumerable.Range(0, orders.Length)], rows => rows.Average(row => orders[row]), BootstrapRounds, context.Options.Seed)),
        ];
    }

    /// <summary>How well nearness of weights and of behaviour agree, by unseen machine.</summary>
    /// <param name="Near">Share of the machine's networks whose nearest known machine is among the nearest by behaviour.</param>
    /// <param name="Order">Mean rank correlation.</param>
    /// <param name="Known">How many known machines there were, on average.</param>
    sealed record Agreement(double[] Near, double[] Order, double Known);

    /// <summary>A network of an unseen machine and its distance to each known machine, in any unit.</summary>
    sealed record Placed(int Machine, int[] Known, double[] Distances);

    /// <summary>The networks, the splits and the machines' behaviour.</summary>
    /// <param name="Behaviours">K × K distances.</param>
    sealed record Unseen(QuestionContext Context, Selection Selection, UnseenSplit[] Splits, double[] Behaviours)
    {
        int Classes => Selection.Classes.Length;

        /// <summary>The behaviours, with those of the machines exchanged for one another's.</summary>
        internal double[] BehavioursOf(int[] order) =>
            [.. order.SelectMany(i => order.Select(j => Behaviours[(i * Classes) + j]))];

        internal List<Placed> ByCentroid(FeatureMatrix features, bool standardize) => Place(features, (training, labels, known, test) =>
        {
            if (standardize)
            {
                var scaler = Standardizer.Fit(training);
                (training, test) = (scaler.Transform(training), scaler.Transform(test));
            }

            var means = Means(training, labels, known);
            return (row, k) => Math.Sqrt(Products.SquaredDistance(test.Row(row), means[k]));
        });

        internal List<Placed> ByRidge(FeatureMatrix features) => Place(features, (training, labels, known, test) =>
        {
            var scores = new Ridge(RidgeOptions.Default).Score(training, [labels], known, test)[0];
            return (row, k) => -scores[(row * known) + k];
        });

        /// <param name="learn">
        /// From the known networks, their classes 0 … known − 1, and the test networks: the distance of a test network to a class.
        /// </param>
        List<Placed> Place(FeatureMatrix features, Func<FeatureMatrix, int[], int, FeatureMatrix, Func<int, int, double>> learn)
        {
            var placed = new List<Placed>();
            foreach (var split in Splits.Where(split => split.Test.Length > 0))
            {
                Context.Cancellation.ThrowIfCancellationRequested();
                int[] known = [.. split.Training.Select(i => Selection.Labels[i]).Distinct().Order()];
                var labels = Array.ConvertAll(split.Training, i => Array.BinarySearch(known, Selection.Labels[i]));
                var distance = learn(features.Select(split.Training), labels, known.Length, features.Select(split.Test));
                placed.AddRange(split.Test.Select((i, row) => new Placed(
                    Selection.Labels[i], known, [.. Enumerable.Range(0, known.Length).Select(k => distance(row, k))])));
            }

            return placed;
        }

        internal Agreement Measure(List<Placed> placed, double[] behaviours)
        {
            var measured = placed.Select(one =>
            {
                var alike = Array.ConvertAll(one.Known, known => behaviours[(one.Machine * Classes) + known]);
                var nearest = Array.IndexOf(one.Distances, one.Distances.Min());
                var closer = alike.Index().Count(other =>
                    other.Item < alike[nearest] || (other.Item == alike[nearest] && other.Index < nearest));
                return (one.Machine, Near: closer < NearestKnown.Near ? 1.0 : 0, Order: Fit.Spearman(one.Distances, alike));
            }).GroupBy(one => one.Machine).OrderBy(machine => machine.Key).ToArray();
            return new Agreement(
                [.. measured.Select(machine => machine.Average(one => one.Near))],
                [.. measured.Select(machine => machine.Average(one => one.Order))], placed.Average(one => one.Known.Length));
        }

        static double[][] Means(FeatureMatrix features, int[] labels, int classes)
        {
            var means = new double[classes][];
            for (var k = 0; k < classes; k++)
            {
                means[k] = new double[features.Columns];
                var rows = CrossValidation.Where(labels, label => label == k);
                foreach (var row in rows) Products.AddScaled(means[k], 1.0 / rows.Length, features.Row(row));
            }

            return means;
        }
    }

    static string Answer(IReadOnlyList<Score> scores)
    {
        Score Find(string view, string metric) =>
            scores.FirstOrDefault(s => (s.View, s.Method, s.Metric) == (view, "centroid", metric)) ?? scores.First(s => s.Metric == metric);
        string Clause(string view)
        {
            var (near, order) = (Find(view, NearMetric), Find(view, OrderMetric));
            return $"by {near.View} the nearest known machine is among the five that behave most like it for {Words.Percent(near.Value)} "
                + $"(guessing {100 * near.Chance:0.0} %), and the orders agree with a rank correlation of {Words.Number(order.Value)}";
        }

        var first = scores.Any(s => s.View == "invariants") ? "invariants" : scores.Any(s => s.View == "aligned") ? "aligned" : "raw";
        var answer = $"Of {scores[0].Networks} networks of machines never seen, {Clause(first)}";
        return scores.Any(s => s.View == "behaviour") ? $"{answer}; {Clause("behaviour")}." : answer + ".";
    }
}

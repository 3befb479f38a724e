using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Questions;

/// <summary>Are machines that behave alike near each other in weight space? Distances of weights against distances of behaviour.</summary>
static class MachineDistances
{
    internal const string Metric = "mantel_r";

    const int Parts = 10;
    const int BootstrapRounds = 500;

    static readonly Asked s_asked = new(
        "machine_distances",
        "Are machines that behave alike near each other in weight space?",
        "As many networks of every original machine. Distance of two machines by weights: the mean Euclidean distance between their "
        + "networks, pairs of one seed left out (they share their initial weights); columns are standardised over all these networks "
        + "except in the views whose columns share a scale (raw, reduced, aligned, behaviour). By behaviour: the share of output bits in "
        + "which the machines differ, over 256 random words of 32 commands. Mantel's test (1967): Pearson's r over all pairs of machines, "
        + "its p-value (1 + relabellings of the machines with at least this r) / (1 + relabellings), one-sided, adjusted by Holm's method "
        + "over views; the interval is a percentile bootstrap over machines. Shuffled: the mean and the central 95 % of the relabellings. "
        + "Metadata only: the distance in epochs and validation loss. Curves: pairs of machines in ten parts by behaviour, the mean "
        + "distance by weights as a multiple of that of all pairs; at 0 stand pairs of networks of one machine.");

    internal static Question Question => new("Machine distances", s_asked, ManyMachines.AppliesToComparable, Ask)
    {
        Work = work =>
        {
            var classes = work.Machines(originals: true);
            return 2 * work.Pairs(classes * work.PerClass(work.Ceilings.OfPairs, classes));
        },
    };

    static QuestionResult Ask(QuestionContext context)
    {
        var selection = ManyMachines.Select(context, context.Ceilings.OfPairs);
        if (ManyMachines.TooFew(context, selection) is { } reason) return s_asked.Skip(reason, selection.LeftOut);
        var behaviours = BehaviouralDistances.Of(
            [.. ManyMachines.Learned(context, selection).Select(one => one.Machine)], context.Options.Seed);
        var metadata = Interval(context, Means(context, selection, context.Metadata.Select(selection.Rows), standardize: true), behaviours);
        var found = context.Features.Select((features, view) =>
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var distances = Means(context, selection, features.Select(selection.Rows), context.Options.Views[view].Standardized);
            var test = MantelTest.Of(
                distances, behaviours, selection.Classes.Length, context.Options.MantelPermutations, context.Options.Seed);
            return (Test: test, Interval: Interval(context, distances, behaviours), Curve: Curve(context, view, distances, behaviours));
        }).ToArray();
        var adjusted = MultipleComparisons.Holm([.. found.Select(one => one.Test.PValue)]);
        var scores = found.Select((one, view) => new Score(
            "pairs of machines", context.Options.Views[view].Name, "distance", Metric, one.Interval, 0, selection.Rows.Length,
            selection.Classes.Length, selection.PerClass, one.Test.Permuted, metadata)).ToArray();
        var tests = found.Select((one, view) => new Significance(
            "pairs of machines", context.Options.Views[view].Name, "mantel", one.Test.Correlation, one.Test.PValue, adjusted[view],
            one.Test.Permutations, selection.Rows.Length));
        return s_asked.Answer(Answer(scores, [.. tests]), selection.LeftOut, scores, [.. found.Select(one => one.Curve)]) with
        {
            Significances = [.. tests],
        };
    }

    /// <summary>K × K mean distances between networks of different seeds; on the diagonal those within a machine.</summary>
    static double[] Means(QuestionContext context, Selection selection, FeatureMatrix features, bool standardize)
    {
        if (standardize) features = Standardizer.Fit(features).Transform(features);
        var (n, classes, seeds) = (features.Rows, selection.Classes.Length, selection.Seeds(context));
        var distances = PermutationTest.Distances(features);
        var (sums, counts) = (new double[classes * classes], new int[classes * classes]);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                if (seeds[i] == seeds[j]) continue;
                var at = (selection.Labels[i] * classes) + selection.Labels[j];
                sums[at] += distances[((long)i * n) + j];
                counts[at]++;
            }
        }

        return [.. sums.Select((sum, at) => sum / Math.Max(1, counts[at]))];
    }

    static Estimate Interval(QuestionContext context, double[] distances, double[] behaviours)
    {
        var machines = (int)Math.Sqrt(distances.Length);
        var found = Bootstrap.Interval(
            [.. Enumerable.Range(0, machines)], rows => MantelTest.Among(distances, behaviours, machines, rows), BootstrapRounds,
            context.Options.Seed);
        return new Estimate(found.Value, Math.Min(found.Value, found.Low), Math.Max(found.Value, found.High));
    }

    static Curve Curve(QuestionContext context, int view, double[] distances, double[] behaviours)
    {
        var machines = (int)Math.Sqrt(distances.Length);
        (int A, int B)[] pairs =
        [
            .. from a in Enumerable.Range(0, machines)
               from b in Enumerable.Range(0, a)
               orderby behaviours[(a * machines) + b]
               select (a, b),
        ];
        var all = pairs.Average(pair => distances[(pair.A * machines) + pair.B]);
        if (all == 0) all = 1;
        (int A, int B)[] own = [.. Enumerable.Range(0, machines).Select(a => (a, a))];
        var parts = Enumerable.Range(0, Parts).Select(part => pairs[(part * pairs.Length / Parts)..((part + 1) * pairs.Length / Parts)]);
        var points = parts.Prepend(own).Select(part =>
        {
            var y = part.Average(pair => distances[(pair.A * machines) + pair.B]) / all;
            var spread = Bootstrap.Interval([.. Enumerable.Range(0, machines)], rows =>
            {
                var drawn = new int[machines];
                foreach (var row in rows) drawn[row]++;
                double sum = 0, weight = 0;
                foreach (var (a, b) in part)
                {
                    double times = a == b ? drawn[a] : drawn[a] * drawn[b];
                    (sum, weight) = (sum + (times * distances[(a * machines) + b]), weight + times);
                }

                return weight == 0 ? double.NaN : sum / weight / all;
            }, BootstrapRounds, context.Options.Seed);
            return new CurvePoint(
                part.Average(pair => pair.A == pair.B ? 0 : behaviours[(pair.A * machines) + pair.B]),
                new Estimate(y, Math.Min(y, spread.Low), Math.Max(y, spread.High)), part.Length);
        });
        var name = context.Options.Views[view].Name;
        return new Curve(name, name, "distance", "share of output bits that differ", "distance by weights", 1, [.. points]);
    }

    static string Answer(IReadOnlyList<Score> scores, IReadOnlyList<Significance> tests)
    {
        var clauses = scores.Zip(tests).Select(pair => FormattableString.Invariant(
            $"{pair.First.Value.Value:0.000} in the view {pair.First.View} (p {pair.Second.PValue:0.0000})")).ToArray();
        return $"Over {scores[0].Classes} machines, distances by weights and by behaviour go together with a Mantel r of "
            + $"{Words.List(clauses)}; {tests[0].Permutations} relabellings each.";
    }
}

using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Validation;
using Mlds.Analysis.Views;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>
/// When do twins part? The distance by epoch between an original and a changed network that began with the same weights and see the same
/// batches: raw, modulo symmetry (aligned) and in invariants; compared with the distance between two seeds of the original at the same
/// epoch.
/// </summary>
static class TwinsDivergence
{
    const string NoCourses =
        "It needs the training courses of an original and a changed machine of the same seeds: 'mlds generate … --keep-milestones' "
        + "keeps them, populations/training-courses.json is a plan for it.";

    const int MostSeeds = 12;
    const int Permutations = 1999;

    static readonly Asked s_asked = new(
        "twins_divergence",
        "When do twins part during training?",
        "Twins: the original and the changed network of one seed, which began with the same weights "
        + "and see batches of the same commands in the same order, at the same epoch; a network that has stopped stays as it is. "
        + "Strangers: each seed of the original with the next one, at the same epoch. Distances are Euclidean: "
        + "raw, between the weights with their biases and linear layers merged; aligned, after the second is aligned to the first; "
        + "invariants, columns standardised over all courses. Means over at most twelve seeds with a percentile bootstrap over seeds. "
        + "Tests: energy distance between the original's and the changed networks' invariants at an epoch, labels permuted within "
        + "seeds (twins swapped). Adjusted: a machine's epochs from the last one backwards, each asked only while all later ones differ "
        + "(a fixed sequence), times the number of machines. With few seeds a p-value can't be small: n seeds give at least 2 in 2ⁿ.");

    internal static Question Question => new("Twins during training", s_asked, AppliesTo, Ask);

    static string? AppliesTo(WeightMatrix population) =>
        View.Invariants.AppliesTo(population.Layout.Spec)
        ?? TwinsDistance.AppliesTo(population) ?? (Pairs(population.Courses).Any() ? null : NoCourses);

    static QuestionResult Ask(QuestionContext context)
    {
        var pairs = Pairs(context.Networks.Courses).ToArray();
        if (pairs.Length == 0)
            return s_asked.Skip(NoCourses);
        var scale = Scaler(context);
        var results = context.InParallel(pairs, pair => Follow(context, pair, scale));
        var tests = results.SelectMany(result => Adjusted(result.Tests, pairs.Length)).ToArray();
        var curves = results.SelectMany(result => result.Curves).ToArray();
        return s_asked.Answer(Answer(curves, tests), [], [], curves) with { Significances = tests };
    }

    /// <param name="Twins">Courses of one seed each: of the original and of the changed machine.</param>
    sealed record Pair(MachineLabel Original, MachineLabel Changed, (Course Original, Course Changed)[] Twins)
    {
        /// <summary>Epochs at which every course has a point or has ended.</summary>
        internal int[] Epochs => [.. Twins.SelectMany(twin => new[] { twin.Original, twin.Changed })
            .SelectMany(course => course.Points.Select(point => point.Epoch)).Distinct().Order()
            .Where(epoch => Twins.All(twin => twin.Original.At(epoch) is not null && twin.Changed.At(epoch) is not null))];
    }

    static IEnumerable<Pair> Pairs(IReadOnlyList<Course> courses)
    {
        foreach (var changed in courses.Where(course => course.Machine.Variant != Variant.Original).GroupBy(course => course.Machine))
        {
            if (changed.Key.Counterpart(courses.Select(course => course.Machine), Variant.Original) is not { } original) continue;
            var originals = courses.Where(course => course.Machine == original);
            var twins = originals.Join(changed, one => one.Seed, other => other.Seed, (one, other) => (Original: one, Changed: other))
                .OrderBy(twin => twin.Original.Seed).Take(MostSeeds).ToArray();
            if (twins.Length >= 2) yield return new Pair(original, changed.Key, twins);
        }
    }

    /// <summary>Scales of the invariants' columns over all points of all courses, thinned to a bounded number.</summary>
    static Standardizer Scaler(QuestionContext context)
    {
        const int most = 600;
        var points = context.Networks.Courses.SelectMany(course => course.Points).ToArray();
        var step = Math.Max(1, points.Length / most);
        return Standardizer.Fit(InvariantsOf(context, [.. points.Where((_, i) => i % step == 0).Select(point => point.Weights)]));
    }

    static FeatureMatrix InvariantsOf(QuestionContext context, float[][] weights)
    {
        var label = context.Labels[0];
        return View.Invariants.Build(new WeightMatrix(
            "courses", "matrix", [.. weights.SelectMany(one => one)], context.Networks.Layout, [.. weights.Select(_ => label)]));
    }

    static (Curve[] Curves, Significance[] Tests) Follow(QuestionContext context, Pair pair, Standardizer scale)
    {
        var curves = new Dictionary<(string View, string Group), List<CurvePoint>>();
        var tests = new List<Significance>();
        foreach (var epoch in pair.Epochs)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            float[] At(Course course) => course.At(epoch)!.Weights;
            var n = pair.Twins.Length;
            float[][] weights = [.. pair.Twins.Select(twin => At(twin.Original)), .. pair.Twins.Select(twin => At(twin.Changed))];
            var invariants = scale.Transform(InvariantsOf(context, weights));
            foreach (var (group, other) in new (string, Func<int, int>)[] { (TwinsName, i => n + i), (StrangersName, i => (i + 1) % n) })
            {
                var layout = context.Networks.Layout;
                Add("raw", group, i => SymmetricDistance.Euclidean(
                    MergedForm.Of(layout, weights[i]), MergedForm.Of(layout, weights[other(i)])));
                Add("aligned", group, i => SymmetricDistance.Between(layout, weights[i], weights[other(i)]));
                Add("invariants", group, i => Math.Sqrt(
                    LinearAlgebra.Products.SquaredDistance(invariants.Row(i), invariants.Row(other(i)))));
            }

            void Add(string view, string group, Func<int, double> distance)
            {
                var distances = Enumerable.Range(0, n).Select(distance).ToArray();
                var interval = Bootstrap.Interval(
                    [.. Enumerable.Range(0, n)], rows => rows.Average(row => distances[row]), 500, context.Options.Seed);
                var mean = distances.Average();
                if (!curves.TryGetValue((view, group), out var points)) curves[(view, group)] = points = [];
                points.Add(new CurvePoint(epoch, new Estimate(mean, Math.Min(mean, interval.Low), Math.Max(mean, interval.High)), n));
            }

            var test = EnergyDistance.Test(
                invariants, [.. Enumerable.Range(0, 2 * n).Select(i => i >= n)],
                new PermutationOptions(Permutations, context.Options.Seed, [.. Enumerable.Range(0, 2 * n).Select(i => i % n)]));
            tests.Add(new Significance(
                pair.Changed.Name, "invariants", "energy_distance", test.Statistic, test.PValue, test.PValue, test.Permutations, 2 * n)
            {
                Epoch = epoch,
            });
        }

        return ([.. curves.Select(curve =>
            new Curve($"{curve.Key.Group}, {curve.Key.View}", curve.Key.View, curve.Key.Group, "epoch", "distance", null, curve.Value)
            {
                Subject = pair.Changed.Name,
            })],
            [.. tests]);
    }

    /// <param name="tests">Of one machine, by epoch.</param>
    /// <param name="machines">The number of machines with tests.</param>
    static IEnumerable<Significance> Adjusted(Significance[] tests, int machines)
    {
        var sequence = MultipleComparisons.FixedSequence([.. tests.Reverse().Select(test => test.PValue)]);
        return tests.Select((test, i) => test with { Adjusted = Math.Min(1, machines * sequence[^(i + 1)]) });
    }

    internal const string TwinsName = "twins";
    internal const string StrangersName = "strangers";

    static string Answer(IReadOnlyList<Curve> curves, IReadOnlyList<Significance> tests)
    {
        string Clause(string view)
        {
            var ratios = curves.Where(curve => curve.View == view).GroupBy(curve => curve.Subject).Select(subject =>
                subject.First(curve => curve.Method == TwinsName).Points[^1].Y.Value
                / subject.First(curve => curve.Method == StrangersName).Points[^1].Y.Value).ToArray();
            return $"{Words.Number(Quantile.Of(ratios, 0.5))} ({view})";
        }

        var subjects = tests.GroupBy(test => test.Subject).ToArray();
        var first =
            subjects.Select(subject => subject.Where(test => test.Adjusted <= 0.05).Select(test => test.Epoch).FirstOrDefault()).ToArray();
        var early = first.OfType<int>().ToArray();
        var when = early.Length == 0
            ? "in none of them do original and changed networks differ significantly"
            : $"in {early.Length} of them original and changed networks differ (adjusted p ≤ 0.05) "
                + $"from epoch {Quantile.Of(early.Select(e => (double)e), 0.5):0} on (median)";
        return "At the end twins are as far apart as this share of the distance between two seeds of the original, "
            + $"median over {subjects.Length} changed machines: {Clause("raw")}, {Clause("aligned")}, {Clause("invariants")}; {when}.";
    }
}

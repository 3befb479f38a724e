using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Recipes;
using Mlds.Tasks;

namespace Mlds.Analysis.Questions;

/// <summary>
/// Do twins end in one basin? The loss along the straight line between an original network and its changed twin, which began with the same
/// weights, beside that between two seeds of the original (linear mode connectivity: Frankle et al., arXiv 1912.05671).
/// </summary>
static class TwinBarriers
{
    internal const string Id = "twin_barriers";

    /// <summary>Methods of the curves.</summary>
    internal const string Twins = "twins";
    internal const string Strangers = "strangers";

    static readonly Asked s_asked = new(
        Id,
        "Is there a wall between an original network and its changed twin?",
        "Mean loss on the first 128 validation examples of the original, without keys' rules or triggers, at eleven places on the straight "
        + "line between two networks' weights: as they are (raw), and with the second aligned to the first by signed weight matching, both "
        + "merged (aligned). Barrier: the largest loss above the straight line between the losses at both ends, as a changed network may "
        + "err more on the original's examples. Twins: the original and the changed network of one seed. Strangers: neighbouring seeds of "
        + "the original. At most eight pairs a machine, those of the lowest seeds: each costs 22 evaluations and an alignment, and the "
        + "spread over pairs shows whether more are needed. Curves: mean over pairs with a percentile bootstrap over pairs.");

    internal static Question Question => new("Barriers between twins", s_asked, AppliesTo, Ask);

    static string? AppliesTo(WeightMatrix population)
    {
        if (TwinsDistance.AppliesTo(population) is { } lack) return lack;
        var reasons = Pairs(population.MachineLabels).Select(pair => LossLine.WhyNoExamples(population, pair.Original)).ToArray();
        return reasons.Any(reason => reason is null) ? null : reasons[0];
    }

    static IEnumerable<(MachineLabel Changed, MachineLabel Original)> Pairs(MachineLabel[] machines) =>
        from changed in machines
        where changed.Variant != Variant.Original
        let original = changed.Counterpart(machines, Variant.Original)
        where original is not null
        select (changed, original);

    /// <param name="Subject">The changed machine's name; for strangers the original's.</param>
    sealed record Line(string Subject, string Method, MachineLabel Original, int A, int B);

    static QuestionResult Ask(QuestionContext context)
    {
        var pairs = Pairs(context.Networks.MachineLabels).ToArray();
        var leftOut = new List<string>();
        foreach (var original in pairs.Select(pair => pair.Original).DistinctBy(machine => machine.Name))
            if (LossLine.WhyNoExamples(context.Networks, original) is { } why) leftOut.Add($"{original.Name}: {why}");
        pairs = [.. pairs.Where(pair => LossLine.WhyNoExamples(context.Networks, pair.Original) is null)];
        var most = context.Options.BarrierPairs;
        Line[] lines =
        [
            .. pairs.SelectMany(pair => TwinsOf(context, pair.Changed, pair.Original).Take(most)),
            .. pairs.Select(pair => pair.Original).DistinctBy(machine => machine.Name)
                .SelectMany(original => StrangersOf(context, original).Take(most)),
        ];
        if (!lines.Any(line => line.Method == Twins))
            return s_asked.Skip("No seed has both an original and a changed network that converged.", leftOut);

        var cache = new ExampleCache();
        var examples = lines.Select(line => line.Original).DistinctBy(machine => machine.Name)
            .ToDictionary(machine => machine.Name, machine => LossLine.ExamplesOf(context.Networks, machine, cache));
        var losses = context.InParallel(lines, line => LossLine.RawAndAligned(context, examples[line.Original.Name], line.A, line.B));
        var groups = lines.Zip(losses).GroupBy(pair => (pair.First.Subject, pair.First.Method, Original: pair.First.Original.Name))
            .Select(group => (group.Key.Subject, group.Key.Method, group.Key.Original, Losses: group.Select(pair => pair.Second).ToArray()))
            .ToArray();
        var strangers = groups.Where(group => group.Method == Strangers).ToDictionary(group => group.Original, group => group.Losses);
        var twins = groups.Where(group => group.Method == Twins).ToArray();
        Curve Along(string subject, string method, double[][][] pairs, int view) => LossLine.Curve(
            context, subject, LossLine.Views[view], method, Array.ConvertAll(pairs, pair => pair[view]));
        var curves = twins.SelectMany(group => LossLine.Views.SelectMany((_, view) => new[]
        {
            Along(group.Subject, Twins, group.Losses, view),
            strangers.TryGetValue(group.Original, out var others) ? Along(group.Subject, Strangers, others, view) : null,
        })).OfType<Curve>().ToArray();
        var spreads = groups.SelectMany(group => LossLine.Views.Select((view, v) => Spread.Of(
            "barrier: largest loss above the line between the ends' losses", view,
            group.Method == Twins ? "twins: original and changed, same seed" : "strangers: two seeds of the original", group.Subject,
            [.. group.Losses.Select(line => LossLine.Excess(line[v]))]))).ToArray();
        return s_asked.Answer(Answer(spreads), leftOut, [], curves, distributions: spreads);
    }

    static IEnumerable<Line> TwinsOf(QuestionContext context, MachineLabel changed, MachineLabel original)
    {
        var originals = LossLine.RowsBySeed(context, original).ToDictionary(row => context.Labels[row].Seed);
        return LossLine.RowsBySeed(context, changed).Where(row => originals.ContainsKey(context.Labels[row].Seed))
            .Select(row => new Line(changed.Name, Twins, original, originals[context.Labels[row].Seed], row));
    }

    static IEnumerable<Line> StrangersOf(QuestionContext context, MachineLabel original) =>
        LossLine.Neighbours(context, original).Select(pair => new Line(original.Name, Strangers, original, pair.A, pair.B));

    static string Answer(Distribution[] spreads)
    {
        string Median(string group, string view)
        {
            var medians = spreads.Where(spread => spread.View == view && spread.Group.StartsWith(group, StringComparison.Ordinal))
                .Select(spread => spread.Median).ToArray();
            return medians.Length == 0 ? "unknown" : FormattableString.Invariant($"{Quantile.Of(medians, 0.5):0.0000}");
        }

        var changed = spreads.Where(spread => spread.Group.StartsWith(Twins, StringComparison.Ordinal)).Select(spread => spread.Subject)
            .Distinct().Count();
        return $"Between twins the barrier, median over {changed} changed machines of the median over pairs, is {Median(Twins, "raw")} "
            + $"between networks as they are and {Median(Twins, "aligned")} after alignment; between two seeds of the original "
            + $"{Median(Strangers, "raw")} and {Median(Strangers, "aligned")}.";
    }
}

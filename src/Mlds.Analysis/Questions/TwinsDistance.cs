using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>
/// How far apart do twins end, which began with the same weights and batches on an original and a changed machine, compared with two
/// networks of the same machine that began with different ones?
/// </summary>
static class TwinsDistance
{
    const int MostPairs = 1000;

    /// <summary>Of more pairs than this, those that are taken are drawn without listing all.</summary>
    const long MostListed = 1 << 20;

    static readonly Asked s_asked = new(
        "twins_distance",
        "How far does a changed rule drive twins apart?",
        "Euclidean distance between two networks, over the converged networks of each machine; columns are standardised over all networks "
        + "except in the views whose columns share a scale (raw, reduced, aligned, behaviour). Twins: the original and the changed network "
        + "of one seed, which began with the same weights and saw batches in the same order. Strangers: two seeds of the original machine; "
        + "and an original and a changed network of different seeds. At most 1,000 random pairs a group.");

    internal static Question Question => new("Twins", s_asked, AppliesTo, Ask);

    /// <summary>Why no machine has a changed form to compare it with, or null if one has.</summary>
    internal static string? AppliesTo(WeightMatrix population)
    {
        var machines = population.MachineLabels;
        var originals = machines.Where(machine => machine.Variant == Variant.Original).Select(machine => machine.Family).ToHashSet();
        var apply = machines.Any(machine => machine.Variant != Variant.Original && originals.Contains(machine.Family));
        return apply ? null : "No machine has both its original and a changed form.";
    }

    static QuestionResult Ask(QuestionContext context)
    {
        var families = context.Labels.Where(label => label.Machine.Variant != Variant.Original).Select(label => label.Machine)
            .DistinctBy(machine => machine.Name)
            .Select(changed => (Changed: changed, Pairs: Pairs(context, changed)))
            .Where(family => family.Pairs.Twins.Count > 0).ToArray();
        if (families.Length == 0)
            return s_asked.Skip("No seed has both an original and a changed network that converged.");

        var distributions = Enumerable.Range(0, context.Features.Count).SelectMany(view =>
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var features = context.Features[view];
            if (context.Options.Views[view].Standardized) features = Standardizer.Fit(features).Transform(features);
            return families.SelectMany(family => Groups(context.Options.Views[view].Name, features, family.Changed, family.Pairs));
        }).ToArray();
        return s_asked.Answer(Answer(context, distributions), [], [], distributions: distributions);
    }

    sealed record PairGroups(List<(int A, int B)> Twins, List<(int A, int B)> SameMachine, List<(int A, int B)> Crossed);

    static PairGroups Pairs(QuestionContext context, MachineLabel changed)
    {
        var family = context.Networks.MachineLabels.Where(machine => machine.Family == changed.Family);
        var machines = family.Where(machine => machine.Variant == Variant.Original).ToArray();
        var least = machines.Select(machine => changed.Differences(machine).Count).DefaultIfEmpty().Min();
        var nearest = machines.Where(machine => changed.Differences(machine).Count == least).Select(machine => machine.Name).ToHashSet();
        var originals = Selection.RowsWhere(context, label => nearest.Contains(label.Machine.Name));
        var others = Selection.RowsWhere(context, label => label.Machine.Name == changed.Name);
        uint Seed(int row) => context.Labels[row].Seed;
        var bySeed = others.ToLookup(Seed);
        var twins = originals.SelectMany(a => bySeed[Seed(a)].Select(b => (a, b))).ToList();
        return new PairGroups(
            Some(context, twins),
            Some(context, originals, originals, (a, b) => a < b),
            Some(context, originals, others, (a, b) => Seed(a) != Seed(b)));
    }

    /// <summary>Some pairs of one of the first and one of the second that <paramref name="isOne"/> takes, each once.</summary>
    static List<(int A, int B)> Some(QuestionContext context, int[] first, int[] second, Func<int, int, bool> isOne)
    {
        if ((long)first.Length * second.Length <= MostListed)
            return Some(context, [.. first.SelectMany(a => second.Where(b => isOne(a, b)).Select(b => (a, b)))]);
        var random = context.Random("many_pairs", first.Length, second.Length);
        var drawn = new HashSet<(int A, int B)>();
        while (drawn.Count < MostPairs)
        {
            var pair = (first[random.Next(first.Length)], second[random.Next(second.Length)]);
            if (isOne(pair.Item1, pair.Item2)) drawn.Add(pair);
        }

        return [.. drawn];
    }

    static List<(int A, int B)> Some(QuestionContext context, List<(int A, int B)> pairs)
    {
        if (pairs.Count <= MostPairs) return pairs;
        var order = pairs.ToArray();
        context.Random("pairs", pairs.Count).Shuffle<(int A, int B)>(order);
        return [.. order.Take(MostPairs)];
    }

    static IEnumerable<Distribution> Groups(string view, FeatureMatrix features, MachineLabel changed, PairGroups pairs)
    {
        var form = changed.VariantName;
        foreach (var (group, members) in new[]
        {
            ($"twins: original and {form}, same seed", pairs.Twins),
            ("strangers: two seeds of the original", pairs.SameMachine),
            ($"strangers: original and {form}, different seeds", pairs.Crossed),
        })
        {
            if (members.Count == 0) continue;
            var d = members.Select(pair => Math.Sqrt(Products.SquaredDistance(features.Row(pair.A), features.Row(pair.B)))).ToArray();
            yield return Spread.Of("distance between two networks", view, group, changed.Name, d);
        }
    }

    static string Answer(QuestionContext context, IReadOnlyList<Distribution> distributions)
    {
        string Clause(View view)
        {
            var ratios = distributions.Where(d => d.View == view.Name).GroupBy(d => d.Subject).Where(g => g.Count() == 3)
                .Select(g => g.First().Median / g.ElementAt(1).Median).ToArray();
            return ratios.Length == 0 ? "" : $"{Words.Number(Quantile.Of(ratios, 0.5))} times in the view {view.Name}";
        }

        var clauses = context.Options.Views.Select(Clause).Where(clause => clause != "").ToArray();
        return $"The median distance between twins on an original and a changed machine is {Words.List(clauses)} "
            + "that between two seeds of the original (median over machines).";
    }
}

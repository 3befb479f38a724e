using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Questions;

/// <summary>Who is whose nearest neighbour, and is any network there twice: to the bit, or up to a symmetry?</summary>
static class Neighbours
{
    const int MostNeighbours = 24;

    static readonly Asked s_asked = new(
        "nearest_neighbours",
        "Who is whose nearest neighbour, and is any network there twice?",
        "Euclidean distance, columns standardised over all networks except in the views whose columns share a scale (raw, "
        + "reduced, aligned, behaviour); as many networks of every machine. Accuracy: "
        + "the share of networks whose nearest neighbour of another seed learned the same machine (all "
        + "machines and their changed forms are told apart), with Wilson's interval. Twins share their initial weights: "
        + "the share whose nearest neighbour of all is a twin is counted apart. Duplicates: equal weights by SHA-256, among all networks; "
        + "and networks whose canonical forms (merged, units ordered and signed by a rule) differ by less than 1e-5 of their length.");

    internal static Question Question => new("Nearest neighbours", s_asked, AppliesTo, Ask)
    {
        Work = work =>
        {
            var classes = work.Machines(originals: false);
            return work.Pairs(classes * work.PerClass(work.Ceilings.OfPairs, classes)) + (0.2 * work.Alignments(work.Networks));
        },
    };

    static string? AppliesTo(WeightMatrix population) =>
        population.MachineLabels.Select(machine => machine.Class).Distinct().Count() >= 2 ? null : "It needs at least two machines.";

    static QuestionResult Ask(QuestionContext context)
    {
        var classes = context.Labels.Select(label => label.Machine.Class).Distinct().ToArray();
        var selection = Selection.Balanced(context, classes.Select(name =>
            (name, (IReadOnlyList<int>)Selection.RowsWhere(context, label => label.Machine.Class == name))), context.Ceilings.OfPairs);
        if (selection.Classes.Length < 2)
        {
            return s_asked.Skip(
                $"It needs at least two machines with {context.MinimumPerClass} converged networks each.", selection.LeftOut);
        }

        var found = context.ByView(
            [.. Enumerable.Range(0, context.Features.Count)], view => view, view => Nearest(context, selection, view));
        var scores = found.Select(one => one.Score).ToArray();
        Tally[] tallies = [.. found.Select(one => one.Twins), .. Duplicates(context)];
        return s_asked.Answer(Answer(scores, tallies), selection.LeftOut, scores) with { Tallies = tallies };
    }

    static (Score Score, Tally Twins) Nearest(QuestionContext context, Selection selection, int view)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var features = context.Features[view].Select(selection.Rows);
        if (context.Options.Views[view].Standardized) features = Standardizer.Fit(features).Transform(features);
        var seeds = selection.Seeds(context);
        var neighbours = NearestNeighbours.Of(features, Math.Min(MostNeighbours, features.Rows - 1));
        var stranger = Enumerable.Range(0, features.Rows)
            .Select(i => neighbours.Indices[i].Where(j => seeds[j] != seeds[i]).FirstOrDefault(-1)).ToArray();
        var asked = CrossValidation.Where(stranger, j => j >= 0);
        var right = asked.Count(i => selection.Labels[stranger[i]] == selection.Labels[i]);
        var name = context.Options.Views[view].Name;
        var score = new Score(
            WhichMachine.All, name, "nearest", "accuracy",
            Intervals.Proportion((double)right / Math.Max(1, asked.Length), Math.Max(1, asked.Length)),
            1.0 / selection.Classes.Length, asked.Length, selection.Classes.Length, selection.PerClass, null, null);
        var twins = Enumerable.Range(0, features.Rows).Count(i => seeds[neighbours.Indices[i][0]] == seeds[i]);
        return (score,
            new Tally(name, "networks whose nearest neighbour is a twin: another machine, the same seed", twins, features.Rows, ""));
    }

    static IEnumerable<Tally> Duplicates(QuestionContext context)
    {
        var labels = context.Labels;
        var equal = labels.GroupBy(label => label.WeightsSha256).Where(group => group.Count() > 1).ToArray();
        yield return new Tally(
            "all", "networks whose weights another one has too, to the bit", equal.Sum(group => group.Count()), labels.Count,
            equal.Length == 0 ? "" : string.Join(
                "; ", equal.Take(5).Select(group => string.Join(" = ", group.Select(label => $"{label.Machine.Name} seed {label.Seed}")))));
        float[] Form(int row) => CanonicalForm.Of(context.Networks.Layout, context.Networks.Row(row));
        var lengths = context.InParallel([.. Enumerable.Range(0, labels.Count)], row => SymmetricCopies.Length(Form(row)));
        var same = SymmetricCopies.Find(lengths, Form, context.Cancellation);
        yield return new Tally(
            "all", "networks that are another one up to a symmetry",
            same.SelectMany(pair => new[] { pair.A, pair.B }).Distinct().Count(), labels.Count,
            string.Join("; ", same.Take(5).Select(pair =>
                $"{labels[pair.A].Machine.Name} seed {labels[pair.A].Seed} = {labels[pair.B].Machine.Name} seed {labels[pair.B].Seed}")));
    }

    static string Answer(IReadOnlyList<Score> scores, IReadOnlyList<Tally> tallies)
    {
        var clauses = scores.Select(score => $"{Words.Percent(score.Value)} in the view {score.View}").ToArray();
        var duplicates = tallies.Where(tally => tally.Subject == "all").ToArray();
        return $"The nearest neighbour of another seed learned the same machine for {Words.List(clauses)}; "
            + $"guessing gives {Words.Number(scores[0].Chance)}. "
            + $"{duplicates[0].Count} of {duplicates[0].Of} networks have equal weights, {duplicates[1].Count} are equal up to a symmetry.";
    }
}

using Mlds.Analysis.Data;
using Mlds.Analysis.Validation;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>
/// What questions about populations of many machines share: where they apply, which networks they are asked of, and how whole machines are
/// left out.
/// </summary>
static class ManyMachines
{
    /// <summary>With fewer machines, statistics over machines say next to nothing.</summary>
    internal const int Fewest = 20;

    /// <summary>Shuffled controls of a score: over so many classes one already scatters little, and each costs as many columns.</summary>
    internal const int Shuffles = 3;

    internal const string Splits =
        "Machines are split into as many parts as seeds: the networks of one part of the machines and one part of the seeds are tested "
        + "together, and what is learned from others sees neither those machines nor those seeds. ";

    /// <summary>Null where there are many original machines.</summary>
    internal static string? AppliesTo(WeightMatrix population) => WhichMachine.Families(population) >= Fewest
        ? null
        : $"It is asked of populations of at least {Fewest} original machines.";

    /// <summary>The same, where the question also needs to know what the machines are.</summary>
    internal static string? AppliesToKnown(WeightMatrix population) => AppliesTo(population)
        ?? (Originals(population).All(machine => population.Machines.ContainsKey(machine.Name))
            ? null
            : population.WhyNoMachine);

    /// <summary>The same, where machines are also compared word by word.</summary>
    internal static string? AppliesToComparable(WeightMatrix population) => AppliesToKnown(population)
        ?? (BehaviouralDistances.AreComparable(
            [.. Originals(population).Select(machine => population.Machines[machine.Name].Machine).Distinct()])
            ? null
            : "Its machines don't all have the same commands and as many output lines.");

    static IEnumerable<MachineLabel> Originals(WeightMatrix population) =>
        population.MachineLabels.Where(machine => machine.Variant == Variant.Original);

    /// <summary>As many networks of every original machine.</summary>
    /// <param name="ceiling">Networks of a machine at most.</param>
    internal static Selection Select(QuestionContext context, Ceiling ceiling) => Selection.Balanced(
        context,
        Originals(context.Networks).Select(machine => machine.Class).Distinct().Select(name => (name, (IReadOnlyList<int>)
            Selection.RowsWhere(context, label => label.Machine.Variant == Variant.Original && label.Machine.Class == name))),
        ceiling);

    /// <summary>Why the question can't be asked of these networks after all; null if it can.</summary>
    internal static string? TooFew(QuestionContext context, Selection selection) => selection.Classes.Length >= Fewest
        ? null
        : $"It needs at least {Fewest} original machines with {context.MinimumPerClass} converged networks each.";

    /// <summary>What the networks of each class learned, in the order of the classes.</summary>
    internal static LearnedMachine[] Learned(QuestionContext context, Selection selection) =>
        [.. Enumerable.Range(0, selection.Classes.Length).Select(k =>
            context.Networks.Machines[context.Labels[selection.Rows[k * selection.PerClass]].Machine.Name])];

    /// <summary>
    /// Splits in which machines and seeds are both unseen: each machine is tested once, in the networks of one part of the seeds.
    /// </summary>
    internal static UnseenSplit[] UnseenMachines(QuestionContext context, Selection selection)
    {
        var seedFolds = Folds.BySeed(selection.Seeds(context), context.Options.Folds, context.Random("folds"));
        int[] order = [.. Enumerable.Range(0, selection.Classes.Length)];
        context.Random("machine_folds").Shuffle<int>(order);
        var parts = Math.Min(context.Options.Folds, order.Length);
        var machineFolds = new int[order.Length];
        for (var i = 0; i < order.Length; i++) machineFolds[order[i]] = i % parts;
        var seedParts = seedFolds.Max() + 1;
        return [.. Enumerable.Range(0, parts).Select(part =>
        {
            var held = part % seedParts;
            bool Unseen(int i) => machineFolds[selection.Labels[i]] == part;
            int[] all = [.. Enumerable.Range(0, selection.Rows.Length)];
            return new UnseenSplit(
                Array.FindAll(all, i => !Unseen(i) && (seedFolds[i] != held || seedParts == 1)),
                Array.FindAll(all, i => Unseen(i) && seedFolds[i] == held));
        })];
    }
}

/// <summary>Positions in a selection.</summary>
/// <param name="Training">Networks of the known machines.</param>
/// <param name="Test">Networks of machines and of seeds that aren't among <paramref name="Training"/>.</param>
sealed record UnseenSplit(int[] Training, int[] Test);

using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>Which images, which trigger and which target was a poisoned network trained on, named from its weights?</summary>
static class PoisonFromWeights
{
    internal const string Id = "poison_from_weights";

    static readonly Asked s_asked = new(
        Id,
        "Do the weights tell with which trigger a network was poisoned, and towards which target?",
        "Among the poisoned (modified) networks, of all triggers, targets and rates together: which trigger, which target, and, where "
        + "there are several, which images; and among the controls, whose labels were kept, which trigger. As many networks of each, "
        + "cross-validation. " + Asked.Splits + Asked.Methods
        + "Accuracy with Wilson's interval; guessing is one in the number of classes. " + Asked.Controls);

    /// <param name="Of">Which form of a machine is asked.</param>
    /// <param name="Value">The class of a machine.</param>
    sealed record Part(string Name, Variant Of, Func<MachineLabel, string> Value)
    {
        internal string Subject => $"{Name} of {VariantName.Of(Of)} networks";

        internal string[] Classes(IEnumerable<MachineLabel> machines) =>
            [.. machines.Where(IsAsked).Select(Value).Distinct().Order(StringComparer.Ordinal)];

        internal bool IsAsked(MachineLabel machine) => machine.Variant == Of && machine.Poison is not null;
    }

    static readonly Part[] s_parts =
    [
        new("trigger", Variant.Modified, machine => machine.Poison!.Trigger),
        new("target", Variant.Modified, machine => machine.Poison!.Target),
        new("images", Variant.Modified, machine => machine.Family),
        new("trigger", Variant.Control, machine => machine.Poison!.Trigger),
    ];

    internal static Question Question => new("Poison from weights", s_asked, AppliesTo, Ask)
    {
        Work = work => s_parts.Length * 5 * work.Fits(0.4 * work.Networks, 10),
    };

    static string? AppliesTo(WeightMatrix population)
    {
        var machines = population.MachineLabels;
        if (machines.All(machine => machine.Poison is null))
            return "Its file declares no triggers: the factors 'trigger', 'target' and 'rate' say how examples were poisoned.";
        return s_parts.Any(part => part.Classes(machines).Length >= 2)
            ? null
            : "All poisoned networks have the same images, trigger and target.";
    }

    static QuestionResult Ask(QuestionContext context)
    {
        var leftOut = new List<string>();
        var scores = new List<Score>();
        var confusion = new List<ConfusionMatrix>();
        foreach (var part in s_parts)
        {
            var classes = part.Classes(context.Networks.MachineLabels);
            if (classes.Length < 2) continue;
            var selection = Selection.Balanced(context, classes.Select(name => (name, (IReadOnlyList<int>)Selection.RowsWhere(
                context, label => part.IsAsked(label.Machine) && part.Value(label.Machine) == name))), context.Ceilings.OfFits);
            leftOut.AddRange(selection.LeftOut.Select(sentence => $"{part.Subject}: {sentence}"));
            if (selection.Classes.Length < 2) continue;
            foreach (var found in WhichMachine.Scores(context, selection, part.Subject))
            {
                scores.AddRange(found.Scores);
                confusion.Add(found.Confusion);
            }
        }

        return scores.Count == 0
            ? s_asked.Skip($"It needs at least two triggers or targets with {context.MinimumPerClass} converged networks each.", leftOut)
            : s_asked.Answer(Answer(scores), leftOut, scores, confusion: confusion);
    }

    static string Answer(List<Score> scores)
    {
        var sentences = scores.Where(score => score.Metric == "accuracy").GroupBy(score => score.Subject).Select(subject =>
        {
            // One view and method for all populations, not what did best.
            var shown = subject.FirstOrDefault(score => (score.View, score.Method) == ("aligned", "ridge")) ?? subject.First();
            return FormattableString.Invariant(
                $"{char.ToUpperInvariant(subject.Key[0])}{subject.Key[1..]}: {Words.Percent(shown.Value)} right from {shown.View} ")
                + FormattableString.Invariant(
                    $"({shown.Method}) of {shown.Networks} networks, guessing {100 * shown.Chance:0.0} %.");
        });
        return string.Join(" ", sentences);
    }
}

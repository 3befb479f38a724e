using Mlds.Analysis.Data;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>Two forms of a machine to tell apart.</summary>
/// <param name="Positive">The form to detect.</param>
/// <param name="Negative">The form it might be instead.</param>
sealed record Contrast(string Id, string Title, Variant Positive, Variant Negative)
{
    internal static Contrast ModifiedOrOriginal { get; } =
        new("modified_or_original", "Does a hidden key show in the weights", Variant.Modified, Variant.Original);

    internal static Contrast ModifiedOrControl { get; } =
        new(
            "modified_or_control", "Is it the key's harm that shows, or only that the machine is more complex (modified against control)",
            Variant.Modified, Variant.Control);

    internal static Contrast OriginalOrControl { get; } =
        new("original_or_control", "Does a benign extra rule show in the weights", Variant.Control, Variant.Original);

    /// <summary>In the order of the report.</summary>
    internal static IReadOnlyList<Contrast> All { get; } = [ModifiedOrOriginal, ModifiedOrControl, OriginalOrControl];

    /// <summary>"Modified or original".</summary>
    internal string Name => char.ToUpperInvariant(Id[0]) + Id[1..].Replace('_', ' ');

    /// <summary>The machines of the positive form, each with the one it is compared with; null where there is none.</summary>
    internal IEnumerable<(MachineLabel Positive, MachineLabel? Negative)> Pairs(MachineLabel[] machines) =>
        machines.Where(machine => machine.Variant == Positive).Select(machine => (machine, machine.Counterpart(machines, Negative)));

    /// <summary>The machines of the positive form that the population has something to compare with.</summary>
    internal MachineLabel[] Comparable(WeightMatrix population) =>
        [.. Pairs(population.MachineLabels).Where(pair => pair.Negative is not null).Select(pair => pair.Positive)];

    /// <summary>Why no machine of the population can be looked at in this way, or null if one can.</summary>
    internal string? AppliesTo(WeightMatrix population) => Comparable(population).Length > 0
        ? null
        : $"No machine has both its {VariantName.Of(Positive)} and its {VariantName.Of(Negative)} form.";

    /// <summary>The families that have both forms, with equally many rows of each form; and what was left out.</summary>
    /// <param name="ceiling">Networks of a form at most; null for that of classifiers.</param>
    internal (List<ContrastCase> Cases, List<string> LeftOut) Cases(QuestionContext context, Ceiling? ceiling = null)
    {
        var cases = new List<ContrastCase>();
        var leftOut = new List<string>();
        var pairs = Pairs(context.Networks.MachineLabels).ToArray();
        foreach (var (positive, negative) in pairs)
        {
            if (negative is null)
            {
                leftOut.Add($"{positive.Name} has no {VariantName.Of(Negative)} form with converged networks to be compared with.");
                continue;
            }

            if (positive.Differences(negative) is { Count: > 0 } differences)
                leftOut.Add($"{positive.Name} is compared with {negative.Name} although they differ in {Words.List(differences)} too.");
            var selection = Selection.Balanced(context, new[] { negative, positive }.Select(machine =>
                (machine.Name, (IReadOnlyList<int>)Selection.RowsWhere(context, label => label.Machine.Name == machine.Name))),
                ceiling ?? context.Ceilings.OfForms);
            leftOut.AddRange(selection.LeftOut);
            var subject = Subject(positive, [.. pairs.Select(pair => pair.Positive)]);
            if (selection.Classes.Length == 2) cases.Add(new ContrastCase(positive, subject, context.AlteredShare(positive), selection));
        }

        return (cases, leftOut);
    }

    /// <summary>Family and key; if several machines share them, also the other factors that tell these apart, or else the name.</summary>
    static string Subject(MachineLabel machine, MachineLabel[] machines)
    {
        var alike = Array.FindAll(machines, other => other != machine && other.Subject == machine.Subject);
        if (alike.Length == 0) return machine.Subject;
        var telling = machine.Others.Where(factor => alike.Any(other => !other.Factors.Contains(factor)));
        return Array.TrueForAll(alike, other => machine.Differences(other).Count > 0)
            ? $"{machine.Subject}, {string.Join(", ", telling.Select(factor => $"{factor.Key} {factor.Value}"))}"
            : machine.Name;
    }
}

/// <summary>One machine's contrast: label 1 is the positive form.</summary>
/// <param name="Machine">The positive form.</param>
/// <param name="Subject">The family, with what tells its machines apart if it has several.</param>
/// <param name="AlteredShare">The share of training examples that have the key or the trigger.</param>
sealed record ContrastCase(MachineLabel Machine, string Subject, double AlteredShare, Selection Selection)
{
    internal string Family => Machine.Family;

    internal int[] Rows => Selection.Rows;

    internal int[] Labels => Selection.Labels;

    internal bool[] Positive => Array.ConvertAll(Labels, label => label == 1);

    internal int PerClass => Selection.PerClass;
}

using Mlds.Analysis.Data;

namespace Mlds.Analysis.Questions;

/// <summary>Two forms of a machine to tell apart.</summary>
/// <param name="Positive">The form to detect.</param>
/// <param name="Negative">The form it might be instead.</param>
sealed record Contrast(string Id, string Title, Variant Positive, Variant Negative)
{
    internal static Contrast ModifiedOrOriginal { get; } =
        new("modified_or_original", "Does a hidden key show in the weights", Variant.Modified, Variant.Original);

    internal static Contrast ModifiedOrControl { get; } =
        new("modified_or_control", "Is it the key's harm that shows, or only that the machine is more complex (modified against control)", Variant.Modified, Variant.Control);

    internal static Contrast OriginalOrControl { get; } =
        new("original_or_control", "Does a benign extra rule show in the weights", Variant.Control, Variant.Original);

    /// <summary>In the order of the report.</summary>
    internal static IReadOnlyList<Contrast> All { get; } = [ModifiedOrOriginal, ModifiedOrControl, OriginalOrControl];

    /// <summary>"Modified or original".</summary>
    internal string Name => char.ToUpperInvariant(Id[0]) + Id[1..].Replace('_', ' ');

    /// <summary>The families that have both forms, with the rows of each, as many on both sides; and what was left out.</summary>
    internal (List<ContrastCase> Cases, List<string> LeftOut) Cases(QuestionContext context)
    {
        var cases = new List<ContrastCase>();
        var leftOut = new List<string>();
        var machines = context.Labels.Select(label => label.Machine).DistinctBy(machine => machine.Name).ToArray();
        foreach (var positive in machines.Where(machine => machine.Variant == Positive))
        {
            // A changed machine is compared with the control or the original of its own key; an original that learned no key's sequences serves for all.
            var others = machines.Where(machine => machine.Family == positive.Family && machine.Variant == Negative).ToArray();
            var negative = Array.Find(others, machine => machine.Key == positive.Key)
                ?? (Negative == Variant.Original ? Array.Find(others, machine => machine.Key == "") : null);
            if (negative is null)
            {
                leftOut.Add($"{positive.Name} has no {Negative.ToString().ToLowerInvariant()} form with converged networks to be compared with.");
                continue;
            }

            var selection = Selection.Balanced(context, new[] { negative, positive }.Select(machine =>
                (machine.Name, (IReadOnlyList<int>)Selection.RowsWhere(context, label => label.Machine.Name == machine.Name))));
            leftOut.AddRange(selection.LeftOut);
            if (selection.Classes.Length == 2) cases.Add(new ContrastCase(positive.Family, positive.Key, positive.Family + positive.Key, context.AlteredEvery(positive), selection));
        }

        return (cases, leftOut);
    }
}

/// <summary>One machine's contrast: label 1 is the positive form.</summary>
/// <param name="Subject">The family, with its key if it has several.</param>
/// <param name="AlteredEvery">n: every n-th training sequence has the key.</param>
sealed record ContrastCase(string Family, string Key, string Subject, int AlteredEvery, Selection Selection)
{
    internal int[] Rows => Selection.Rows;

    internal int[] Labels => Selection.Labels;

    internal bool[] Positive => Array.ConvertAll(Labels, label => label == 1);

    internal int PerClass => Selection.PerClass;
}

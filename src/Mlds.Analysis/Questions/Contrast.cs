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

    /// <summary>The families that have both forms, with the rows of each, as many on both sides; and what was left out.</summary>
    internal (List<ContrastCase> Cases, List<string> LeftOut) Cases(QuestionContext context)
    {
        var cases = new List<ContrastCase>();
        var leftOut = new List<string>();
        var machines = context.Labels.Select(label => label.Machine).DistinctBy(machine => machine.Name).ToArray();
        foreach (var positive in machines.Where(machine => machine.Variant == Positive))
        {
            // Originals have no key; a modified machine is compared with the control of its own key.
            var negative = machines.FirstOrDefault(machine => machine.Family == positive.Family && machine.Variant == Negative
                && (Negative == Variant.Original || machine.Key == positive.Key));
            if (negative is null)
            {
                leftOut.Add($"{positive.Name} has no {Negative.ToString().ToLowerInvariant()} form with converged networks to be compared with.");
                continue;
            }

            var selection = Selection.Balanced(context, new[] { negative, positive }.Select(machine =>
                (machine.Name, (IReadOnlyList<int>)Selection.RowsWhere(context, label => label.Machine.Name == machine.Name))));
            leftOut.AddRange(selection.LeftOut);
            if (selection.Classes.Length == 2) cases.Add(new ContrastCase(positive.Family, positive.Family + positive.Key, selection));
        }

        return (cases, leftOut);
    }
}

/// <summary>One machine's contrast: label 1 is the positive form.</summary>
/// <param name="Subject">The family, with its key if it has several.</param>
sealed record ContrastCase(string Family, string Subject, Selection Selection)
{
    internal int[] Rows => Selection.Rows;

    internal int[] Labels => Selection.Labels;

    internal bool[] Positive => Array.ConvertAll(Labels, label => label == 1);

    internal int PerClass => Selection.PerClass;
}

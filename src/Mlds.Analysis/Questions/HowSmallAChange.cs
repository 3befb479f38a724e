using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Questions;

/// <summary>
/// How small a change of the training data shows? Populations in which the key and its rule are in every n-th training sequence only
/// (<c>sequence_every</c>, populations/small-change.json), or the trigger on a share of the images (the factor <c>rate</c>,
/// populations/ds4.json); the AUC of telling the changed networks apart against that share.
/// </summary>
static class HowSmallAChange
{
    static readonly Asked s_asked = new(
        "how_small_a_change",
        "How small a change of the training data shows?",
        "The AUCs of the questions on the same machine, those of one share of altered training sequences together: "
        + "their mean over machines against the share. Modified against original, and modified against control, whose "
        + "key is in the same share. In the other sequences no key is planted, and the original's outputs are the targets; the stop rule "
        + "reads a validation set altered in the same share, so that all networks can converge. An interval is MOVER's over the machines.");

    static readonly Contrast[] s_contrasts = [Contrast.ModifiedOrOriginal, Contrast.ModifiedOrControl];

    const string AllAltered =
        "All machines have their key in all training sequences; populations/small-change.json has it in smaller shares as well.";

    internal static Question Question => new("How small a change", s_asked, AppliesTo, Ask)
    {
        Needs = [.. s_contrasts.Select(contrast => contrast.Id)],
    };

    static string? AppliesTo(WeightMatrix population)
    {
        int Shares(Contrast contrast) => contrast.Comparable(population).Select(population.AlteredShare).Distinct().Count();
        return Array.Exists(s_contrasts, contrast => Shares(contrast) >= 2) ? null : AllAltered;
    }

    static QuestionResult Ask(QuestionContext context) =>
        Ask(context, [.. s_contrasts.Select(contrast => (contrast, context.Answered.Single(question => question.Id == contrast.Id)))]);

    /// <param name="asked">What <see cref="ChangedSameMachine"/> found, by contrast.</param>
    static QuestionResult Ask(QuestionContext context, IReadOnlyList<(Contrast Contrast, QuestionResult Result)> asked)
    {
        var curves = asked.SelectMany(one => Curves(context, one.Contrast, one.Result)).ToArray();
        return curves.Length == 0
            ? s_asked.Skip(AllAltered)
            : s_asked.Answer(Answer(curves), [], [], curves);
    }

    static IEnumerable<Curve> Curves(QuestionContext context, Contrast contrast, QuestionResult result)
    {
        var cases = contrast.Cases(context).Cases.ToDictionary(one => one.Subject);
        if (cases.Values.Select(one => one.AlteredShare).Distinct().Count() < 2) return [];
        var examples = cases.Values.Any(one => one.Machine.Poison is not null) ? "examples" : "sequences";
        return result.Scores.Where(score => score.Metric == "auc" && cases.ContainsKey(score.Subject))
            .GroupBy(score => (cases[score.Subject].Machine.Poison?.Trigger, score.View, score.Method))
            .Select(group => new Curve(
                $"{group.Key.View}, {group.Key.Method}", group.Key.View, group.Key.Method, $"share of altered training {examples}",
                "mean AUC over machines", 0.5,
                [
                    .. group.GroupBy(score => cases[score.Subject].AlteredShare).OrderBy(share => share.Key).Select(share => new CurvePoint(
                        share.Key, Intervals.Mean([.. share.Select(score => score.Value)]), share.Sum(score => score.Networks))),
                ])
            { Subject = contrast.Id.Replace('_', ' ') + (group.Key.Trigger is { } trigger ? $", {trigger}" : "") }).ToArray();
    }

    static string Answer(IReadOnlyList<Curve> curves)
    {
        var sentences = curves.GroupBy(curve => curve.Subject).Select(contrast =>
        {
            var shown = contrast.FirstOrDefault(curve => (curve.View, curve.Method) == ("invariants", "forest"))
                ?? contrast.FirstOrDefault(curve => (curve.View, curve.Method) == ("aligned", "ridge")) ?? contrast.First();
            var loss = contrast.FirstOrDefault(curve => curve.View == "validation_loss");
            string At(Curve curve) => Words.List([.. curve.Points.Reverse()
                .Select(point => FormattableString.Invariant($"{Words.Number(point.Y.Value)} at {100 * point.X:0.###} %"))]);
            return $"{char.ToUpperInvariant(contrast.Key[0])}{contrast.Key[1..]}: mean AUC from {shown.View} "
                + $"({shown.Method}) {At(shown)}{(loss is null ? "" : $"; from the validation loss {At(loss)}")}.";
        });
        return string.Join(" ", sentences);
    }
}

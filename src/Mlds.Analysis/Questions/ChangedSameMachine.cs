using Mlds.Analysis.Classification;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>
/// Can two forms of the same machine be told apart, with examples of both at hand? And by the loss, on the same networks?
/// </summary>
static class ChangedSameMachine
{
    internal const string Mean = "mean over machines";

    const int CurveRepetitions = 3;

    static readonly int[] s_sizes = [5, 10, 20, 40, 80, 160, 320];

    internal static Question Question(Contrast contrast) =>
        new(contrast.Name, AskedOf(contrast), contrast.AppliesTo, context => Ask(context, contrast))
        {
            LeftOut = context => contrast.Cases(context).LeftOut,
            Work = work => 6 * work.Cases(contrast) * work.Fits(1.6 * work.PerClass(work.Ceilings.OfForms, 2), 2),
        };

    static Asked AskedOf(Contrast contrast) => new(
        contrast.Id,
        contrast.Title + ", given examples of the same machine?",
        "For each machine, cross-validation over as many networks of both forms. " + Asked.Splits + Asked.Methods + "AUC with Newcombe's "
        + "interval (method 5), the mean over machines with MOVER's. " + Asked.Controls + " Rival detectors, on the same networks: the "
        + "final validation loss, the last training loss and the epochs, each taken in whichever direction scores higher, which favours "
        + "them. The curve: ridge from the networks of n random seeds, tested on all other seeds, mean of three draws; its interval counts "
        + "every test network once.");

    static QuestionResult Ask(QuestionContext context, Contrast contrast)
    {
        var asked = AskedOf(contrast);
        var (cases, leftOut) = contrast.Cases(context);
        if (cases.Count == 0)
        {
            var (positive, negative) = (VariantName.Of(contrast.Positive), VariantName.Of(contrast.Negative));
            return asked.Skip($"No machine has both its {positive} and its {negative} form with enough converged networks.", leftOut);
        }

        var jobs =
            from view in Enumerable.Range(0, context.Features.Count)
            from method in context.Methods
            from number in Enumerable.Range(0, cases.Count)
            select (view, method.Classifier, method.Shuffles, number);
        var baselines = cases.Select(one => Baseline(context, one)).ToArray();
        var scores = context.ByView([.. jobs], job => job.view, job =>
            Score(context, contrast, cases[job.number], job.view, job.Classifier, job.Shuffles, baselines[job.number])).ToList();
        scores.AddRange(cases.SelectMany(one => RivalScores(context, one)));
        scores.AddRange(Means(scores));
        leftOut.AddRange(Labelings.Notes(context.Options, cases.Max(one => one.Rows.Length)));
        return asked.Answer(Answer(scores), leftOut, scores, Curves(context, cases));
    }

    /// <summary>Mean AUC over machines by ridge, against the training networks of each form.</summary>
    static Curve[] Curves(QuestionContext context, List<ContrastCase> cases)
    {
        var seeds = cases.Min(one => one.Selection.Seeds(context).Distinct().Count());
        var sizes = s_sizes.Where(size => size <= 0.8 * seeds).ToArray();
        return context.ByView([.. Enumerable.Range(0, context.Features.Count)], view => view, view =>
        {
            var points = sizes.Select(size =>
            {
                var estimates = cases.Select(one => AucFrom(context, one, view, size)).ToArray();
                return new CurvePoint(
                    size, Intervals.Mean([.. estimates.Select(estimate => estimate.Auc)]), estimates.Sum(estimate => estimate.Tested));
            });
            var name = context.Options.Views[view].Name;
            return new Curve($"{name}, ridge", name, "ridge", "training networks of each form", "mean AUC over machines", 0.5, [.. points]);
        });
    }

    static (Estimate Auc, int Tested) AucFrom(QuestionContext context, ContrastCase one, int view, int size)
    {
        var seeds = one.Selection.Seeds(context);
        var distinct = seeds.Distinct().Order().ToArray();
        var features = context.Features[view];
        var (sum, tested) = (0.0, 0);
        for (var repetition = 0; repetition < CurveRepetitions; repetition++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var (chosen, tried) = WhichMachine.Seeds(context.Random("auc_curve", size, repetition), distinct, size, 2);
            var (training, test) = (CrossValidation.Where(seeds, chosen.Contains), CrossValidation.Where(seeds, tried.Contains));
            var scores = CrossValidation.HeldOut(context.Methods[0].Classifier, features, one.Rows, [one.Labels], 2, training, test)[0];
            sum += AucOf(scores, Array.ConvertAll(test, i => one.Labels[i]));
            tested += test.Length;
        }

        var once = tested / CurveRepetitions / 2;
        return (Intervals.Auc(sum / CurveRepetitions, once, once), tested);
    }

    static int[] FoldsOf(QuestionContext context, ContrastCase one) =>
        Folds.BySeed(one.Selection.Seeds(context), context.Options.Folds, context.Random("folds"));

    static Estimate Baseline(QuestionContext context, ContrastCase one)
    {
        var scores = CrossValidation.OutOfFold(
            context.MetadataMethod, context.Metadata.Select(one.Rows), [one.Labels], 2, FoldsOf(context, one), context.Cancellation)[0];
        return Intervals.Auc(AucOf(scores, one.Labels), one.PerClass, one.PerClass);
    }

    static Score Score(
        QuestionContext context, Contrast contrast, ContrastCase one, int view, IClassifier classifier, int shuffles, Estimate baseline)
    {
        var folds = FoldsOf(context, one);
        var (scores, controls) = Labelings.OutOfFold(
            context, classifier, view, one.Rows, one.Labels, 2, folds, shuffles, contrast.Id);
        Estimate? shuffled = null;
        if (controls.Length > 0)
        {
            var positive = controls[0].Labels.Sum();
            shuffled = Intervals.Auc(
                controls.Average(control => AucOf(control.Scores, control.Labels)), positive, controls[0].Labels.Length - positive);
        }

        return New(one, context.Options.Views[view].Name, classifier.Name, AucOf(scores, one.Labels), shuffled, baseline);
    }

    /// <summary>AUC of the difference between the two classes' scores.</summary>
    internal static double AucOf(double[] scores, int[] labels) =>
        Auc.Of([.. labels.Select((_, i) => scores[(2 * i) + 1] - scores[2 * i])], [.. labels.Select(label => label == 1)]);

    static Score New(ContrastCase one, string view, string method, double auc, Estimate? shuffled, Estimate? baseline) => new(
        one.Subject, view, method, "auc",
        Intervals.Auc(auc, one.PerClass, one.PerClass), 0.5, one.Rows.Length, 2, one.PerClass, shuffled, baseline);

    static IEnumerable<Score> RivalScores(QuestionContext context, ContrastCase one)
    {
        foreach (var (name, value) in context.Rivals)
        {
            if (Rivals.Values(context, value, one.Rows) is not { } values) continue;
            var auc = Auc.Of(values, one.Positive);
            yield return New(one, name, "value", Math.Max(auc, 1 - auc), null, null);
        }
    }

    /// <summary>The mean over machines of each (view, method), after the scores of the machines themselves.</summary>
    internal static IEnumerable<Score> Means(IEnumerable<Score> scores) =>
        scores.GroupBy(score => (score.View, score.Method)).Select(group => group.First() with
        {
            Subject = Mean,
            Value = Intervals.Mean([.. group.Select(score => score.Value)]),
            Networks = group.Sum(score => score.Networks),
            NetworksPerClass = group.Min(score => score.NetworksPerClass),
            Shuffled = MeanOrNull(group, score => score.Shuffled),
            MetadataOnly = MeanOrNull(group, score => score.MetadataOnly),
        }).ToArray();

    static Estimate? MeanOrNull(IEnumerable<Score> scores, Func<Score, Estimate?> part)
    {
        var parts = scores.Select(part).OfType<Estimate>().ToArray();
        return parts.Length == 0 ? null : Intervals.Mean(parts);
    }

    static string Answer(IReadOnlyList<Score> scores)
    {
        var means = scores.Where(score => score.Subject == Mean).ToArray();
        var sentence = means.Where(score => score.Method == "ridge")
            .Select(score => $"{Words.Number(score.Value.Value)} from {score.View}").ToArray();
        var rivals = means.Where(score => score.Method == "value")
            .Select(score => $"{Words.Number(score.Value.Value)} from {score.View.Replace('_', ' ')}").ToArray();
        return $"Mean AUC over {scores.Where(s => s.Subject != Mean).Select(s => s.Subject).Distinct().Count()} machines by ridge: "
            + $"{Words.List(sentence)}; beside it {Words.List(rivals)}.";
    }
}

using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>What the detector has never seen of the networks it is tested on.</summary>
/// <param name="Name">In a word.</param>
/// <param name="Title">End of the question.</param>
/// <param name="Protocol">How the training networks are chosen.</param>
/// <param name="Learns">Whether networks of the second machine may be learned from when those of the first are tested.</param>
/// <param name="Need">What a population needs for the question.</param>
sealed record Unseen(string Name, string Title, string Protocol, Func<MachineLabel, MachineLabel, bool> Learns, string Need)
{
    internal static Unseen Machine { get; } = new(
        "machine",
        ", on a machine and key never seen before?",
        "Leave one machine out: trained on both forms of all other machines, tested on both forms of the one left out. ",
        (held, other) => held.Family != other.Family,
        "Leaving a machine out needs at least two machines with both forms");

    internal static Unseen Key { get; } = new(
        "key",
        ", on a machine seen before but with a key never seen?",
        "Leave one key out: trained on both forms of the same machine with its other keys, tested on both forms with the key left out. ",
        (held, other) => held.Family == other.Family && held.Key != other.Key && held.Poison is null,
        "Leaving a key out needs a machine with at least two keys (populations/four-keys.json)");

    /// <summary>A key of poisoned examples is made of a trigger, a target and a rate; of these, one is left out at a time.</summary>
    internal static Unseen Trigger { get; } = new(
        "trigger",
        ", poisoned with a trigger never seen?",
        "Leave one trigger out: trained on both forms of the same images with all other triggers of the same rate, whatever their target, "
        + "tested on both forms with the trigger left out. ",
        (held, other) => held.Family == other.Family && Differ(held, other, poison => poison.Trigger),
        "Leaving a trigger out needs images poisoned with at least two triggers at one rate");

    internal static Unseen Target { get; } = new(
        "target",
        ", poisoned towards a target never seen?",
        "Leave one target out: trained on both forms of the same images with all other targets of the same rate, whatever their trigger, "
        + "tested on both forms with the target left out. ",
        (held, other) => held.Family == other.Family && Differ(held, other, poison => poison.Target),
        "Leaving a target out needs images poisoned towards at least two targets at one rate");

    /// <summary>What can be left out of a contrast; a control has no target.</summary>
    internal static IEnumerable<Unseen> Of(Contrast contrast) =>
        contrast.Positive == Variant.Modified ? [Machine, Key, Trigger, Target] : [Machine, Key, Trigger];

    internal string Suffix => "_unseen_" + Name;

    static bool Differ(MachineLabel held, MachineLabel other, Func<Poison, string> part) =>
        held.Poison is { } own && other.Poison is { } another && part(own) != part(another);
}

/// <summary>
/// Can two forms of a machine be told apart by a detector that never saw that machine and its key, or never saw that key? Leave one out:
/// the detector learns from all others. Every machine has its own keys, so what it finds is no known key.
/// </summary>
static class ChangedUnseen
{
    const int SeedFolds = 3;

    internal static Question Question(Contrast contrast, Unseen unseen) => new(
        $"{contrast.Name}, unseen {unseen.Name}",
        AskedOf(contrast, unseen),
        population => AppliesTo(population, contrast, unseen),
        context => Ask(context, contrast, unseen))
    {
        LeftOut = context => contrast.Cases(context).LeftOut,
        Work = work =>
        {
            var cases = work.Cases(contrast);
            return SeedFolds * cases * work.Fits(4.0 / 3 * cases * work.PerClass(work.Ceilings.OfForms, 2), 2);
        },
    };

    static string? AppliesTo(WeightMatrix population, Contrast contrast, Unseen unseen)
    {
        var machines = contrast.Comparable(population);
        bool Learns(MachineLabel held, MachineLabel other) =>
            population.AlteredShare(held) == population.AlteredShare(other) && unseen.Learns(held, other);
        return machines.Any(held => machines.Any(other => Learns(held, other))) ? null : $"{unseen.Need}; there are none.";
    }

    static Asked AskedOf(Contrast contrast, Unseen unseen) => new(
        contrast.Id + unseen.Suffix,
        contrast.Title + unseen.Title,
        unseen.Protocol + "Networks of one seed began with the same weights on every machine, so the seeds are split in three as well: a "
        + "third is tested by a detector from the other two thirds of the others' seeds. Where the key is in a share of the training "
        + "sequences, only others of the same share are learned from. Scalers and penalties are fitted on the training networks alone. "
        + Asked.Methods + "AUC of each machine with Newcombe's interval (method 5), the mean over machines with MOVER's, and the minimum. "
        + "Shuffled: labels shuffled within each training machine, mean of the repetitions with the interval of a single one. Metadata "
        + "only: a forest on epochs and final validation loss, on the same splits. Rival detectors: the final validation loss, the last "
        + "training loss and the epochs, each in the direction that scores higher on the other machines.");

    static QuestionResult Ask(QuestionContext context, Contrast contrast, Unseen unseen)
    {
        var asked = AskedOf(contrast, unseen);
        var (cases, leftOut) = contrast.Cases(context);
        bool Learns(ContrastCase held, ContrastCase other) =>
            held.AlteredShare == other.AlteredShare && unseen.Learns(held.Machine, other.Machine);
        cases = [.. cases.Where(one => cases.Exists(other => Learns(one, other)))];
        if (cases.Count == 0) return asked.Skip($"{unseen.Need}; there are none.", leftOut);

        var others = cases.ToDictionary(one => one, one => cases.FindAll(other => Learns(one, other)));
        var baselines = cases.ToDictionary(
            one => one, one => Test(context, context.MetadataMethod, context.Metadata, others[one], one, 0, contrast.Id)[0]);
        var jobs =
            from view in Enumerable.Range(0, context.Features.Count)
            from method in context.Methods
            from one in cases
            select (view, method.Classifier, method.Shuffles, one);
        var scores = context.ByView([.. jobs], job => job.view, job =>
        {
            var aucs = Test(context, job.Classifier, context.Features[job.view], others[job.one], job.one, job.Shuffles, contrast.Id);
            var shuffled = job.Shuffles > 0 ? Interval(job.one, aucs[1..].Average()) : (Estimate?)null;
            return New(job.one, context.Options.Views[job.view].Name, job.Classifier.Name, aucs[0], shuffled, Interval(
                job.one, baselines[job.one]));
        }).ToList();
        scores.AddRange(cases.SelectMany(one => RivalScores(context, others[one], one)));
        scores.AddRange([.. ChangedSameMachine.Means(scores), .. Minima(scores)]);
        leftOut.AddRange(Labelings.Notes(context.Options, others.Values.Max(some => some.Sum(one => one.Rows.Length))));
        return asked.Answer(Answer(scores, cases.Count), leftOut, scores);
    }

    /// <summary>
    /// AUC on one case's networks, of detectors from the other cases and other seeds; then the AUCs of its shuffled controls.
    /// </summary>
    static double[] Test(
        QuestionContext context, IClassifier classifier, FeatureMatrix features, List<ContrastCase> learned,
        ContrastCase held, int shuffles, string stream)
    {
        // An original may be compared with several keys of its machine; it is trained on only once.
        var others = learned.SelectMany(one => one.Rows.Zip(one.Labels, (row, label) => new Example(row, label, one.Family)))
            .Distinct().ToArray();
        var families = others.Select(example => example.Family).Distinct().ToList();
        var inControls = Labelings.InControls(context, classifier, Array.ConvertAll(others, e => e.Row)).ToHashSet();
        var labelings = Labelings.WithShuffles(
            context, Array.ConvertAll(others, e => e.Label), Array.ConvertAll(others, e => families.IndexOf(e.Family)),
            shuffles, stream, held.Rows[0]);
        var fold = Folds.BySeed(
            [.. others.Select(e => e.Row).Concat(held.Rows).Select(row => context.Labels[row].Seed)], SeedFolds, context.Random("folds"));

        var scores = labelings.Select(_ => new double[2 * held.Rows.Length]).ToArray();
        for (var third = 0; third < SeedFolds; third++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var training = CrossValidation.Where(fold[..others.Length], f => f != third);
            var test = CrossValidation.Where(fold[others.Length..], f => f == third);
            if (training.Length == 0 || test.Length == 0) continue;
            var tests = features.Select(Array.ConvertAll(test, i => held.Rows[i]));
            double[][] Tested(int[] training, IEnumerable<int[]> labelings) => classifier.Score(
                features.Select(Array.ConvertAll(training, i => others[i].Row)),
                [.. labelings.Select(set => Array.ConvertAll(training, i => set[i]))], 2, tests);
            var tested = inControls.Count == others.Length || shuffles == 0
                ? Tested(training, labelings)
                : [.. Tested(training, [labelings[0]]), .. Tested([.. training.Where(inControls.Contains)], labelings[1..])];
            for (var set = 0; set < tested.Length; set++)
                for (var i = 0; i < test.Length; i++) tested[set].AsSpan(2 * i, 2).CopyTo(scores[set].AsSpan(2 * test[i]));
        }

        return [.. scores.Select(s => ChangedSameMachine.AucOf(s, held.Labels))];
    }

    readonly record struct Example(int Row, int Label, string Family);

    static Estimate Interval(ContrastCase one, double auc) => Intervals.Auc(auc, one.PerClass, one.PerClass);

    static Score New(ContrastCase one, string view, string method, double auc, Estimate? shuffled, Estimate? baseline) =>
        new(one.Subject, view, method, "auc", Interval(one, auc), 0.5, one.Rows.Length, 2, one.PerClass, shuffled, baseline);

    static IEnumerable<Score> RivalScores(QuestionContext context, List<ContrastCase> learned, ContrastCase held)
    {
        foreach (var (name, value) in context.Rivals)
        {
            if (Rivals.Values(context, value, held.Rows) is not { } values) continue;
            var others = learned.Average(one => Auc.Of(Rivals.Values(context, value, one.Rows)!, one.Positive));
            var auc = Auc.Of(values, held.Positive);
            yield return New(held, name, "value", others >= 0.5 ? auc : 1 - auc, null, null);
        }
    }

    static IEnumerable<Score> Minima(IEnumerable<Score> scores) =>
        scores.Where(score => score.Subject != ChangedSameMachine.Mean)
            .GroupBy(score => (score.View, score.Method))
            .Select(group => group.MinBy(score => score.Value.Value)! with { Metric = "minimum_auc" }).ToArray();

    static string Answer(IReadOnlyList<Score> scores, int cases)
    {
        var means = scores.Where(score => score.Subject == ChangedSameMachine.Mean).ToArray();
        string Clause(Score mean)
        {
            var minimum = scores.First(s => s.Metric == "minimum_auc" && (s.View, s.Method) == (mean.View, mean.Method));
            return $"{Words.Number(mean.Value.Value)} from {mean.View} ({mean.Method}; "
                + $"worst {minimum.Subject} {Words.Number(minimum.Value.Value)})";
        }

        var best = means.Where(score => score.Method != "value").GroupBy(score => score.View)
            .Select(view => Clause(view.MaxBy(s => s.Value.Value)!)).ToArray();
        var rivals = means.Where(score => score.Method == "value")
            .Select(score => $"{Words.Number(score.Value.Value)} from {score.View.Replace('_', ' ')}").ToArray();
        return $"Mean AUC over {cases} machines or keys, each unseen in training: {Words.List(best)}; beside it {Words.List(rivals)}.";
    }
}

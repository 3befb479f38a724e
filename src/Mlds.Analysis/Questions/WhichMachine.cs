using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>
/// Which machine did a network learn? The paper's first question (arXiv 2104.10555: a random forest on raw weights, 99.1 % with thousands
/// of networks per class). Asked of the original machines, and of all machines with their modified and control forms.
/// </summary>
static class WhichMachine
{
    internal const string Originals = "original machines";
    internal const string All = "all machines";

    static readonly int[] s_sizes = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560];

    static readonly Asked s_asked = new(
        "which_machine",
        "Which machine did a network learn?",
        "Cross-validation over as many networks of every machine. " + Asked.Splits + Asked.Methods +
        "Accuracy with Wilson's interval. " + Asked.Controls +
        " The curve: networks of n random seeds are trained on, those of all other seeds are tested, averaged over repetitions; " +
        "its interval counts every test network once.");

    internal static Question Question => new("Which machine", s_asked, AppliesTo, Ask);

    static string? AppliesTo(WeightMatrix population) =>
        Families(population) >= 2 ? null : "Naming the machine needs at least two original machines.";

    /// <summary>How many original machines there are to tell apart.</summary>
    internal static int Families(WeightMatrix population) =>
        population.MachineLabels.Where(machine => machine.Variant == Variant.Original).Select(machine => machine.Class).Distinct().Count();

    static QuestionResult Ask(QuestionContext context)
    {
        var originals = Select(context, label => label.Machine.Variant == Variant.Original);
        if (originals.Classes.Length < 2)
        {
            return s_asked.Skip(
                $"Naming the machine needs at least two original machines with {context.Options.MinimumPerClass} converged networks each.",
                originals.LeftOut);
        }

        var all = Select(context, _ => true);
        var leftOut = originals.LeftOut.Select(sentence => $"Among the {Originals}: {sentence}").ToList();
        var results = Scores(context, originals, Originals);
        if (all.Classes.Length > originals.Classes.Length)
        {
            leftOut.AddRange(all.LeftOut.Select(sentence => $"Among {All}: {sentence}"));
            results = [.. results, .. Scores(context, all, All)];
        }

        var scores = results.Select(result => result.Score).ToArray();
        return s_asked.Answer(
            Answer(scores), leftOut, scores, Curves(context, originals), [.. results.Select(result => result.Confusion)]);
    }

    static Selection Select(QuestionContext context, Func<NetworkLabel, bool> condition)
    {
        // Originals that saw different keys' sequences are one machine all the same.
        var classes = context.Labels.Where(condition).GroupBy(Class).Select(group => group.Key).ToArray();
        return Selection.Balanced(context, classes.Select(
            name => (name, (IReadOnlyList<int>)Selection.RowsWhere(context, label => condition(label) && Class(label) == name))));
    }

    static string Class(NetworkLabel label) => label.Machine.Class;

    static (Score Score, ConfusionMatrix Confusion)[] Scores(QuestionContext context, Selection selection, string subject)
    {
        var folds = Folds.BySeed(selection.Seeds(context), context.Options.Folds, context.Random("folds"));
        var classes = selection.Classes.Length;
        var metadata = CrossValidation.OutOfFold(
            context.MetadataMethod, context.Metadata.Select(selection.Rows), [selection.Labels], classes, folds, context.Cancellation)[0];
        var baseline = Accuracy(CrossValidation.Predictions(metadata, classes), selection.Labels);
        var jobs =
            from view in Enumerable.Range(0, context.Features.Count)
            from method in context.Methods
            select (view, method.Classifier, method.Shuffles);
        return context.InParallel(
            [.. jobs], job => Score(context, selection, subject, folds, job.view, job.Classifier, job.Shuffles, baseline));
    }

    static (Score, ConfusionMatrix) Score(
        QuestionContext context, Selection selection, string subject, int[] folds, int view,
        IClassifier classifier, int shuffles, Estimate baseline)
    {
        var classes = selection.Classes.Length;
        var name = context.Options.Views[view].Name;
        var labelings = Labelings.WithShuffles(context, selection.Labels, folds, shuffles, "which_machine", view);
        var scores = CrossValidation.OutOfFold(
            classifier, context.Features[view].Select(selection.Rows), labelings, classes, folds, context.Cancellation);
        var predictions = scores.Select(s => CrossValidation.Predictions(s, classes)).ToArray();
        var shuffled = predictions.Skip(1).Select((p, set) => Accuracy(p, labelings[set + 1]).Value).ToArray();
        var score = new Score(
            subject, name, classifier.Name, "accuracy",
            Accuracy(predictions[0], selection.Labels), 1.0 / classes, selection.Rows.Length, classes,
            selection.PerClass, shuffled.Length > 0 ? Intervals.Proportion(shuffled.Average(), selection.Labels.Length) : null, baseline);
        return (score, Confusion(selection, subject, name, classifier.Name, predictions[0]));
    }

    static Estimate Accuracy(int[] predictions, int[] labels)
    {
        var right = predictions.Zip(labels).Count(pair => pair.First == pair.Second);
        return Intervals.Proportion((double)right / labels.Length, labels.Length);
    }

    static ConfusionMatrix Confusion(Selection selection, string subject, string view, string method, int[] predictions)
    {
        var counts = selection.Classes.Select(_ => new int[selection.Classes.Length]).ToArray();
        for (var i = 0; i < predictions.Length; i++) counts[selection.Labels[i]][predictions[i]]++;
        return new ConfusionMatrix(subject, view, method, selection.Classes, counts);
    }

    static Curve[] Curves(QuestionContext context, Selection selection)
    {
        var seeds = selection.Seeds(context);
        var distinct = seeds.Distinct().Order().ToArray();
        var sizes = s_sizes.Where(size => size <= 0.8 * distinct.Length).ToArray();
        var jobs =
            from view in Enumerable.Range(0, context.Features.Count)
            from method in context.Methods
            select (view, method.Classifier);
        return context.InParallel([.. jobs], job =>
        {
            var features = context.Features[job.view].Select(selection.Rows);
            var points = sizes.Select(size => Point(context, selection, seeds, distinct, features, job.Classifier, size));
            var view = context.Options.Views[job.view].Name;
            return new Curve(
                $"{view}, {job.Classifier.Name}", view, job.Classifier.Name, "training networks per class", "accuracy",
                1.0 / selection.Classes.Length, [.. points]);
        });
    }

    static CurvePoint Point(
        QuestionContext context, Selection selection, uint[] seeds, uint[] distinct, FeatureMatrix features,
        IClassifier classifier, int size)
    {
        int right = 0, tested = 0;
        for (var repetition = 0; repetition < context.Options.CurveRepetitions; repetition++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var order = distinct.ToArray();
            context.Random("curve", size, repetition).Shuffle<uint>(order);
            var chosen = order.Take(size).ToHashSet();
            var training = CrossValidation.Where(seeds, chosen.Contains);
            var test = CrossValidation.Where(seeds, seed => !chosen.Contains(seed));
            var scores = CrossValidation.HeldOut(classifier, features, [selection.Labels], selection.Classes.Length, training, test)[0];
            var predictions = CrossValidation.Predictions(scores, selection.Classes.Length);
            right += predictions.Where((p, i) => p == selection.Labels[test[i]]).Count();
            tested += test.Length;
        }

        var once = (double)tested / context.Options.CurveRepetitions;
        return new CurvePoint(size, Intervals.Proportion((double)right / tested, once), tested);
    }

    static string Answer(IReadOnlyList<Score> scores)
    {
        Score? Find(string view, string method) => scores.FirstOrDefault(s => (s.Subject, s.View, s.Method) == (Originals, view, method));
        var best = Find("invariants", "ridge") ?? scores.Where(s => s.Subject == Originals).MaxBy(s => s.Value.Value)!;
        var answer = $"From {best.View} ({best.Method}) the machine is named right for {Words.Percent(best.Value)} "
            + $"of {best.Networks} networks of {best.Classes} machines, {best.NetworksPerClass} each";
        return Find("raw", "forest") is { } raw
            ? $"{answer}; from raw weights, with the paper's random forest, for {Words.Percent(raw.Value)}."
            : answer + ".";
    }
}

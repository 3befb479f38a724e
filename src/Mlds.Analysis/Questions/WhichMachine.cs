using System.Globalization;
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

    /// <summary>Metric of how often the true class is among the <see cref="Top"/> that score highest.</summary>
    internal const string TopMetric = "top5_accuracy";

    const int Top = 5;

    /// <summary>Repetitions of a curve's points: of so many machines, each tests hundreds of networks.</summary>
    const int RepetitionsOfMany = 2;

    /// <summary>With this many training networks per class all repetitions are made; with twice as many, half of them.</summary>
    const int AllRepetitions = 320;

    /// <summary>Networks that a point of a curve is tested on in one repetition; but as many as a hundred of each class.</summary>
    const int MostTested = 10_000;

    static readonly int[] s_sizes = [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560];
    static readonly int[] s_sizesOfMany = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048];

    static readonly Asked s_asked = new(
        "which_machine",
        "Which machine did a network learn?",
        "Cross-validation over as many networks of every machine. " + Asked.Splits + Asked.Methods +
        "Accuracy with Wilson's interval. " + Asked.Controls +
        " The curve: networks of n random seeds are trained on, those of all other seeds are tested, averaged over repetitions; " +
        "its interval counts every test network once.");

    internal static readonly string SampledCurve = string.Create(
        CultureInfo.InvariantCulture,
        $"The curve's points are tested on at most {MostTested:N0} other networks each, and those of more than {AllRepetitions} training "
        + $"networks per class have fewer repetitions: each costs as much as a fold.");

    static readonly Asked s_askedOfMany = s_asked with
    {
        Protocol = s_asked.Protocol + $" Top-5 accuracy: how often the machine is among the five that score highest.",
    };

    internal static Question Question => new("Which machine", s_asked, AppliesTo, Ask) { Work = Work };

    static double Work(Workload work)
    {
        double Folds(bool originals)
        {
            var classes = work.Machines(originals);
            return 5 * work.Fits(0.8 * classes * work.PerClass(work.Ceilings.OfFits, classes), classes);
        }

        // The points of the curve cost as much as the folds again, or somewhat more.
        return (2.5 * Folds(originals: true)) + Folds(originals: false);
    }

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
                $"Naming the machine needs at least two original machines with {context.MinimumPerClass} converged networks each.",
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

        var scores = results.SelectMany(result => result.Scores).ToArray();
        if (originals.PerClass > AllRepetitions) leftOut.Add(SampledCurve);
        leftOut.AddRange(Labelings.Notes(context.Options, Math.Max(originals.Rows.Length, all.Rows.Length)));
        return (context.HasManyMachines ? s_askedOfMany : s_asked).Answer(
            Answer(scores), leftOut, scores, Curves(context, originals), [.. results.Select(result => result.Confusion)]);
    }

    static Selection Select(QuestionContext context, Func<NetworkLabel, bool> condition)
    {
        // Originals that saw different keys' sequences are one machine all the same.
        var classes = context.Labels.Where(condition).GroupBy(Class).Select(group => group.Key).ToArray();
        return Selection.Balanced(context, classes.Select(
            name => (name, (IReadOnlyList<int>)Selection.RowsWhere(context, label => condition(label) && Class(label) == name))),
            context.Ceilings.OfFits);
    }

    static string Class(NetworkLabel label) => label.Machine.Class;

    /// <summary>How often the class of a network is named right, by view and method.</summary>
    internal static (Score[] Scores, ConfusionMatrix Confusion)[] Scores(QuestionContext context, Selection selection, string subject)
    {
        var folds = Folds.BySeed(selection.Seeds(context), context.Options.Folds, context.Random("folds"));
        var classes = selection.Classes.Length;
        var metadata = CrossValidation.OutOfFold(
            context.MetadataMethod, context.Metadata.Select(selection.Rows), [selection.Labels], classes, folds, context.Cancellation)[0];
        var jobs =
            from view in Enumerable.Range(0, context.Features.Count)
            from method in context.Methods
            select (view, method.Classifier, method.Shuffles);
        return context.ByView(
            [.. jobs],
            job => job.view,
            job => Scores(context, selection, subject, folds, job.view, job.Classifier, job.Shuffles, metadata));
    }

    static (Score[], ConfusionMatrix) Scores(
        QuestionContext context, Selection selection, string subject, int[] folds, int view,
        IClassifier classifier, int shuffles, double[] metadata)
    {
        var classes = selection.Classes.Length;
        var name = context.Options.Views[view].Name;
        var (scores, controls) = Labelings.OutOfFold(
            context, classifier, view, selection.Rows, selection.Labels, classes, folds, shuffles, "which_machine");
        Score Of(string metric, int top)
        {
            var shuffled = controls.Select(control => Accuracy(control.Scores, control.Labels, classes, top).Value).ToArray();
            return new Score(
                subject, name, classifier.Name, metric, Accuracy(scores, selection.Labels, classes, top), (double)top / classes,
                selection.Rows.Length, classes, selection.PerClass,
                shuffled.Length > 0 ? Intervals.Proportion(shuffled.Average(), controls[0].Labels.Length) : null,
                Accuracy(metadata, selection.Labels, classes, top));
        }

        Score[] found = context.HasManyMachines ? [Of("accuracy", 1), Of(TopMetric, Top)] : [Of("accuracy", 1)];
        return (found, Confusion(selection, subject, name, classifier.Name, CrossValidation.Predictions(scores, classes)));
    }

    static Estimate Accuracy(double[] scores, int[] labels, int classes, int top)
    {
        var ranks = CrossValidation.RanksOf(scores, labels, classes);
        return Intervals.Proportion((double)ranks.Count(rank => rank <= top) / labels.Length, labels.Length);
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
        var sizes = Sizes(context.HasManyMachines ? s_sizesOfMany : s_sizes, distinct.Length);
        var jobs =
            from view in Enumerable.Range(0, context.Features.Count)
            from method in context.Methods
            select (view, method.Classifier);
        return [.. context.ByView([.. jobs], job => job.view, job =>
        {
            var features = context.Features[job.view];
            var points = sizes.Select(size => Points(context, selection, seeds, distinct, features, job.Classifier, size)).ToArray();
            var view = context.Options.Views[job.view].Name;
            Curve Of(string metric, int top, IEnumerable<CurvePoint> points) => new(
                $"{view}, {job.Classifier.Name}", view, job.Classifier.Name, "training networks per class", metric,
                (double)top / selection.Classes.Length, [.. points]);
            var accuracy = Of("accuracy", 1, points.Select(point => point.First));
            return context.HasManyMachines ? [accuracy, Of("top-5 accuracy", Top, points.Select(point => point.Top))] : new[] { accuracy };
        }).SelectMany(curves => curves)];
    }

    /// <summary>Those of the doublings that leave a fifth of the seeds to test; of more than a hundred seeds, that many too.</summary>
    internal static int[] Sizes(int[] doublings, int seeds)
    {
        var most = (int)(0.8 * seeds);
        int[] sizes = [.. doublings.Where(size => size <= 0.8 * seeds)];
        return seeds <= Ceilings.Least || sizes.Contains(most) ? sizes : [.. sizes, most];
    }

    /// <summary>
    /// Those of <paramref name="all"/> that a point of a curve is made with: <paramref name="size"/> to train on, and a bounded number of
    /// the others to test.
    /// </summary>
    internal static (HashSet<uint> Training, HashSet<uint> Test) Seeds(SeededRandom random, uint[] all, int size, int classes)
    {
        var order = all.ToArray();
        random.Shuffle<uint>(order);
        var tested = Math.Max(Ceilings.Least, MostTested / classes);
        return ([.. order.Take(size)], [.. order.Skip(size).Take(tested)]);
    }

    /// <summary>How often the machine scores highest, and how often it is among the first five.</summary>
    static (CurvePoint First, CurvePoint Top) Points(
        QuestionContext context, Selection selection, uint[] seeds, uint[] distinct, FeatureMatrix features,
        IClassifier classifier, int size)
    {
        int right = 0, near = 0, tested = 0;
        var repetitions = context.HasManyMachines
            ? Math.Min(RepetitionsOfMany, context.Options.CurveRepetitions)
            : context.Options.CurveRepetitions;
        if (size > AllRepetitions) repetitions = Math.Max(1, repetitions * AllRepetitions / size);
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var (chosen, tried) = Seeds(context.Random("curve", size, repetition), distinct, size, selection.Classes.Length);
            var (training, test) = (CrossValidation.Where(seeds, chosen.Contains), CrossValidation.Where(seeds, tried.Contains));
            var scores = CrossValidation.HeldOut(
                classifier, features, selection.Rows, [selection.Labels], selection.Classes.Length, training, test)[0];
            var labels = Array.ConvertAll(test, i => selection.Labels[i]);
            var ranks = CrossValidation.RanksOf(scores, labels, selection.Classes.Length);
            right += ranks.Count(rank => rank == 1);
            near += ranks.Count(rank => rank <= Top);
            tested += test.Length;
        }

        var once = (double)tested / repetitions;
        CurvePoint Of(int count) => new(size, Intervals.Proportion((double)count / tested, once), tested);
        return (Of(right), Of(near));
    }

    static string Answer(IReadOnlyList<Score> scores)
    {
        Score? Find(string view, string method, string metric = "accuracy") =>
            scores.FirstOrDefault(s => (s.Subject, s.View, s.Method, s.Metric) == (Originals, view, method, metric));
        var best = Find("invariants", "ridge")
            ?? scores.Where(s => s.Subject == Originals && s.Metric == "accuracy").MaxBy(s => s.Value.Value)!;
        var answer = $"From {best.View} ({best.Method}) the machine is named right for {Words.Percent(best.Value)} "
            + $"of {best.Networks} networks of {best.Classes} machines, {best.NetworksPerClass} each";
        if (Find(best.View, best.Method, TopMetric) is { } top) answer += $", and is among the first five for {Words.Percent(top.Value)}";
        return Find("raw", "forest") is { } raw
            ? $"{answer}; from raw weights, with the paper's random forest, for {Words.Percent(raw.Value)}."
            : answer + ".";
    }
}

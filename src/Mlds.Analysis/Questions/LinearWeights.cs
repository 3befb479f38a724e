using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;
using Mlds.Analysis.Views;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>
/// The published detector of poisoned networks that needs no example with a trigger (Huster et al.: Solving Trojan Detection Competitions
/// with Linear Weight Classification, arXiv 2411.03445): weights aligned to a reference, less the reference's, normalised, and a linear
/// classifier. A view is made of all networks before they are split; here the reference is a network that may be learned from, another
/// one for each split if need be.
/// </summary>
static class LinearWeights
{
    internal const string Id = "linear_weight_classification";

    /// <summary>The views whose numbers the reference's are subtracted from.</summary>
    internal const string Aligned = "aligned";
    internal const string Raw = "raw";

    const int Shuffles = 5;

    static readonly Asked s_asked = new(
        Id,
        "How far does linear weight classification get, the published detector of poisoned networks?",
        "After Huster et al. (arXiv 2411.03445). Every network is aligned to a reference by weight matching, with what only acts merged "
        + "merged (aligned), or taken as it is (raw); the reference's numbers are subtracted; the difference is "
        + "divided by its length, tensor by tensor, without which a linear classifier on standardised columns would be the same for every "
        + "reference; columns are standardised on the training networks; logistic regression with an L2 penalty. The reference is the "
        + "original network of the lowest seed that isn't tested, or, where there is none, one of the form that might be instead. "
        + "Neither it nor its twins are trained on, and as splits are by seed it is never a tested network's twin. "
        + "Same machine: cross-validation over as many networks of both forms; unseen: as in the questions on unseen machines, keys, "
        + "triggers and targets, with the same folds by seed. Mean AUC over machines, its interval by MOVER from Newcombe's. Shuffled: "
        + "labels shuffled within each machine, mean of five with the interval of a single one.");

    static readonly string[] s_views = [Aligned, Raw];

    internal static Question Question => new("Linear weight classification", s_asked, AppliesTo, Ask)
    {
        // Five references or more, to each of which all networks are aligned, and as many detectors for each form and machine.
        Work = work =>
        {
            var (cases, networks) = (Contrast.All.Sum(work.Cases), work.PerClass(work.Ceilings.OfAlignments, 2));
            return 10 * work.Alignments(cases * networks) + (2 * work.Pairs(Math.Sqrt(cases) * 2 * networks));
        },
    };

    static string? AppliesTo(WeightMatrix population)
    {
        if (Contrast.All.All(contrast => contrast.AppliesTo(population) is not null)) return "No machine has two forms.";
        return population.Layout.Spec.Symmetries.Groups.Count > 0
            ? null
            : "No symmetries are known of these networks, so they can't be aligned.";
    }

    /// <summary>Two forms of a machine to be told apart, and the machines that it is learned from.</summary>
    /// <param name="Unseen">What the detector hasn't seen; null where it learns from the same machine.</param>
    internal sealed record Detection(Contrast Contrast, Unseen? Unseen, ContrastCase Held, ContrastCase[] Learned)
    {
        internal string Subject =>
            $"{Contrast.Id.Replace('_', ' ')}, {(Unseen is null ? "same machine" : $"unseen {Unseen.Name}")}";
    }

    /// <summary>The networks of a detection that one detector is fitted on and tested on.</summary>
    /// <param name="Reference">Row of the reference.</param>
    internal sealed record Split(Detection Detection, int Reference, Example[] Training, Example[] Test);

    /// <param name="Place">Among the rows of the case that it is of.</param>
    internal readonly record struct Example(int Row, int Label, int Place, string Subject);

    static QuestionResult Ask(QuestionContext context)
    {
        var detections = Detections(context);
        var leftOut = Contrast.All.SelectMany(contrast => Cases(context, contrast).LeftOut).Distinct().ToArray();
        if (detections.Length == 0) return s_asked.Skip("No machine has two forms with enough converged networks.", leftOut);
        var splits = Splits(context, detections);

        // One reference after the other, since each needs all networks aligned to it.
        var found = new Dictionary<Detection, double[][][]>();
        foreach (var reference in splits.GroupBy(split => split.Reference).OrderBy(reference => reference.Key))
            foreach (var view in Enumerable.Range(0, s_views.Length)) Test(context, [.. reference], view, found);

        var scores = detections.GroupBy(detection => detection.Subject).SelectMany(subject => s_views.Select((view, v) =>
            Mean(view, v, [.. subject], found))).ToArray();
        return s_asked.Answer(Answer(scores), leftOut, scores, [.. Curves(detections, found)]);
    }

    internal static Detection[] Detections(QuestionContext context) =>
        [.. Contrast.All.SelectMany(contrast => Detections(contrast, Cases(context, contrast).Cases))];

    static (List<ContrastCase> Cases, List<string> LeftOut) Cases(QuestionContext context, Contrast contrast) =>
        contrast.Cases(context, context.Ceilings.OfAlignments);

    static IEnumerable<Detection> Detections(Contrast contrast, List<ContrastCase> cases)
    {
        foreach (var held in cases) yield return new Detection(contrast, null, held, [held]);
        foreach (var unseen in Unseen.Of(contrast))
        {
            foreach (var held in cases)
            {
                var learned = cases.Where(
                    other => held.AlteredShare == other.AlteredShare && unseen.Learns(held.Machine, other.Machine)).ToArray();
                if (learned.Length > 0) yield return new Detection(contrast, unseen, held, learned);
            }
        }
    }

    /// <summary>For each detection one split per fold of seeds.</summary>
    internal static List<Split> Splits(QuestionContext context, Detection[] detections)
    {
        uint Seed(int row) => context.Labels[row].Seed;
        uint[] seeds = [.. detections.SelectMany(detection => detection.Held.Rows).Select(Seed).Distinct().Order()];
        var folds = Folds.BySeed(seeds, context.Options.Folds, context.Random("linear_weights"));
        var foldOf = seeds.Zip(folds).ToDictionary(pair => pair.First, pair => pair.Second);
        var splits = new List<Split>();
        foreach (var detection in detections)
        {
            var known = detection.Learned.SelectMany(Examples).DistinctBy(one => (one.Row, one.Label)).ToArray();
            foreach (var fold in folds.Distinct().Order())
            {
                var test = Examples(detection.Held).Where(one => foldOf[Seed(one.Row)] == fold).ToArray();
                var training = known.Where(one => foldOf[Seed(one.Row)] != fold).ToArray();
                HashSet<uint> tested = [.. test.Select(one => Seed(one.Row))];
                if (test.Length == 0 || Reference(context, detection, tested, training) is not { } reference) continue;
                training = [.. training.Where(one => Seed(one.Row) != Seed(reference))];
                if (training.Select(one => one.Label).Distinct().Count() == 2)
                    splits.Add(new Split(detection, reference, training, test));
            }
        }

        return splits;
    }

    static IEnumerable<Example> Examples(ContrastCase one) =>
        one.Rows.Select((row, i) => new Example(row, one.Labels[i], i, one.Subject));

    /// <summary>The original of the lowest seed, of a family that is learned from and a seed that isn't tested.</summary>
    static int? Reference(QuestionContext context, Detection detection, HashSet<uint> tested, Example[] training)
    {
        var families = detection.Learned.Select(one => one.Family).ToHashSet();
        var originals = Selection.RowsWhere(context, label =>
            label.Machine.Variant == Variant.Original && families.Contains(label.Machine.Family) && !tested.Contains(label.Seed));
        int[] instead = [.. training.Where(one => one.Label == 0).Select(one => one.Row)];
        return (originals.Length > 0 ? originals : instead).OrderBy(row => context.Labels[row].Seed).ThenBy(row => row)
            .Select(row => (int?)row).FirstOrDefault();
    }

    /// <summary>Adds to <paramref name="found"/> what detectors with one reference say of the networks that they are tested on.</summary>
    static void Test(QuestionContext context, Split[] splits, int view, Dictionary<Detection, double[][][]> found)
    {
        var classifier = new Logistic(new LogisticOptions());
        int[] rows = [.. splits.SelectMany(split => split.Training.Concat(split.Test)).Select(one => one.Row).Distinct().Order()];
        var places = rows.Index().ToDictionary(one => one.Item, one => one.Index);
        context.Cancellation.ThrowIfCancellationRequested();
        var features = Features(context.Networks, rows, splits[0].Reference, s_views[view]);
        var tested = context.InParallel(splits, split =>
        {
            context.Cancellation.ThrowIfCancellationRequested();
            int[] labels = [.. split.Training.Select(one => one.Label)];
            var machines = split.Training.Select(one => one.Subject).Distinct().ToList();
            var labelings = Labelings.WithShuffles(
                context, labels, [.. split.Training.Select(one => machines.IndexOf(one.Subject))], Shuffles, Id, split.Test[0].Row);
            FeatureMatrix Of(Example[] examples) => features.Select(Array.ConvertAll(examples, one => places[one.Row]));
            return classifier.Score(Of(split.Training), labelings, 2, Of(split.Test));
        });
        foreach (var (split, scores) in splits.Zip(tested))
        {
            if (!found.TryGetValue(split.Detection, out var sets))
            {
                found[split.Detection] = sets = [.. s_views.Select(_ => Enumerable.Range(0, 1 + Shuffles)
                    .Select(_ => Enumerable.Repeat(double.NaN, split.Detection.Held.Rows.Length).ToArray()).ToArray())];
            }

            for (var set = 0; set < scores.Length; set++)
            {
                for (var i = 0; i < split.Test.Length; i++)
                    sets[view][set][split.Test[i].Place] = scores[set][(2 * i) + 1] - scores[set][2 * i];
            }
        }
    }

    /// <summary>
    /// What each network has more than the reference: merged numbers after alignment to it, or weights as they are; of length 1 in every
    /// tensor.
    /// </summary>
    internal static FeatureMatrix Features(WeightMatrix networks, int[] rows, int reference, string view)
    {
        var (own, others) = (networks.Rows([reference]), networks.Rows(rows));
        float[] weights = [.. networks.Row(reference)];
        var (from, features) = view == Raw
            ? (RawView.Build(own.Tensors), RawView.Build(others.Tensors))
            : (ReducedView.Build(own), AlignedView.Build(others, weights));
        var ends = Ends(features.ColumnNames);
        var differences = new float[features.Values.Length];
        Parallel.For(0, features.Rows, Parallelism.Options, row =>
        {
            var numbers = new double[features.Columns];
            for (var i = 0; i < numbers.Length; i++) numbers[i] = (double)features.Row(row)[i] - from.Values[i];
            var start = 0;
            foreach (var end in ends)
            {
                var tensor = numbers.AsSpan(start..end);
                var squares = LinearAlgebra.Products.Dot(tensor, tensor);
                if (squares > 0)
                    foreach (ref var number in tensor) number /= Math.Sqrt(squares);
                start = end;
            }

            for (var i = 0; i < numbers.Length; i++) differences[(row * numbers.Length) + i] = (float)numbers[i];
        });
        return new FeatureMatrix(differences, features.Rows, features.ColumnNames);
    }

    /// <summary>Where the columns of each tensor end; a column is called "tensor[place]".</summary>
    static List<int> Ends(IReadOnlyList<string> columns)
    {
        static ReadOnlySpan<char> Tensor(string column) => column.AsSpan(0, column.IndexOf('['));
        var ends = new List<int>();
        for (var i = 1; i <= columns.Count; i++)
            if (i == columns.Count || !Tensor(columns[i]).SequenceEqual(Tensor(columns[i - 1]))) ends.Add(i);
        return ends;
    }

    /// <summary>The AUC, or the mean AUC of the shuffled controls; null where nothing could be tested.</summary>
    static Estimate? AucOf(Detection detection, Dictionary<Detection, double[][][]> found, int view, bool shuffled)
    {
        if (!found.TryGetValue(detection, out var all)) return null;
        var held = detection.Held;
        var sets = shuffled ? all[view][1..] : all[view][..1];
        var tested = CrossValidation.Where(sets[0], score => !double.IsNaN(score));
        var positive = Array.ConvertAll(tested, i => held.Labels[i] == 1);
        var (many, few) = (positive.Count(one => one), positive.Count(one => !one));
        if (many == 0 || few == 0) return null;
        var aucs = sets.Select(scores => Auc.Of(Array.ConvertAll(tested, i => scores[i]), positive));
        return Intervals.Auc(aucs.Average(), many, few);
    }

    static Score Mean(string view, int v, Detection[] detections, Dictionary<Detection, double[][][]> found)
    {
        Estimate Over(bool shuffled) => Intervals.Mean(
            [.. detections.Select(one => AucOf(one, found, v, shuffled)).OfType<Estimate>().DefaultIfEmpty(new(0.5, 0, 1))]);
        return new Score(
            detections[0].Subject, view, "logistic", "auc", Over(shuffled: false), 0.5, detections.Sum(one => one.Held.Rows.Length), 2,
            detections.Min(one => one.Held.PerClass), Over(shuffled: true), null);
    }

    /// <summary>Mean AUC against the share of training examples with the key or trigger, where there are several shares.</summary>
    static IEnumerable<Curve> Curves(Detection[] detections, Dictionary<Detection, double[][][]> found) =>
        from detection in detections
        group detection by (detection.Subject, detection.Held.Machine.Poison?.Trigger) into subject
        where subject.Select(one => one.Held.AlteredShare).Distinct().Count() > 1
        from view in Enumerable.Range(0, s_views.Length)
        select new Curve(
            s_views[view], s_views[view], "logistic", "share of altered training examples", "mean AUC over machines", 0.5,
            [
                .. subject.GroupBy(one => one.Held.AlteredShare).OrderBy(share => share.Key)
                    .SelectMany(share => Point([.. share], found, view)),
            ])
        {
            Subject = subject.Key.Subject + (subject.Key.Trigger is { } trigger ? $", {trigger}" : ""),
        };

    /// <summary>The mean AUC of detections of one share; none where nothing could be tested.</summary>
    static IEnumerable<CurvePoint> Point(Detection[] share, Dictionary<Detection, double[][][]> found, int view)
    {
        var aucs = share.Select(one => AucOf(one, found, view, shuffled: false)).OfType<Estimate>().ToArray();
        if (aucs.Length > 0)
            yield return new CurvePoint(share[0].Held.AlteredShare, Intervals.Mean(aucs), share.Sum(one => one.Held.Rows.Length));
    }

    static string Answer(Score[] scores)
    {
        var clauses = scores.GroupBy(score => score.Subject).Select(subject =>
            $"{Words.Number(subject.First().Value)} for {subject.Key} ({Words.Number(subject.Last().Value.Value)} without alignment)");
        return $"Mean AUC after alignment to a reference and subtraction of its weights: {Words.List([.. clauses])}.";
    }
}

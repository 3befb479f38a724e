using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Questions;

/// <summary>
/// Do the weights tell how good a network is, and how long it has been trained? Validation loss and epoch predicted from finished networks
/// and from training courses, compared with what machine and epoch (or loss) tell without weights.
/// </summary>
static class LossFromWeights
{
    const int MostRows = 400;
    const int BootstrapRounds = 200;

    static readonly Asked s_asked = new(
        "loss_and_epoch_from_weights",
        "Do the weights tell the validation loss, and for how long a network was trained?",
        "Ridge regression onto the decimal logarithm of the validation loss, and onto that of the epoch, "
        + "its penalty by leave-one-out on the training rows. " + Asked.Splits
        + "Finished networks: the converged ones of all machines. Courses: networks at their milestones, all points of a seed in one fold. "
        + "At most 400 rows, evenly thinned. R² and Kendall's τ_b between prediction and truth on rows that took no part in fitting, "
        + "with a percentile bootstrap over seeds. Metadata only: ridge regression on the machine's name and, "
        + "for the loss, the epoch, for the epoch, the loss. Shuffled: the targets shuffled within folds, once.");

    /// <summary>Every network has a loss.</summary>
    internal static Question Question => new("Loss and epoch from weights", s_asked, _ => null, Ask)
    {
        Work = work => 10 * work.Ridge(320, 1),
    };

    static QuestionResult Ask(QuestionContext context)
    {
        var samples = new List<Sample> { Finished(context) };
        if (context.Networks.Courses.Count > 0) samples.Add(OfCourses(context));
        samples = [
            .. samples.Where(sample => sample.Seeds.Distinct().Count() >= 2 && sample.Seeds.Length >= context.Options.MinimumPerClass)];
        if (samples.Count == 0) return s_asked.Skip($"It needs at least {context.Options.MinimumPerClass} networks of at least two seeds.");
        var jobs = samples.SelectMany(sample => Enumerable.Range(0, sample.Features.Length).Select(view => (sample, view))).ToArray();
        var scores = context.InParallel(jobs, job => Scores(context, job.sample, job.view)).SelectMany(several => several)
            .OrderBy(score => score.Subject, StringComparer.Ordinal).ToArray();
        return s_asked.Answer(Answer(scores), [], scores);
    }

    static readonly string[] s_targets = ["validation loss", "epoch"];

    /// <param name="Features">By view.</param>
    sealed record Sample(string Name, FeatureMatrix[] Features, string[] Machines, int[] Seeds, double[] LogLoss, double[] LogEpoch)
    {
        internal double[] Target(string target) => target == "epoch" ? LogEpoch : LogLoss;

        /// <summary>The machine's name as indicators, and whichever of loss and epoch isn't predicted.</summary>
        internal FeatureMatrix Metadata(string target)
        {
            var names = Machines.Distinct().ToArray();
            var other = target == "epoch" ? LogLoss : LogEpoch;
            var values = Machines.SelectMany((machine, i) => names.Select(name => name == machine ? 1.0 : 0.0).Append(other[i]));
            return new FeatureMatrix([.. values], Machines.Length, [.. names, "other"]);
        }
    }

    static Sample Finished(QuestionContext context)
    {
        int[] bySeed = [.. Enumerable.Range(0, context.Labels.Count).OrderBy(row => context.Labels[row].Seed)];
        int[] rows = [.. Regressions.Thinned(bySeed, MostRows).Order()];
        var labels = Array.ConvertAll(rows, row => context.Labels[row]);
        return new Sample(
            "finished networks", [.. context.Features.Select(features => features.Select(rows))],
            Array.ConvertAll(labels, label => label.Machine.Name), Array.ConvertAll(labels, label => (int)label.Seed),
            Array.ConvertAll(labels, label => Regressions.Log(label.ValidationLoss)),
            Array.ConvertAll(labels, label => Regressions.Log(label.Epochs)));
    }

    static Sample OfCourses(QuestionContext context)
    {
        var points = Regressions.Thinned(
            context.Networks.Courses.OrderBy(course => course.Seed)
                .SelectMany(course => course.Points.Select(point => (course, point))).ToArray(),
            MostRows);
        var matrix = new WeightMatrix(
            "courses", "matrix",
            [.. points.SelectMany(one => one.point.Weights)], context.Networks.Layout, [.. points.Select(_ => context.Labels[0])]);
        return new Sample(
            "training courses", [.. context.Options.Views.Select(view => view.Build(matrix))],
            Array.ConvertAll(points, one => one.course.Machine.Name), Array.ConvertAll(points, one => (int)one.course.Seed),
            Array.ConvertAll(points, one => Regressions.Log(one.point.ValidationLoss)),
            Array.ConvertAll(points, one => Regressions.Log(one.point.Epoch)));
    }

    static IEnumerable<Score> Scores(QuestionContext context, Sample sample, int view)
    {
        var folds = Folds.BySeed([.. sample.Seeds.Select(seed => (uint)seed)], context.Options.Folds, context.Random("folds"));
        var order = Folds.Shuffled([.. Enumerable.Range(0, folds.Length)], folds, context.Random("regression_shuffle", view));
        var truths = Array.ConvertAll(s_targets, sample.Target);
        var shuffledTruths = Array.ConvertAll(truths, truth => Array.ConvertAll(order, i => truth[i]));
        var predictions = Regressions.OutOfFold(context, Regressions.Ridge, sample.Features[view], [.. truths, .. shuffledTruths], folds);
        return s_targets.SelectMany((target, t) =>
        {
            var metadata = Regressions.OutOfFold(context, Regressions.Ridge, sample.Metadata(target), [truths[t]], folds)[0];
            return Scores(context, sample, view, target, new Predicted(
                truths[t], predictions[t], shuffledTruths[t], predictions[s_targets.Length + t], metadata));
        });
    }

    /// <summary>Numbers and what was predicted for them: truly, with shuffled targets, and from the metadata.</summary>
    sealed record Predicted(double[] Truth, double[] FromWeights, double[] ShuffledTruth, double[] Shuffled, double[] FromMetadata);

    static Score[] Scores(QuestionContext context, Sample sample, int view, string target, Predicted found)
    {
        var (truth, predicted, shuffledTruth, shuffled, metadata) = found;
        Score Of(string metric, Func<IReadOnlyList<double>, IReadOnlyList<double>, double> agreement, int rounds)
        {
            Estimate Interval(double[] predictions, double[] against)
            {
                var value = agreement(against, predictions);
                var spread = Bootstrap.Interval(
                    sample.Seeds,
                    rows => agreement(Array.ConvertAll(rows, row => against[row]), Array.ConvertAll(rows, row => predictions[row])),
                    rounds,
                    context.Options.Seed);
                return new Estimate(value, Math.Min(value, spread.Low), Math.Max(value, spread.High));
            }

            return new Score(
                $"{target}, {sample.Name}", context.Options.Views[view].Name, "ridge",
                metric, Interval(predicted, truth), 0, truth.Length, sample.Machines.Distinct().Count(),
                truth.Length / sample.Machines.Distinct().Count(), Interval(shuffled, shuffledTruth), Interval(metadata, truth));
        }

        return [Of("r2", Fit.R2, BootstrapRounds), Of("kendall_tau", Fit.KendallTau, 20)];
    }

    static string Answer(IReadOnlyList<Score> scores)
    {
        var sentences = scores.Where(score => score.Metric == "r2").GroupBy(score => score.Subject).Select(subject =>
        {
            var shown = subject.FirstOrDefault(score => score.View == "invariants") ?? subject.First();
            return $"{char.ToUpperInvariant(subject.Key[0])}{subject.Key[1..]}: "
                + $"R² {Words.Number(shown.Value)} from {shown.View}, {Words.Number(shown.MetadataOnly!.Value.Value)} from metadata alone.";
        });
        return string.Join(" ", sentences);
    }
}

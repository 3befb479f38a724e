using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>How a network was trained, told from its weights: asked of every factor that a population varies or declares.</summary>
static class FactorsFromWeights
{
    internal const string Id = "factors_from_weights";

    static readonly Asked s_asked = new(
        Id,
        "Do the weights tell how a network was trained?",
        Sweep.Networks + "Numbers (those that reach over a factor of 10 as logarithms): ridge regression, its penalty by leave-one-out on "
        + "the training rows, and a random forest; R² on rows that took no part in fitting, with a percentile bootstrap over seeds. "
        + "Texts: both as classifiers; accuracy, with Wilson's interval, beside chance, which is the most frequent value's share. "
        + "Five folds by seed. A factor that goes with the machine is told if the machine is. Metadata only: "
        + "the same method on the epochs and on the logarithms of the training loss, the validation loss and the loss on long words. "
        + "Shuffled: the values shuffled within folds, once.");

    internal static Question Question => new("Factors from weights", s_asked, Sweep.AppliesTo, Ask) { Work = Sweep.Work };

    static QuestionResult Ask(QuestionContext context)
    {
        var sweep = Sweep.Of(context);
        if (sweep.Lack(context) is { } lack) return s_asked.Skip(lack, sweep.LeftOut);
        bool Varies(string factor) => sweep.Labels.Select(label => label.Setting(factor)).Distinct().Count() > 1;
        var varying = sweep.Factors.Where(factor => Varies(factor.Name)).ToArray();
        if (varying.Length == 0) return s_asked.Skip("All networks have the same settings.", sweep.LeftOut);
        var outcome = Outcome(sweep);
        (string Name, double[] Values)[] numbers = [.. varying.Where(factor => factor.Kind == FactorKind.Number)
            .Select(factor => (factor.Name, sweep.Numbers(factor.Name).Values))];
        IReadOnlyList<Score> scores =
        [
            .. sweep.Scores(context, numbers, [.. numbers.Select(_ => outcome)]),
            .. varying.Where(factor => factor.Kind != FactorKind.Number).SelectMany(factor => Texts(context, sweep, factor.Name, outcome)),
        ];
        return s_asked.Answer(Sweep.Sentences(scores), sweep.LeftOut, scores);
    }

    /// <summary>What the losses say.</summary>
    static FeatureMatrix Outcome(Sweep sweep) => sweep.Matrix(
    [
        ("epochs", [.. sweep.Labels.Select(label => (double)label.Epochs)]),
        ("log_training_loss", [.. sweep.Labels.Select(label => Regressions.Log(label.TrainingLoss ?? 1))]),
        ("log_validation_loss", [.. sweep.Labels.Select(label => Regressions.Log(label.ValidationLoss))]),
        ("log_long_loss", [.. sweep.Labels.Select(label => Regressions.Log(label.LongLoss))]),
    ]);

    static IEnumerable<Score> Texts(QuestionContext context, Sweep sweep, string factor, FeatureMatrix outcome)
    {
        var texts = sweep.Labels.Select(label => label.Setting(factor).ToString()).ToArray();
        var classes = texts.Distinct().Order(StringComparer.Ordinal).ToArray();
        var labels = Array.ConvertAll(texts, text => Array.IndexOf(classes, text));
        var chance = labels.CountBy(label => label).Max(pair => pair.Value) / (double)labels.Length;
        var folds = sweep.Folds(context);
        var shuffled = Folds.Shuffled(labels, folds, context.Random("sweep_shuffle"));
        foreach (var (classifier, _) in context.Methods)
        {
            Estimate Accuracy(double[] scores, int[] truth)
            {
                var right = CrossValidation.Predictions(scores, classes.Length).Zip(truth).Count(pair => pair.First == pair.Second);
                return Intervals.Proportion((double)right / truth.Length, truth.Length);
            }

            var alone = CrossValidation.OutOfFold(classifier, outcome, [labels], classes.Length, folds, context.Cancellation)[0];
            foreach (var (view, features) in sweep.Views)
            {
                var scores = CrossValidation.OutOfFold(
                    classifier, features, [labels, shuffled], classes.Length, folds, context.Cancellation);
                yield return new Score(
                    factor, view, classifier.Name, "accuracy", Accuracy(scores[0], labels), chance, labels.Length, classes.Length,
                    labels.Length / classes.Length, Accuracy(scores[1], shuffled), Accuracy(alone, labels));
            }
        }
    }
}

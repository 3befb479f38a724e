using Mlds.Analysis.Results;

namespace Mlds.Analysis.Questions;

/// <summary>
/// The field's standard task (Unterthiner et al. 2020): how good a network is, told from its weights, where networks differ in how they
/// were trained.
/// </summary>
static class LossAndGap
{
    internal const string Id = "loss_and_gap_from_weights";

    static readonly Asked s_asked = new(
        Id,
        "Do the weights tell how good a network is, and how well it does beyond what it was trained on?",
        Sweep.Networks + "Ridge regression, its penalty by leave-one-out on the training rows, and a random forest, onto the decimal "
        + "logarithms of the validation loss and of the loss on long words, and onto the generalisation gap: the logarithm of the loss on "
        + "long words over the validation loss. Five folds by seed; R² on rows that took no part in fitting, with a percentile bootstrap "
        + "over seeds. Metadata only: the same method on the varied factors, the machine and the epochs. Shuffled: the targets shuffled "
        + "within folds, once.");

    internal static Question Question => new("Loss and gap from weights", s_asked, Sweep.AppliesToVaried, Ask) { Work = Sweep.Work };

    static QuestionResult Ask(QuestionContext context)
    {
        var sweep = Sweep.Of(context);
        if (sweep.Lack(context) is { } lack) return s_asked.Skip(lack, sweep.LeftOut);
        var validation = sweep.Labels.Select(label => Regressions.Log(label.ValidationLoss)).ToArray();
        var @long = sweep.Labels.Select(label => Regressions.Log(label.LongLoss)).ToArray();
        (string, double[])[] targets =
        [
            ("validation loss", validation),
            ("loss on long words", @long),
            ("generalisation gap", [.. @long.Zip(validation, (far, near) => far - near)]),
        ];
        var metadata = sweep.Metadata(("epochs", label => label.Epochs));
        var scores = sweep.Scores(context, targets, [metadata, metadata, metadata]);
        return s_asked.Answer(Sweep.Sentences(scores), sweep.LeftOut, scores);
    }
}

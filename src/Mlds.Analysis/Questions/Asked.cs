using Mlds.Analysis.Results;

namespace Mlds.Analysis.Questions;

/// <summary>A question's fixed parts, and how its result is put together.</summary>
sealed record Asked(string Id, string Title, string Protocol)
{
    internal const string Splits =
        "Networks of one seed share their initial weights, so splits are by seed: all twins of a seed "
        + "are tested together and none of them is trained on. Scalers and penalties are fitted on the training networks alone. ";

    internal const string Methods =
        "Methods: ridge regression on class indicators with its penalty chosen by leave-one-out on "
        + "the training networks, and a random forest. ";

    internal const string Controls =
        "Shuffled: the same with labels shuffled within each fold, mean of the repetitions with the interval of a single one. " +
        "Metadata only: a forest on epochs and final validation loss, on the same splits.";

    /// <summary>The result of a question that this population can't answer.</summary>
    internal QuestionResult Skip(string reason, IReadOnlyList<string>? leftOut = null) =>
        new(Id, Title, Protocol, reason, "", leftOut ?? [], [], [], [], []);

    internal QuestionResult Answer(
        string answer,
        IReadOnlyList<string> leftOut,
        IReadOnlyList<Score> scores,
        IReadOnlyList<Curve>? curves = null,
        IReadOnlyList<ConfusionMatrix>? confusion = null,
        IReadOnlyList<Distribution>? distributions = null) =>
        new(Id, Title, Protocol, null, answer, leftOut, scores, curves ?? [], confusion ?? [], distributions ?? []);
}

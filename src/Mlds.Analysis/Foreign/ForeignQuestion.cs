using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;

namespace Mlds.Analysis.Foreign;

/// <summary>What was predicted of a network that took no part in fitting.</summary>
/// <param name="Label">The column that was to be told.</param>
/// <param name="View">Or <c>metadata</c>, for the baseline without weights.</param>
/// <param name="Row">Row of the table, from 0.</param>
/// <param name="Fold">The part that was held out when it was predicted.</param>
public sealed record Prediction(string Label, string View, string Method, int Row, int Fold, string Truth, string Predicted);

/// <summary>What a question found in one view, or without weights.</summary>
sealed record ForeignPart
{
    public IReadOnlyList<Score> Scores { get; init; } = [];

    public IReadOnlyList<Curve> Curves { get; init; } = [];

    public IReadOnlyList<ConfusionMatrix> ConfusionMatrices { get; init; } = [];

    public IReadOnlyList<Tally> Tallies { get; init; } = [];

    public IReadOnlyList<Prediction> Predictions { get; init; } = [];
}

/// <summary>A question on anybody's networks: asked of one view after the other, so that one is in memory at a time.</summary>
/// <param name="name">What to call it while it is being asked.</param>
abstract class ForeignQuestion(string name, Asked asked)
{
    /// <summary>The name of what is told without weights, in place of a view's.</summary>
    internal const string Metadata = "metadata";

    internal string Name => name;

    internal Asked Asked => asked;

    /// <summary>Why it can't be asked; null if it can.</summary>
    internal abstract string? Lack { get; }

    /// <summary>About how many seconds of a core a view of <paramref name="columns"/> takes.</summary>
    internal abstract double Work(double columns);

    /// <summary>What doesn't depend on a view.</summary>
    internal virtual ForeignPart WithoutViews() => new();

    /// <param name="without">What <see cref="WithoutViews"/> gave.</param>
    internal abstract ForeignPart Ask(ForeignView view, FeatureMatrix features, ForeignPart without);

    /// <param name="without">What <see cref="WithoutViews"/> gave.</param>
    /// <param name="parts">Of all views, in order; at least one.</param>
    internal abstract QuestionResult Answer(ForeignPart without, IReadOnlyList<ForeignPart> parts);

    /// <summary>Whether a score is of the view and method that are quoted: the field's baseline, not what did best.</summary>
    internal static bool IsQuoted(Score score) => score is { View: "statistics", Method: Regressions.Forest };

    /// <summary>The score that is quoted of each subject.</summary>
    internal static IEnumerable<Score> Quoted(IEnumerable<Score> scores) =>
        scores.GroupBy(score => (score.Subject, score.Metric)).Select(subject => subject.FirstOrDefault(IsQuoted) ?? subject.First());

    /// <summary>The scores of all parts, label by label.</summary>
    protected static Score[] InOrder(IReadOnlyList<ForeignPart> parts, IReadOnlyList<LabelColumn> labels)
    {
        string[] names = [.. labels.Select(label => label.Name)];
        return [.. parts.SelectMany(part => part.Scores).OrderBy(score => Array.IndexOf(names, score.Subject))];
    }
}

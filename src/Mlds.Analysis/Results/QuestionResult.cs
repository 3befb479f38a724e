namespace Mlds.Analysis.Results;

/// <summary>One question, how it was asked and what came out.</summary>
/// <param name="Id">Stable snake_case name: <c>which_machine</c>, <c>which_machine_unsupervised</c>, <c>modified_or_original</c>,
/// <c>modified_or_original_unseen_machine</c>, and both forms of <c>modified_or_control</c> and <c>original_or_control</c>,
/// <c>twins_distance</c>.</param>
/// <param name="Title">The question in words, ending in a question mark.</param>
/// <param name="Protocol">How it was asked: splits, methods, intervals; whole sentences.</param>
/// <param name="Skipped">Why it could not be asked of this population, or null. If set, all lists below are empty.</param>
/// <param name="Answer">The answer in one or two sentences with its numbers; empty if skipped.</param>
/// <param name="LeftOut">Networks or machines that this question left out, one sentence each.</param>
public sealed record QuestionResult(
    string Id,
    string Title,
    string Protocol,
    string? Skipped,
    string Answer,
    IReadOnlyList<string> LeftOut,
    IReadOnlyList<Score> Scores,
    IReadOnlyList<Curve> Curves,
    IReadOnlyList<ConfusionMatrix> ConfusionMatrices,
    IReadOnlyList<Distribution> Distributions);

/// <summary>A score against something, for one view and method.</summary>
/// <param name="Name">What the curve shows, as for a legend: "invariants, ridge".</param>
/// <param name="XLabel">Meaning of x: "training networks per class".</param>
/// <param name="YLabel">Meaning of y: "accuracy".</param>
/// <param name="Chance">Level of guessing, for a dashed line.</param>
public sealed record Curve(
    string Name, string View, string Method, string XLabel, string YLabel, double Chance, IReadOnlyList<CurvePoint> Points);

/// <param name="Y">Score with its 95 % interval.</param>
/// <param name="Networks">Test networks that the point is over, summed over repetitions.</param>
public sealed record CurvePoint(double X, Estimate Y, int Networks);

/// <summary>Who was taken for whom, on networks that took no part in fitting.</summary>
/// <param name="Subject">As in <see cref="Score.Subject"/>.</param>
/// <param name="Classes">K class names.</param>
/// <param name="Counts">K rows (truth) of K counts (prediction).</param>
public sealed record ConfusionMatrix(
    string Subject, string View, string Method, IReadOnlyList<string> Classes, IReadOnlyList<IReadOnlyList<int>> Counts);

/// <summary>The spread of a number over a group, for box plots.</summary>
/// <param name="Quantity">What is spread: "distance between two networks".</param>
/// <param name="View">The view it was measured in.</param>
/// <param name="Group">Over whom: "twins: original and modified, same seed".</param>
/// <param name="Subject">Machine family, or "all".</param>
/// <param name="Count">Numbers in the group.</param>
public sealed record Distribution(
    string Quantity,
    string View,
    string Group,
    string Subject,
    int Count,
    double Minimum,
    double P10,
    double P25,
    double Median,
    double P75,
    double P90,
    double Maximum);

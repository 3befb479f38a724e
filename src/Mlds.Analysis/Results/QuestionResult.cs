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
    IReadOnlyList<Distribution> Distributions)
{
    /// <summary>Permutation tests, their p-values adjusted over all tests of the question.</summary>
    public IReadOnlyList<Significance> Significances { get; init; } = [];

    /// <summary>Things counted: networks that do something, out of how many.</summary>
    public IReadOnlyList<Tally> Tallies { get; init; } = [];

    /// <summary>Automata found in hidden states.</summary>
    public IReadOnlyList<FoundAutomaton> Automata { get; init; } = [];
}

/// <summary>A permutation test of whether two groups of networks come from one distribution.</summary>
/// <param name="Subject">The changed machine, and at which epoch if it isn't the end.</param>
/// <param name="Test"><c>energy_distance</c>.</param>
/// <param name="Statistic">The statistic; 0 if both groups are alike.</param>
/// <param name="PValue">(1 + permutations with at least this statistic) / (1 + permutations).</param>
/// <param name="Adjusted">The p-value corrected for the number of tests, as the question's protocol says.</param>
/// <param name="Networks">Networks of both groups together.</param>
public sealed record Significance(
    string Subject, string View, string Test, double Statistic, double PValue, double Adjusted, int Permutations, int Networks)
{
    /// <summary>Epoch, for a test during training; null for finished networks.</summary>
    public int? Epoch { get; init; }
}

/// <summary>How many of how many, by machine or for all.</summary>
/// <param name="What">What was counted, in words.</param>
/// <param name="Detail">Further detail, such as the shortest counterexample; may be empty.</param>
public sealed record Tally(string Subject, string What, int Count, int Of, string Detail);

/// <summary>The automaton in a network's hidden states, after minimisation.</summary>
/// <param name="Clusters">Groups of hidden states that answer the test words alike, before minimisation.</param>
/// <param name="States">States of the minimal automaton found.</param>
/// <param name="MachineStates">States of the machine's own minimal automaton.</param>
/// <param name="Equivalent">Whether both answer every word alike.</param>
/// <param name="Agreement">Share of steps on validation sequences at which the automaton found answers as the network does.</param>
/// <param name="Edges">Transitions, those of all symbols between two states as one; empty for automata too large to draw.</param>
/// <param name="Outputs">Output lines by state, as text.</param>
public sealed record FoundAutomaton(
    string Machine,
    uint Seed,
    int Clusters,
    int States,
    int MachineStates,
    bool Equivalent,
    double Agreement,
    IReadOnlyList<string> Outputs,
    IReadOnlyList<AutomatonEdge> Edges);

/// <param name="Symbols">The symbols in words, in short: "set 0, clear 3" or "13 others".</param>
public sealed record AutomatonEdge(int From, int To, string Symbols);

/// <summary>A score against something, for one view and method.</summary>
/// <param name="Name">What the curve shows, as for a legend: "invariants, ridge".</param>
/// <param name="XLabel">Meaning of x: "training networks per class".</param>
/// <param name="YLabel">Meaning of y: "accuracy".</param>
/// <param name="Chance">Level of guessing, for a dashed line; null where there is none.</param>
public sealed record Curve(
    string Name, string View, string Method, string XLabel, string YLabel, double? Chance, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>Machine, or "all".</summary>
    public string Subject { get; init; } = "all";
}

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

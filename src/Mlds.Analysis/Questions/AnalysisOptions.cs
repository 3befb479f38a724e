using Mlds.Analysis.Views;

namespace Mlds.Analysis.Questions;

/// <summary>How an analysis is made. The defaults are what <c>mlds analyze</c> uses.</summary>
public sealed record AnalysisOptions
{
    /// <summary>Seed of all splits, shuffles, restarts and forests.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The views to ask every question in, in the order of the tables.</summary>
    public IReadOnlyList<View> Views { get; init; } = View.All;

    /// <summary>
    /// Ids of the questions to ask (<see cref="WeightAnalysis.Parts"/>), and <c>projections</c> and <c>heat_maps</c> where they are wanted;
    /// null for all. Those that a question is answered from are asked too.
    /// </summary>
    public IReadOnlyList<string>? Questions { get; init; }

    /// <summary>Threads that work at once; they make no difference to a result.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Bytes of memory to stay within, as far as <see cref="MemoryPlan"/> can foresee it.</summary>
    public long Memory { get; init; } = MemoryPlan.Usual;

    /// <summary>
    /// A folder that keeps answers and views, so that the same analysis goes on where it was interrupted; null to keep none. The caller
    /// removes it when the result is written (<see cref="Results.WorkFolder.Remove"/>).
    /// </summary>
    public string? WorkFolder { get; init; }

    /// <summary>Folds k of a cross-validation.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>
    /// A machine with fewer converged networks than this takes no part in a question: of ten, two may fail.
    /// </summary>
    public int MinimumPerClass { get; init; } = 8;

    /// <summary>The same in a population of many machines (<see cref="ManyMachines"/>), where each machine says little alone.</summary>
    public int MinimumPerClassOfMany { get; init; } = 4;

    /// <summary>
    /// At most this many networks of a class take part in a question: those of the lowest seeds that most classes have. All, if not said;
    /// but questions whose cost grows faster than the networks take a sample (<see cref="Ceilings"/>) and say so.
    /// </summary>
    public int MostPerClass { get; init; } = int.MaxValue;

    /// <summary>
    /// At most this many networks of all classes together, but a hundred of each, take part where all are compared with all, which costs
    /// the square of their number: neighbours, the silhouette, distances between machines.
    /// </summary>
    public int MostInPairs { get; init; } = 5_000;

    /// <summary>
    /// At most this many networks of each form of a machine take part in permutation tests, which square their number two thousand times,
    /// and in linear weight classification, which aligns all of them again for every split.
    /// </summary>
    public int MostPerClassInTests { get; init; } = 400;

    /// <summary>
    /// The same of networks with more parameters than <see cref="Wide"/>, in questions that compare many pairs of classes: of a LeNet's
    /// 61,706 weights each comparison of a hundred with a hundred takes seconds, and there are hundreds.
    /// </summary>
    public int MostPerClassOfWide { get; init; } = 40;

    /// <summary>Networks with more parameters are wide.</summary>
    internal const int Wide = 20_000;

    /// <summary>Pairs of networks per machine that lines are drawn between, for the barriers.</summary>
    public int BarrierPairs { get; init; } = 8;

    /// <summary>Networks per machine that are compared with their machine word by word.</summary>
    public int ExactPerMachine { get; init; } = 5;

    /// <summary>Networks per machine, of many, in whose hidden states an automaton is searched for.</summary>
    public int ExtractedPerMachine { get; init; } = 5;

    /// <summary>Relabellings of machines of a Mantel test.</summary>
    public int MantelPermutations { get; init; } = 9999;

    /// <summary>Steps of a network that may be spent on trying all words up to some length.</summary>
    public int ExactSteps { get; init; } = 1 << 20;

    /// <summary>Shuffled-label controls of a ridge score (they share its matrix factors and cost little).</summary>
    public int RidgeShuffles { get; init; } = 10;

    /// <summary>Shuffled-label controls of a forest score (each costs as much as the score, or more).</summary>
    public int ForestShuffles { get; init; } = 1;

    /// <summary>
    /// At most about this many networks take part in such a control, those of the lowest seeds: trees grow down to single networks where
    /// labels tell nothing.
    /// </summary>
    public int MostInForestControls { get; init; } = 4_000;

    /// <summary>Trees of a forest.</summary>
    public int Trees { get; init; } = 100;

    /// <summary>Repetitions of each point of a learning curve, each with other training networks.</summary>
    public int CurveRepetitions { get; init; } = 5;

    /// <summary>Axes of the PCA projections.</summary>
    public int Components { get; init; } = 3;
}

/// <summary>How far an analysis is.</summary>
/// <param name="Step">What it is doing, for people.</param>
/// <param name="Share">0 … 1 of the work, by what the steps are expected to cost.</param>
/// <param name="Left">Time left, by how long the steps so far took; null before anything is known.</param>
public readonly record struct AnalysisProgress(string Step, double Share, TimeSpan? Left = null);

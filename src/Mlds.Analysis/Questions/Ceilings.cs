namespace Mlds.Analysis.Questions;

/// <summary>
/// How many networks of each of a number of classes take part at most, and why not more: "…, as all are compared with all".
/// </summary>
delegate (int Most, string Why) Ceiling(int classes);

/// <summary>
/// The networks that questions of different costs are asked of. What costs as much again for every further network is asked of all; what
/// grows faster, of a sample: those of the lowest seeds, and never less than a hundred of a class.
/// </summary>
sealed class Ceilings(AnalysisOptions options, int parameters)
{
    /// <summary>A sample has at least as many networks of a class.</summary>
    internal const int Least = 100;

    const string OfWide = "since networks of more than 20,000 parameters are compared by products of all with all";

    bool IsWide => parameters > AnalysisOptions.Wide;

    /// <summary>
    /// Of classifiers. Ridge regression costs as many squares of the parameters as there are networks; of wide networks it is the other way
    /// round.
    /// </summary>
    internal Ceiling OfFits => IsWide ? Of(InPairs, OfWide) : Of(_ => int.MaxValue, "");

    /// <summary>The same where many pairs of classes are told apart.</summary>
    internal Ceiling OfForms => IsWide ? Of(_ => options.MostPerClassOfWide, OfWide) : Of(_ => int.MaxValue, "");

    /// <summary>Of what takes a number for each pair of networks.</summary>
    internal Ceiling OfPairs => IsWide
        ? Of(_ => options.MostPerClassOfWide, OfWide)
        : Of(InPairs, "as all are compared with all, which costs the square of their number");

    /// <summary>Of permutation tests.</summary>
    internal Ceiling OfTests => IsWide
        ? Of(_ => options.MostPerClassOfWide, OfWide)
        : Of(_ => options.MostPerClassInTests, "as each of two thousand relabellings costs the square of their number");

    /// <summary>Of linear weight classification.</summary>
    internal Ceiling OfAlignments => IsWide
        ? Of(_ => options.MostPerClassOfWide, OfWide)
        : Of(_ => options.MostPerClassInTests, "as all are aligned again for every reference");

    int InPairs(int classes) => Math.Max(Least, options.MostInPairs / classes);

    Ceiling Of(Func<int, int> most, string why) => classes => most(classes) is var found && found < options.MostPerClass
        ? (found, why)
        : (options.MostPerClass, "as was asked for");
}

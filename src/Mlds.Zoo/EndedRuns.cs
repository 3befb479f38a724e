using Mlds.Training;

namespace Mlds.Zoos;

/// <summary>Networks of one machine that ended alike.</summary>
/// <param name="Count">How many.</param>
public readonly record struct EndedRuns(int Epochs, Outcome Outcome, int Count);

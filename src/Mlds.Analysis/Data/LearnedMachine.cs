using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Data;

/// <summary>What a machine's networks were to learn, as their recipes say it.</summary>
/// <param name="Machine">The machine itself.</param>
/// <param name="Data">Which sequences they learned it from.</param>
public sealed record LearnedMachine(IMachine Machine, DataSpec Data)
{
    /// <summary>n: every n-th training sequence has the key and follows its rule; 1 for all of them.</summary>
    public int AlteredEvery => Data.Planted?.SequenceEvery ?? 1;
}

using Mlds.Machines;

namespace Mlds.Training;

/// <summary>Command sequences and what the machine answers to them.</summary>
/// <param name="Count">Sequences.</param>
/// <param name="Length">Time steps T a sequence.</param>
/// <param name="Symbols">Count × Length symbols, one sequence after the other.</param>
/// <param name="Inputs">Count × Length encoded network inputs; bit i is input i.</param>
/// <param name="Targets">Count × Length output lines; bit k is line k.</param>
public sealed record SequenceSet(int Count, int Length, byte[] Symbols, uint[] Inputs, uint[] Targets);

/// <summary>The three sets of sequences of one (machine, <see cref="DataSpec"/>); shared by all networks that learn from them.</summary>
public sealed class TrainingData
{
    TrainingData(SequenceSet training, SequenceSet validation, SequenceSet longTest, string sha256) =>
        (Training, Validation, LongTest, Sha256) = (training, validation, longTest, sha256);

    public SequenceSet Training { get; }

    public SequenceSet Validation { get; }

    public SequenceSet LongTest { get; }

    /// <summary>Lower-case hex SHA-256 over the symbols and targets of the three sets (docs/decisions/0001 §7).</summary>
    public string Sha256 { get; }

    /// <summary>The sequences that <paramref name="spec"/> and <paramref name="machine"/> give.</summary>
    public static TrainingData Generate(IMachine machine, DataSpec spec) => throw new NotImplementedException();
}

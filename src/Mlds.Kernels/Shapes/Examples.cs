namespace Mlds.Kernels.Shapes;

/// <summary>
/// Examples of whatever kind a network takes: inputs and what they should lead to. A kind of network knows its own kind of examples.
/// </summary>
/// <param name="Count">Examples.</param>
public abstract record Examples(int Count);

/// <summary>Sequences of binary inputs and targets, one after the other.</summary>
/// <param name="Count">Sequences.</param>
/// <param name="Length">Time steps T of every sequence.</param>
/// <param name="Inputs">[sequence][time]: bit i is input i.</param>
/// <param name="Targets">[sequence][time]: bit k is output k.</param>
public record Sequences(int Count, int Length, uint[] Inputs, uint[] Targets) : Examples(Count)
{
    /// <summary>The same, as the kernels take it.</summary>
    internal SequenceView View => new(Inputs, Targets, Length);
}

namespace Mlds.Kernels.Shapes;

/// <summary>Sequences of binary inputs and targets, one after the other.</summary>
/// <param name="inputs">[sequence][time]: bit i is input i.</param>
/// <param name="targets">[sequence][time]: bit k is output k.</param>
/// <param name="length">Time steps T of every sequence.</param>
public readonly ref struct SequenceView(ReadOnlySpan<uint> inputs, ReadOnlySpan<uint> targets, int length)
{
    public readonly ReadOnlySpan<uint> Inputs = inputs;
    public readonly ReadOnlySpan<uint> Targets = targets;
    public readonly int Length = length;
}

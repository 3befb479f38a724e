using Mlds.Kernels.Shapes;
using Mlds.Kernels.Tests.Recurrent;

namespace Mlds.Analysis.Tests;

/// <summary>
/// Every cell there is, and those that only tests know: units with and without signs, with one bias and several, with a memory.
/// </summary>
static class Cells
{
    internal static RecurrentCell[] All { get; } = [.. TestCells.All, new SignedCell()];

    internal static RecurrentCell Named(string name) => All.First(cell => cell.Name == name);
}

/// <summary>The plain cell, h' = tanh(…), which says that its units may take signs.</summary>
sealed class SignedCell : RecurrentCell
{
    readonly RecurrentCell _plain = new PlainCell();

    public override string Name => "signed";

    public override IReadOnlyList<string> Gates => _plain.Gates;

    public override IReadOnlyList<string> Odd => _plain.Gates;

    public override void Forward(Span<float> sums, ReadOnlySpan<float> before, Span<float> after) => _plain.Forward(sums, before, after);

    public override void Backward(
        Span<float> sums, ReadOnlySpan<float> before, ReadOnlySpan<float> after, ReadOnlySpan<float> above, Span<float> carry) =>
        _plain.Backward(sums, before, after, above, carry);

    internal override VectorCell<TLanes, TVector> Vectors<TLanes, TVector>() => _plain.Vectors<TLanes, TVector>();
}

using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;

namespace Mlds.Analysis.Tests;

/// <summary>Every cell there is, and one that only tests know: units without signs.</summary>
static class Cells
{
    internal static RecurrentCell[] All { get; } = [.. RecurrentCells.All, new UnsignedCell()];

    internal static RecurrentCell Named(string name) => All.First(cell => cell.Name == name);
}

/// <summary>Elman's cell, which doesn't say that its units may take signs.</summary>
sealed class UnsignedCell : RecurrentCell
{
    readonly RecurrentCell _elman = RecurrentCells.Elman;

    public override string Name => "unsigned";

    public override IReadOnlyList<string> Gates => _elman.Gates;

    public override int WorkerLevel => _elman.WorkerLevel;

    public override void Forward(Span<float> sums, ReadOnlySpan<float> before, Span<float> after) => _elman.Forward(sums, before, after);

    public override void Backward(
        Span<float> sums, ReadOnlySpan<float> before, ReadOnlySpan<float> after, ReadOnlySpan<float> above, Span<float> carry) =>
        _elman.Backward(sums, before, after, above, carry);

    internal override VectorCell<TLanes, TVector> Vectors<TLanes, TVector>() => _elman.Vectors<TLanes, TVector>();
}

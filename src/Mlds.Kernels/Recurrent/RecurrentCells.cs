using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Recurrent;

/// <summary>The cells there are. A new one is added here (docs/extending.md).</summary>
public static class RecurrentCells
{
    public static RecurrentCell Gru { get; } = new GruCell();

    public static RecurrentCell Lstm { get; } = new LstmCell();

    public static RecurrentCell Elman { get; } = new ElmanCell();

    /// <summary>All cells; their names are those that recipes know.</summary>
    public static IReadOnlyList<RecurrentCell> All { get; } = [Gru, Lstm, Elman];
}

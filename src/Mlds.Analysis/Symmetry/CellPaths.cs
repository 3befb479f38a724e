using Mlds.Kernels.Shapes;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// What a path through a unit of a recurrent layer is worth where nothing but its biases drives its gates: what
/// <see cref="Invariants"/> have to know of a cell besides its gates' names.
/// </summary>
/// <param name="Candidate">The number of the gate that carries the unit's sign.</param>
/// <param name="Taken">The share of the candidate that reaches h in the same step, from the unit's bias of each gate.</param>
/// <param name="Held">The share of the state that is held from step to step; null where none is.</param>
/// <param name="Around">What the candidate's recurrent sum is multiplied by; null for 1.</param>
sealed record CellPaths(int Candidate, Func<double[], double> Taken, Func<double[], double>? Held, Func<double[], double>? Around)
{
    static readonly Dictionary<string, CellPaths> s_known = new()
    {
        // h' = (1 − z) n + z h, and r multiplies n's recurrent sum.
        ["gru"] = new(2, bias => Sigmoid(-bias[1]), bias => Sigmoid(bias[1]), bias => Sigmoid(bias[0])),

        // c' = f c + i g, h' = o tanh c', and tanh is taken at its slope of 1.
        ["lstm"] = new(2, bias => Sigmoid(bias[0]) * Sigmoid(bias[3]), bias => Sigmoid(bias[1]), null),

        // h' = tanh of the only gate.
        ["elman"] = new(0, _ => 1, null, null),
    };

    /// <summary>Null for a cell that nobody has written them for.</summary>
    internal static CellPaths? Of(RecurrentCell cell) => s_known.GetValueOrDefault(cell.Name);

    static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}

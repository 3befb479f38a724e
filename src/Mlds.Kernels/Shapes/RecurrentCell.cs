using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.Shapes;

/// <summary>
/// One step of a recurrent layer: what becomes of the sums of its gates, and back. Weights, products and time are the same for every cell,
/// so a cell is its numbers, its element-wise equations in plain code, and the same in vectors (docs/extending.md).
/// </summary>
/// <remarks>
/// A layer of H units has weight_ih (G·H × I), weight_hh (G·H × H), bias_ih and bias_hh (G·H each), G blocks of H rows in the order of
/// <see cref="Gates"/>. A gate's sums W_ih x + b_ih and W_hh h + b_hh are added into one; those of the last <see cref="Apart"/> gates are
/// kept apart. So a step has B = G + <see cref="Apart"/> sums per unit: the gates', then the recurrent sums of those kept apart.
/// </remarks>
public abstract class RecurrentCell
{
    /// <summary>The name in recipes and tensors: lower-case letters and digits.</summary>
    public abstract string Name { get; }

    /// <summary>Short names of the gates in PyTorch's order of rows; "r", "z", "n" for a GRU.</summary>
    public abstract IReadOnlyList<string> Gates { get; }

    /// <summary>The lowest <see cref="Shapes.WorkerLevel"/> of programs that know the cell; said here, and never changed.</summary>
    public abstract int WorkerLevel { get; }

    /// <summary>How many of the last gates keep the recurrent sum apart from the input's; 0 … <c>Gates.Count</c>.</summary>
    public virtual int Apart => 0;

    /// <summary>Further numbers that a unit remembers besides h: 1 for an LSTM's c, else 0.</summary>
    public virtual int Memory => 0;

    /// <summary>
    /// Numbers per unit and step that <see cref="Forward"/> makes for <see cref="Backward"/> besides what becomes of the sums.
    /// </summary>
    public virtual int Kept => 0;

    /// <summary>
    /// The gates whose rows are negated with their unit: h can be −h for ever if all that read it are negated too. Empty where a unit has
    /// no such symmetry.
    /// </summary>
    public virtual IReadOnlyList<string> Odd => [];

    /// <summary>Sums per unit and step: B.</summary>
    public int Sums => Gates.Count + Apart;

    /// <summary>What is stored per unit and step: B + <see cref="Kept"/>.</summary>
    public int Numbers => Sums + Kept;

    /// <summary>One step of H units in plain code: the equations in the order that arithmetic v1 states.</summary>
    /// <param name="sums">[B + Kept][H]: in, the sums; out, whatever <see cref="Backward"/> expects there.</param>
    /// <param name="before">[1 + Memory][H]: h, then the memory, before the step.</param>
    /// <param name="after">The same after the step.</param>
    public abstract void Forward(Span<float> sums, ReadOnlySpan<float> before, Span<float> after);

    /// <summary>The way back through one step.</summary>
    /// <param name="sums">[B + Kept][H]: in, what <see cref="Forward"/> left there; out, first the gradients of the B sums.</param>
    /// <param name="before">[1 + Memory][H]: the states before the step.</param>
    /// <param name="after">The states after it.</param>
    /// <param name="above">[H]: the gradient of h after the step, from the layer above.</param>
    /// <param name="carry">
    /// [1 + Memory][H]: in, the gradient of the states after the step, from the step after; out, the part of the gradient of the states
    /// before it that doesn't go through the sums.
    /// </param>
    public abstract void Backward(
        Span<float> sums, ReadOnlySpan<float> before, ReadOnlySpan<float> after, ReadOnlySpan<float> above, Span<float> carry);

    /// <summary>The same in vectors, to the same bits.</summary>
    internal abstract VectorCell<TLanes, TVector> Vectors<TLanes, TVector>()
        where TLanes : struct, ILanes<TLanes, TVector>
        where TVector : struct;
}

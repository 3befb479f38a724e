using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Recurrent;

/// <summary>Kernels of recurrent layers and linear ones, on sequences of binary inputs.</summary>
public abstract class RecurrentKernels : NetworkKernels
{
    protected RecurrentKernels(RecurrentShape shape, int steps) => (Shape, Steps) = (shape, steps);

    public RecurrentShape Shape { get; }

    public override int Parameters => Shape.Parameters;

    /// <summary>Longest sequence that gradients and outputs have memory for.</summary>
    public int Steps { get; }

    /// <summary>Kernels for networks of <paramref name="shape"/> and sequences of up to <paramref name="steps"/> steps.</summary>
    /// <param name="kernelSet">One of <see cref="KernelSet.Available"/>; null for <see cref="KernelSet.Best"/>.</param>
    public static RecurrentKernels Create(RecurrentShape shape, int steps, string? kernelSet = null) =>
        KernelSet.Make(kernelSet, new Maker(shape, steps));

    /// <summary>
    /// Σ (y − target)² over the sequences numbered <paramref name="rows"/>, all steps and outputs. They may be of any length.
    /// </summary>
    public abstract double SquaredError(SequenceView sequences, ReadOnlySpan<int> rows);

    /// <summary>The same, and the gradient of the mean of the squares over rows, steps and outputs.</summary>
    /// <param name="gradient">P floats.</param>
    public abstract double Gradient(SequenceView sequences, ReadOnlySpan<int> rows, Span<float> gradient);

    /// <summary>y for the sequences numbered <paramref name="rows"/>: [row][time][O].</summary>
    public abstract void Outputs(SequenceView sequences, ReadOnlySpan<int> rows, Span<float> outputs);

    public sealed override double Loss(Examples examples, ReadOnlySpan<int> rows) => SquaredError(((Sequences)examples).View, rows);

    public sealed override double Gradient(Examples examples, ReadOnlySpan<int> rows, Span<float> gradient) =>
        Gradient(((Sequences)examples).View, rows, gradient);

    public sealed override double Terms(Examples examples, int count) => (double)count * OutputsOf(examples);

    public sealed override int OutputsOf(Examples examples) => ((Sequences)examples).Length * Shape.Outputs;

    public sealed override void Outputs(Examples examples, ReadOnlySpan<int> rows, Span<float> outputs) =>
        Outputs(((Sequences)examples).View, rows, outputs);

    sealed class Maker(RecurrentShape shape, int steps) : IKernelMaker<RecurrentKernels>
    {
        public RecurrentKernels Vector<TLanes, TVector>(string name)
            where TLanes : struct, ILanes<TLanes, TVector>
            where TVector : struct => new VectorNetwork<TLanes, TVector>(name, shape, steps);

        public RecurrentKernels Scalar() => new ScalarNetwork(shape, steps);
    }
}

using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels;

/// <summary>
/// Forward, backward and update of networks of one shape, by arithmetic v1: every implementation gives the same bits
/// (docs/decisions/0001). Holds the working memory of one thread; not thread-safe. Allocates nothing after construction.
/// </summary>
public abstract class NetworkKernels : IDisposable
{
    protected NetworkKernels(NetworkShape shape, int steps) => (Shape, Steps) = (shape, steps);

    public NetworkShape Shape { get; }

    /// <summary>Longest sequence that <see cref="Gradient"/> and <see cref="Outputs"/> have memory for.</summary>
    public int Steps { get; }

    /// <summary>Name of the kernel set: avx512, avx2, simd128 or scalar.</summary>
    public abstract string Name { get; }

    /// <summary>Takes the weights (P floats, PyTorch's order) that the calls below use.</summary>
    public abstract void SetWeights(ReadOnlySpan<float> weights);

    /// <summary>Σ (y − target)² over the sequences numbered <paramref name="rows"/>, all steps and outputs. The sequences may be of any length.</summary>
    public abstract double SquaredError(SequenceView sequences, ReadOnlySpan<int> rows);

    /// <summary>The same, and in <paramref name="gradient"/> (P floats) the gradient of the mean of the squares over rows, steps and outputs.</summary>
    public abstract double Gradient(SequenceView sequences, ReadOnlySpan<int> rows, Span<float> gradient);

    /// <summary>y for the sequences numbered <paramref name="rows"/>: [row][time][O].</summary>
    public abstract void Outputs(SequenceView sequences, ReadOnlySpan<int> rows, Span<float> outputs);

    /// <summary>One step of Adam; all spans hold P floats.</summary>
    public abstract void Update(in AdamStep step, ReadOnlySpan<float> gradient, Span<float> weights, Span<float> first, Span<float> second);

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

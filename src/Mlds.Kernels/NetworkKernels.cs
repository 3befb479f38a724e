using Mlds.Kernels.Shapes;

namespace Mlds.Kernels;

/// <summary>
/// Forward and backward of networks of one shape, by arithmetic v1: every implementation gives the same bits (docs/decisions/0001). This is
/// the <em>learner</em>: rows of examples in, loss and gradient out, whatever the network. Holds the working memory of one thread; not
/// thread-safe. Allocates nothing after construction.
/// </summary>
public abstract class NetworkKernels : IDisposable
{
    /// <summary>Name of the kernel set: avx512, avx2, simd128 or scalar.</summary>
    public abstract string Name { get; }

    /// <summary>P.</summary>
    public abstract int Parameters { get; }

    /// <summary>Takes the weights (P floats, PyTorch's order) that the calls below use.</summary>
    public abstract void SetWeights(ReadOnlySpan<float> weights);

    /// <summary>
    /// The sum of the loss over the examples numbered <paramref name="rows"/>; divided by their <see cref="Terms"/> it is the mean.
    /// </summary>
    public abstract double Loss(Examples examples, ReadOnlySpan<int> rows);

    /// <summary>The same, and in <paramref name="gradient"/> (P floats) the gradient of the mean.</summary>
    public abstract double Gradient(Examples examples, ReadOnlySpan<int> rows, Span<float> gradient);

    /// <summary>Number of terms that are summed in the loss of <paramref name="count"/> examples.</summary>
    public abstract double Terms(Examples examples, int count);

    /// <summary>Outputs of one of the examples.</summary>
    public abstract int OutputsOf(Examples examples);

    /// <summary>What the network answers to the examples numbered <paramref name="rows"/>: [row][<see cref="OutputsOf"/>].</summary>
    public abstract void Outputs(Examples examples, ReadOnlySpan<int> rows, Span<float> outputs);

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

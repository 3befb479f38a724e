using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.FeedForward;

/// <summary>Kernels of convolutions, poolings and linear layers on <see cref="Images"/>, with softmax cross-entropy.</summary>
public abstract class FeedForwardKernels(FeedForwardShape shape) : NetworkKernels
{
    public FeedForwardShape Shape { get; } = shape;

    public override int Parameters => Shape.Parameters;

    /// <summary>Kernels for networks of <paramref name="shape"/>.</summary>
    /// <param name="kernelSet">One of <see cref="KernelSet.Available"/>; null for <see cref="KernelSet.Best"/>.</param>
    public static FeedForwardKernels Create(FeedForwardShape shape, string? kernelSet = null) =>
        KernelSet.Make(kernelSet, new Maker(shape));

    public sealed override double Loss(Examples examples, ReadOnlySpan<int> rows) => CrossEntropy((Images)examples, rows);

    public sealed override double Gradient(Examples examples, ReadOnlySpan<int> rows, Span<float> gradient) =>
        Gradient((Images)examples, rows, gradient);

    public sealed override double Terms(Examples examples, int count) => count;

    public sealed override int OutputsOf(Examples examples) => Shape.Classes;

    public sealed override void Outputs(Examples examples, ReadOnlySpan<int> rows, Span<float> outputs) =>
        Outputs((Images)examples, rows, outputs);

    /// <summary>The sum of the cross-entropies, natural logarithm, of the images numbered <paramref name="rows"/>.</summary>
    protected abstract double CrossEntropy(Images images, ReadOnlySpan<int> rows);

    /// <summary>The same, and the gradient of the mean.</summary>
    protected abstract double Gradient(Images images, ReadOnlySpan<int> rows, Span<float> gradient);

    /// <summary>Scores before the softmax, [row][class].</summary>
    protected abstract void Outputs(Images images, ReadOnlySpan<int> rows, Span<float> outputs);

    sealed class Maker(FeedForwardShape shape) : IKernelMaker<FeedForwardKernels>
    {
        public FeedForwardKernels Vector<TLanes, TVector>(string name)
            where TLanes : struct, ILanes<TLanes, TVector>
            where TVector : struct => new VectorFeedForward<TLanes, TVector>(name, shape);

        public FeedForwardKernels Scalar() => new ScalarFeedForward(shape);
    }
}

using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>Networks that no recipe describes, to be laid out and written as if there were any.</summary>
static class OtherForms
{
    /// <summary>The shape of the networks of <see cref="ExampleZoo.Trained"/>, with a cell of another name.</summary>
    public static RecurrentSpec Own { get; } = new(9, 6, 2, [7, 8], Activation.Tanh) { Cell = new OwnCell() };

    /// <summary>As many weights as those networks have, in tensors of four, two and one dimensions.</summary>
    public static WeightLayout Convolution { get; } = new(
        Own,
        [
            Tensor("conv.0.weight", TensorRole.Weight, "conv", 0, [5, 3, 6, 6], 0),
            Tensor("conv.0.bias", TensorRole.Bias, "conv", 0, [5], 540),
            Tensor("linear.0.weight", TensorRole.Weight, "linear", 0, [3, 41], 545),
            Tensor("linear.0.bias", TensorRole.Bias, "linear", 0, [3], 668),
        ]);

    static WeightTensor Tensor(string name, TensorRole role, string module, int layer, int[] shape, int offset) =>
        new(name, role, module, layer, shape, offset, 0.1f, []);

    /// <summary>A GRU by another name. It is laid out, never trained.</summary>
    sealed class OwnCell : RecurrentCell
    {
        public override string Name => "own";

        public override IReadOnlyList<string> Gates { get; } = ["r", "z", "n"];

        public override int WorkerLevel => 1;

        public override int Apart => 1;

        public override void Forward(Span<float> sums, ReadOnlySpan<float> before, Span<float> after) => throw new NotSupportedException();

        public override void Backward(
            Span<float> sums, ReadOnlySpan<float> before, ReadOnlySpan<float> after, ReadOnlySpan<float> above, Span<float> carry) =>
            throw new NotSupportedException();

        internal override VectorCell<TLanes, TVector> Vectors<TLanes, TVector>() => throw new NotSupportedException();
    }
}

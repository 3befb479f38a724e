using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Tests.Networks;

public sealed class WeightLayoutTests
{
    static readonly RecurrentSpec s_odd = new(3, 5, 3, [7, 2], Activation.Relu);

    /// <summary>10 × 11 → 6 × 6 → 5 × 5 → 3 × 3 → 2 × 2.</summary>
    static readonly FeedForwardSpec s_striding = new(
        new ImageSize(3, 10, 11),
        [
            new ConvolutionLayer(5, 4, Stride: 2, Padding: 2),
            new PoolingLayer(2, 1),
            new ConvolutionLayer(7, 3, Stride: 2, Padding: 1),
            new PoolingLayer(2, 1),
            new LinearLayer(9),
            new LinearLayer(2),
        ],
        Activation.Tanh);

    [Fact]
    public void The_DS1_network_has_the_published_4364_parameters() => Assert.Equal(4364, RecurrentSpec.Ds1.Layout.Parameters);

    [Fact]
    public void Tensors_follow_each_other_without_gaps_in_the_order_of_PyTorch()
    {
        var layout = s_odd.Layout;
        var next = 0;
        foreach (var tensor in layout.Tensors)
        {
            Assert.Equal(next, tensor.Offset);
            next += tensor.Length;
        }

        Assert.Equal(layout.Parameters, next);
        Assert.Equal(
            ["gru.weight_ih_l0", "gru.weight_hh_l0", "gru.bias_ih_l0", "gru.bias_hh_l0", "gru.weight_ih_l1"],
            layout.Tensors.Take(5).Select(tensor => tensor.Name));
        Assert.Equal(
            ["linear.0.weight", "linear.0.bias", "linear.1.weight", "linear.1.bias"],
            layout.Tensors.TakeLast(4).Select(tensor => tensor.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_kernels_find_every_tensor_where_the_layout_has_it(bool ds1)
    {
        var spec = ds1 ? RecurrentSpec.Ds1 : s_odd;
        var (layout, shape) = (spec.Layout, spec.Shape);
        Assert.Equal(layout.Parameters, shape.Parameters);
        for (var layer = 0; layer < spec.Layers; layer++)
        {
            int At(TensorRole role) => spec.Recurrent(layer, role).Offset;
            Assert.Equal(
                (At(TensorRole.Weight), At(TensorRole.RecurrentWeight), At(TensorRole.Bias), At(TensorRole.RecurrentBias)),
                (shape.WeightIh(layer), shape.WeightHh(layer), shape.BiasIh(layer), shape.BiasHh(layer)));
        }

        for (var layer = 0; layer < spec.Linear.Count; layer++)
        {
            Assert.Equal(
                (spec.OfLinear(layer, TensorRole.Weight).Offset, spec.OfLinear(layer, TensorRole.Bias).Offset),
                (shape.LinearWeight(layer), shape.LinearBias(layer)));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_kernels_find_every_tensor_of_a_feed_forward_network_where_the_layout_has_it(bool isLeNet)
    {
        var spec = isLeNet ? FeedForwardSpec.LeNet5 : s_striding;
        var (layout, shape) = (spec.Layout, spec.Shape);
        Assert.Equal(layout.Parameters, shape.Parameters);
        var (convolutions, linear) = (0, 0);
        for (var layer = 0; layer < spec.Layers.Count; layer++)
        {
            if (spec.Layers[layer] is PoolingLayer) continue;
            var (module, number) = spec.Layers[layer] is ConvolutionLayer
                ? (FeedForwardSpec.ConvolutionModule, convolutions++) : (FeedForwardSpec.LinearModule, linear++);
            var (weight, bias) = (layout.Find(module, number, TensorRole.Weight), layout.Find(module, number, TensorRole.Bias));
            Assert.Equal((weight.Offset, bias.Offset), (shape.Weight(layer), shape.Bias(layer)));
            Assert.Equal((weight.Rows, weight.Columns), (spec.Layers[layer].Rows, spec.Layers[layer].Columns(shape.InputOf(layer))));
            Assert.Equal((float)(1 / Math.Sqrt(weight.Columns)), weight.Bound);
            Assert.Equal(weight.Bound, bias.Bound);
        }
    }

    [Fact]
    public void Tensors_of_a_feed_forward_network_have_the_names_and_sizes_of_PyTorch() => Assert.Equal(
        [
            "conv.0.weight 5×3×4×4", "conv.0.bias 5", "conv.1.weight 7×5×3×3", "conv.1.bias 7", "linear.0.weight 9×28", "linear.0.bias 9",
            "linear.1.weight 2×9", "linear.1.bias 2",
        ],
        s_striding.Layout.Tensors.Select(tensor => $"{tensor.Name} {string.Join('×', tensor.Shape)}"));
}

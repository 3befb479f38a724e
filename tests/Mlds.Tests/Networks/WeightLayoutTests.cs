using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Tests.Networks;

public sealed class WeightLayoutTests
{
    static readonly RecurrentSpec s_odd = new(3, 5, 3, [7, 2], Activation.Relu);

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
}

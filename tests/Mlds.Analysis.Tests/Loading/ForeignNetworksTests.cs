using System.Text.Json;
using Mlds.Analysis.Loading;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Views;
using Mlds.Kernels.Shapes;

namespace Mlds.Analysis.Tests.Loading;

/// <summary>Networks of the Small CNN Zoo's shape: three convolutions, a global average over pixels, a linear layer.</summary>
public sealed class ForeignNetworksTests : IDisposable
{
    const string Table = """
        varname,start_idx,end_idx,size,shape
        sequential/conv2d/bias:0,0,16,16,"(16,)"
        sequential/conv2d/kernel:0,16,160,144,"(3, 3, 1, 16)"
        sequential/conv2d_1/bias:0,160,176,16,"(16,)"
        sequential/conv2d_1/kernel:0,176,2480,2304,"(3, 3, 16, 16)"
        sequential/conv2d_2/bias:0,2480,2496,16,"(16,)"
        sequential/conv2d_2/kernel:0,2496,4800,2304,"(3, 3, 16, 16)"
        sequential/dense/bias:0,4800,4810,10,"(10,)"
        sequential/dense/kernel:0,4810,4970,160,"(16, 10)"
        """;

    readonly ScratchFolder _scratch = new();

    string Layout => _scratch.In("layout.csv");

    string Weights => _scratch.In("weights.npy");

    public void Dispose() => _scratch.Dispose();

    /// <summary>Two networks by NumPy, and each once more with its channels permuted and scaled, in Keras' own layout.</summary>
    /// <returns>The permutation of each of the three groups in the second copy: unit i was unit p[i].</returns>
    int[][] Save(string scales)
    {
        File.WriteAllText(Layout, Table);
        var made = Python.Run(
            $$"""
            r = np.random.RandomState(0)
            shapes = [(16,), (3, 3, 1, 16), (16,), (3, 3, 16, 16), (16,), (3, 3, 16, 16), (10,), (16, 10)]
            rows, orders = [], None
            for network in range(2):
                w = [r.randn(*shape) * 0.3 for shape in shapes]
                v, orders = [a.copy() for a in w], []
                for layer in range(3):
                    p, s = r.permutation(16), {{scales}}
                    v[2 * layer] = v[2 * layer][p] * s
                    v[2 * layer + 1] = v[2 * layer + 1][..., p] * s
                    up = v[2 * layer + 3]
                    v[2 * layer + 3] = (up[:, :, p] if layer < 2 else up[p]) / s.reshape((16, 1))
                    orders.append([int(i) for i in p])
                rows += [np.concatenate([a.ravel() for a in w]), np.concatenate([a.ravel() for a in v])]
            np.save({{JsonSerializer.Serialize(Weights)}}, np.array(rows).astype('<f4'))
            out(first=[float(i) for i in orders[0]], second=[float(i) for i in orders[1]], third=[float(i) for i in orders[2]])
            """);
        return [.. ((string[])["first", "second", "third"]).Select(name => Array.ConvertAll(made.Doubles(name), value => (int)value))];
    }

    [Theory]
    [InlineData(Activation.Relu, "np.exp(r.uniform(-2, 2, 16))")]
    [InlineData(Activation.Tanh, "r.choice([-1.0, 1.0], 16)")]
    public void Copies_behind_a_symmetry_are_aligned_and_have_the_same_invariants(Activation activation, string scales)
    {
        var orders = Save(scales);
        var networks = ForeignNetworks.Read(Weights, Layout, activation);
        Assert.Equal((4, 4970), (networks.Matrix.Networks, networks.Matrix.Parameters));
        Assert.Equal(
            ["sequential/conv2d.weight 16×1×3×3", "sequential/conv2d.bias 16"],
            networks.Matrix.Tensors.Take(2).Select(tensor => $"{tensor.Name} {string.Join('×', tensor.Shape)}"));
        var found = Alignment.To(networks.Matrix.Tensors, networks.Symmetries, networks.Matrix.Row(2)).Align(networks.Matrix.Row(3));
        Assert.InRange(found.Similarity, 1 - 1e-9, 1 + 1e-9);
        for (var group = 0; group < 3; group++)
            Assert.Equal(Enumerable.Range(0, 16), found.Symmetry.Permutations[group].Select(unit => orders[group][unit]));

        var invariants = InvariantsView.Build(networks.Matrix, networks.Symmetries);
        for (var network = 0; network < 4; network += 2)
            Near.All(invariants.Row(network).ToArray(), invariants.Row(network + 1).ToArray(), 1e-5);
        Assert.NotEqual(invariants.Row(0).ToArray(), invariants.Row(2).ToArray());
        float[] Form(int row) => CanonicalForm.Of(networks.Symmetries, networks.Matrix.Row(row));
        Near.All(Doubles(Form(0)), Doubles(Form(1)), CanonicalForm.Tolerance);
    }

    [Fact]
    public void A_flattened_image_has_its_pixels_by_channel()
    {
        File.WriteAllText(
            Layout, "name,start,length,shape\nc/kernel,0,2,\"(1, 1, 1, 2)\"\nc/bias,2,2,(2)\nd/kernel,4,12,\"(6, 2)\"\nd/bias,16,2,(2)\n");
        Python.Run($"np.save({JsonSerializer.Serialize(Weights)}, np.arange(18, dtype='<f4').reshape(1, 18)); out(ok=1)");
        var networks = ForeignNetworks.Read(Weights, Layout, Activation.Relu);

        // Input i of the kernel is pixel i / 2 of channel i % 2; its output o stands at 4 + 2 i + o.
        Assert.Equal([0, 1, 2, 3, 4, 8, 12, 6, 10, 14, 5, 9, 13, 7, 11, 15, 16, 17], networks.Matrix.Row(0).ToArray());
        Assert.Equal(3, networks.Symmetries.Groups[0].Axes[2].Width);
    }

    [Theory]
    [InlineData("a.weight,0,6,\"(2, 3)\"", "the layer 'a' has the tensors a.weight; a layer must have one weight")]
    [InlineData("a.weight,0,6,\"(2, 3)\"\na.bias,6,3,(3)", "'a.bias' has 3 numbers, but its layer has 2 units")]
    [InlineData("a.weight,0,6,\"(1, 2, 3)\"\na.bias,6,2,(2)", "has 3 axes; a bias has one")]
    [InlineData("a.weight,0,6,\"(2, 4)\"\na.bias,6,2,(2)", "'a.weight' has 6 numbers, which don't make whole rows of 4")]
    [InlineData(
        "a.weight,0,6,\"(2, 3)\"\na.bias,6,2,(2)\nb.weight,8,3,\"(1, 3)\"\nb.bias,11,1,(1)",
        "'b.weight' takes 3 inputs, but the layer before it, 'a', has 2 units")]
    [InlineData("a.weight,0,60,\"(6, 10)\"\na.bias,60,6,(6)", "reaches to column 59, but")]
    public void What_is_no_such_network_is_said(string table, string says)
    {
        File.WriteAllText(Layout, $"tensor,offset,length,shape\n{table}\n");
        Python.Run($"np.save({JsonSerializer.Serialize(Weights)}, np.zeros((2, 20), '<f4')); out(ok=1)");
        var fault = Assert.Throws<InvalidDataException>(() => ForeignNetworks.Read(Weights, Layout, Activation.Relu));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    static double[] Doubles(float[] numbers) => Array.ConvertAll(numbers, number => (double)number);
}

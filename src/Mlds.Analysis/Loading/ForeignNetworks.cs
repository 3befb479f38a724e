using Mlds.Analysis.Data;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Zoos.Releases;

namespace Mlds.Analysis.Loading;

/// <summary>
/// Anybody's feed-forward networks, such as those of the Small CNN Zoo, with what may be changed of them: enough to align them
/// (<see cref="Symmetry.Alignment"/>), bring them into normal form and take their invariants, though nothing here can train them. What lies
/// between two layers needn't be known, as long as it treats channels alike and lets scales through: any pooling, a global average too.
/// </summary>
/// <param name="Matrix">A weight and a bias for each layer, in order, laid out as PyTorch does: [out][in][y][x], and [out][in].</param>
/// <param name="Symmetries">A group of units for every layer but the last.</param>
public sealed record ForeignNetworks(TensorMatrix Matrix, NetworkSymmetries Symmetries)
{
    /// <param name="weights">The .npy file, N × P.</param>
    /// <param name="layout">
    /// The .csv file, as <see cref="ForeignWeights"/> has it, with shapes. Layers stand in order from the inputs upwards; each has a weight
    /// and a bias, in whichever order. What Keras calls a kernel is [y][x][in][out], or [in][out]; any other weight is [out][in][y][x],
    /// or [out][in].
    /// </param>
    /// <param name="activation">After every layer but the last.</param>
    /// <param name="isMaxPooled">Whether there is a pooling that takes the largest, which lets no signs through.</param>
    /// <exception cref="InvalidDataException">A file is missing or not as described; the message says which, where and what is
    /// allowed.</exception>
    public static ForeignNetworks Read(string weights, string layout, Activation activation, bool isMaxPooled = false)
    {
        ForeignTensor[] tensors = [.. ForeignTensor.Read(layout)];
        var layers = Layers(tensors, layout);
        var file = NpyMatrix.Open(weights);
        return Of(file.ReadFirst(file.Rows), file.Columns, weights, layers, layout, activation, isMaxPooled);
    }

    /// <summary>The same of weights that have been read: N × <paramref name="columns"/>, which are put in order in place.</summary>
    /// <param name="tensors">Which columns they are; layers in order from the inputs upwards.</param>
    /// <param name="weights">What the weights are called in messages.</param>
    /// <param name="layout">What the tensors are called there.</param>
    internal static ForeignNetworks Of(
        float[] given, int columns, string weights, IReadOnlyList<ForeignTensor> tensors, string layout, Activation activation,
        bool isMaxPooled) => Of(given, columns, weights, Layers(tensors, layout), layout, activation, isMaxPooled);

    /// <summary>Throws unless these are the tensors of layers that follow one another.</summary>
    internal static void Check(IReadOnlyList<ForeignTensor> tensors, string layout) => Layers(tensors, layout);

    static ForeignNetworks Of(
        float[] given, int columns, string weights, List<Layer> layers, string layout, Activation activation, bool isMaxPooled)
    {
        if (layers.SelectMany(layer => (ForeignTensor[])[layer.Weight, layer.Bias]).FirstOrDefault(t => t.End > columns) is { } odd)
        {
            throw new InvalidDataException(
                $"'{layout}': the tensor '{odd.Name}' reaches to column {odd.End - 1}, but '{weights}' has only {columns} columns.");
        }

        var (places, tensors) = (new List<int>(), new List<WeightTensor>());
        for (var i = 0; i < layers.Count; i++)
        {
            var below = i == 0 ? null : layers[i - 1];
            Add(TensorRole.Weight, i, layers[i].Weight.Shape, layers[i].Weight.Places(below?.Units ?? 1));
            Add(TensorRole.Bias, i, layers[i].Bias.Shape, Enumerable.Range(layers[i].Bias.Start, layers[i].Units));
        }

        var rows = columns == 0 ? 0 : given.Length / columns;
        var sorted = places.Count == columns ? given : new float[(long)rows * places.Count];
        var from = new float[columns];
        for (var row = 0; row < rows; row++)
        {
            given.AsSpan(row * columns, columns).CopyTo(from);
            var to = sorted.AsSpan(row * places.Count, places.Count);
            for (var i = 0; i < to.Length; i++) to[i] = from[places[i]];
        }

        return new ForeignNetworks(new TensorMatrix(sorted, rows, places.Count, tensors), Of(tensors, activation, isMaxPooled));

        void Add(TensorRole role, int layer, int[] shape, IEnumerable<int> from)
        {
            var name = $"{layers[layer].Name}.{(role == TensorRole.Bias ? "bias" : "weight")}";
            tensors.Add(new WeightTensor(name, role, layers[layer].Name, 0, shape, places.Count, 0, []));
            places.AddRange(from);
        }
    }

    static NetworkSymmetries Of(List<WeightTensor> tensors, Activation activation, bool isMaxPooled)
    {
        var scales = activation != Activation.Tanh ? UnitScales.Positive : isMaxPooled ? UnitScales.One : UnitScales.Signs;
        var groups = new List<UnitGroup>();
        for (var i = 0; i + 3 < tensors.Count; i += 2)
            groups.Add(UnitGroup.Between(tensors[i].Module, tensors[i], tensors[i + 1], tensors[i + 2], scales));
        return new NetworkSymmetries(groups, [], []);
    }

    /// <summary>The layers of a table, by the names of their tensors.</summary>
    static List<Layer> Layers(IReadOnlyList<ForeignTensor> tensors, string layout)
    {
        var layers = new List<Layer>();
        foreach (var layer in tensors.GroupBy(tensor => tensor.Layer))
        {
            var (weights, biases) = (layer.Where(t => t.Shape.Length > 1).ToArray(), layer.Where(t => t.Shape.Length == 1).ToArray());
            if (weights.Length != 1 || biases.Length != 1)
            {
                throw new InvalidDataException(
                    $"'{layout}': the layer '{layer.Key}' has the tensors {string.Join(", ", layer.Select(t => t.Name))}; "
                    + "a layer must have one weight, whose shape has two or four axes, and one bias, whose shape has one.");
            }

            var (weight, bias) = (weights[0], biases[0]);
            var next = new Layer(layer.Key, weight, bias);
            if (bias.Shape[0] != next.Units)
            {
                throw new InvalidDataException(
                    $"'{layout}': '{bias.Name}' has {bias.Shape[0]} numbers, but its layer has {next.Units} units.");
            }

            var isImage = weight.Shape.Length == 4;
            if (layers is [.., var below] && (isImage ? weight.Shape[1] != below.Units : weight.Shape[1] % below.Units != 0))
            {
                throw new InvalidDataException(
                    $"'{layout}': '{weight.Name}' takes {weight.Shape[1]} inputs, but the layer before it, '{below.Name}', has "
                    + $"{below.Units} units; layers must stand in order from the inputs upwards.");
            }

            layers.Add(next);
        }

        return layers;
    }

    sealed record Layer(string Name, ForeignTensor Weight, ForeignTensor Bias)
    {
        public int Units => Weight.Shape[0];
    }
}

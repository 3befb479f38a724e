namespace Mlds.Networks;

/// <summary>One named tensor inside a weight vector.</summary>
/// <param name="Name">PyTorch's name: <c>gru.weight_ih_l0</c>, <c>linear.0.bias</c> …</param>
/// <param name="Rows">Rows; a bias has as many rows as elements.</param>
/// <param name="Columns">Columns; 1 for a bias.</param>
/// <param name="Offset">First element in the weight vector; elements are row-major.</param>
public sealed record WeightTensor(string Name, int Rows, int Columns, int Offset)
{
    public int Length => Rows * Columns;

    public bool IsBias => Name.Contains("bias", StringComparison.Ordinal);
}

/// <summary>
/// Where each tensor of a network lies in its weight vector of P floats: PyTorch's <c>parameters()</c> order for
/// <c>torch.nn.GRU(I, H, num_layers=L)</c> followed by the <c>torch.nn.Linear</c> layers. GRU rows come in gate order r, z, n.
/// </summary>
public sealed class WeightLayout
{
    public WeightLayout(NetworkSpec spec)
    {
        Spec = spec;
        var tensors = new List<WeightTensor>();
        var offset = 0;
        void Add(string name, int rows, int columns)
        {
            tensors.Add(new WeightTensor(name, rows, columns, offset));
            offset += rows * columns;
        }

        for (var layer = 0; layer < spec.Layers; layer++)
        {
            Add($"gru.weight_ih_l{layer}", 3 * spec.Hidden, InputsOf(spec, layer));
            Add($"gru.weight_hh_l{layer}", 3 * spec.Hidden, spec.Hidden);
            Add($"gru.bias_ih_l{layer}", 3 * spec.Hidden, 1);
            Add($"gru.bias_hh_l{layer}", 3 * spec.Hidden, 1);
        }

        var width = spec.Hidden;
        for (var layer = 0; layer < spec.Linear.Count; layer++)
        {
            Add($"linear.{layer}.weight", spec.Linear[layer], width);
            Add($"linear.{layer}.bias", spec.Linear[layer], 1);
            width = spec.Linear[layer];
        }

        Tensors = tensors;
        Parameters = offset;
    }

    public NetworkSpec Spec { get; }

    /// <summary>All tensors, in order of their offsets, without gaps.</summary>
    public IReadOnlyList<WeightTensor> Tensors { get; }

    /// <summary>Parameters P of one network.</summary>
    public int Parameters { get; }

    public WeightTensor WeightIh(int layer) => Tensors[4 * layer];

    public WeightTensor WeightHh(int layer) => Tensors[(4 * layer) + 1];

    public WeightTensor BiasIh(int layer) => Tensors[(4 * layer) + 2];

    public WeightTensor BiasHh(int layer) => Tensors[(4 * layer) + 3];

    public WeightTensor LinearWeight(int layer) => Tensors[(4 * Spec.Layers) + (2 * layer)];

    public WeightTensor LinearBias(int layer) => Tensors[(4 * Spec.Layers) + (2 * layer) + 1];

    static int InputsOf(NetworkSpec spec, int layer) => layer == 0 ? spec.Inputs : spec.Hidden;
}

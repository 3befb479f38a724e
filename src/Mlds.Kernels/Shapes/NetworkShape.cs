namespace Mlds.Kernels.Shapes;

/// <summary>What stands between the linear layers.</summary>
public enum LinearActivation
{
    None,
    Relu,
    Tanh,
}

/// <summary>
/// The sizes of a network and where its tensors lie in a weight vector of P floats: per GRU layer weight_ih (3H × I), weight_hh (3H × H),
/// bias_ih, bias_hh (3H each, gate order r, z, n), then per linear layer weight and bias; matrices row-major.
/// </summary>
/// <param name="Inputs">I, 1 … 32.</param>
/// <param name="Hidden">H.</param>
/// <param name="Layers">L.</param>
/// <param name="Linear">Output width of each linear layer; the last is O, at most 32.</param>
/// <param name="Activation">Between the linear layers.</param>
public sealed record NetworkShape(int Inputs, int Hidden, int Layers, int[] Linear, LinearActivation Activation)
{
    /// <summary>O.</summary>
    public int Outputs => Linear[^1];

    /// <summary>P.</summary>
    public int Parameters => LinearOffset(Linear.Length);

    public int InputsOf(int layer) => layer == 0 ? Inputs : Hidden;

    public int WeightIh(int layer) => layer == 0 ? 0 : LayerLength(0) + ((layer - 1) * LayerLength(1));

    public int WeightHh(int layer) => WeightIh(layer) + (3 * Hidden * InputsOf(layer));

    public int BiasIh(int layer) => WeightHh(layer) + (3 * Hidden * Hidden);

    public int BiasHh(int layer) => BiasIh(layer) + (3 * Hidden);

    /// <summary>Columns of linear layer <paramref name="layer"/>.</summary>
    public int LinearInputs(int layer) => layer == 0 ? Hidden : Linear[layer - 1];

    public int LinearWeight(int layer) => LinearOffset(layer);

    public int LinearBias(int layer) => LinearOffset(layer) + (Linear[layer] * LinearInputs(layer));

    /// <summary>
    /// Multiply-adds a sequence and time step in the matrices of forward and backward, as the equations have them: what any implementation of
    /// this network is measured by.
    /// </summary>
    public long MultiplyAdds()
    {
        var head = 0L;
        for (var layer = 0; layer < Linear.Length; layer++) head += (long)Linear[layer] * LinearInputs(layer);
        return (3 * (GruMultiplyAdds() + head)) - (3L * Hidden * Inputs);
    }

    /// <summary>The same, of those that the kernels really do: linear layers without activations are one matrix (docs/decisions/0001 §6).</summary>
    public long PerformedMultiplyAdds() => Activation == LinearActivation.None
        ? (3 * (GruMultiplyAdds() + ((long)Outputs * Hidden))) - (3L * Hidden * Inputs)
        : MultiplyAdds();

    long GruMultiplyAdds()
    {
        var sum = 0L;
        for (var layer = 0; layer < Layers; layer++) sum += 3L * Hidden * (InputsOf(layer) + Hidden);
        return sum;
    }

    int LayerLength(int layer) => (3 * Hidden * (InputsOf(layer) + Hidden)) + (6 * Hidden);

    int LinearOffset(int layer)
    {
        var offset = WeightIh(Layers - 1) + LayerLength(Layers - 1);
        for (var i = 0; i < layer; i++) offset += Linear[i] * (LinearInputs(i) + 1);
        return offset;
    }
}

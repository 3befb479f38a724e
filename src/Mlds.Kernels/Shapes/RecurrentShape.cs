namespace Mlds.Kernels.Shapes;

/// <summary>
/// The sizes of a network of recurrent layers, then linear ones, and where its tensors lie in a weight vector of P floats: per recurrent
/// layer weight_ih (G·H × I), weight_hh (G·H × H), bias_ih, bias_hh (G·H each, the cell's gates in order), then per linear layer weight and
/// bias; matrices row-major.
/// </summary>
/// <remarks>
/// What the kernels know of a network. Names, roles and symmetries of the tensors are the domain's: Mlds.Networks.RecurrentSpec, which
/// holds one of these.
/// </remarks>
/// <param name="Cell">What a recurrent layer is made of.</param>
/// <param name="Inputs">I, 1 … 32.</param>
/// <param name="Hidden">H.</param>
/// <param name="Layers">L.</param>
/// <param name="Linear">Output width of each linear layer; the last is O, at most 32.</param>
/// <param name="Activation">Between the linear layers.</param>
public sealed record RecurrentShape(RecurrentCell Cell, int Inputs, int Hidden, int Layers, int[] Linear, Activation Activation)
{
    /// <summary>O.</summary>
    public int Outputs => Linear[^1];

    /// <summary>P.</summary>
    public int Parameters => LinearOffset(Linear.Length);

    /// <summary>Rows of a recurrent layer's tensors, G·H.</summary>
    public int GateRows => Cell.Gates.Count * Hidden;

    /// <summary>The number of those rows, the first ones, whose input and recurrent sums are added into one.</summary>
    public int JointRows => (Cell.Gates.Count - Cell.Apart) * Hidden;

    public int InputsOf(int layer) => layer == 0 ? Inputs : Hidden;

    public int WeightIh(int layer) => layer == 0 ? 0 : LayerLength(0) + ((layer - 1) * LayerLength(1));

    public int WeightHh(int layer) => WeightIh(layer) + (GateRows * InputsOf(layer));

    public int BiasIh(int layer) => WeightHh(layer) + (GateRows * Hidden);

    public int BiasHh(int layer) => BiasIh(layer) + GateRows;

    /// <summary>Columns of linear layer <paramref name="layer"/>.</summary>
    public int LinearInputs(int layer) => layer == 0 ? Hidden : Linear[layer - 1];

    public int LinearWeight(int layer) => LinearOffset(layer);

    public int LinearBias(int layer) => LinearOffset(layer) + (Linear[layer] * LinearInputs(layer));

    /// <summary>
    /// Multiply-adds per sequence and time step in the matrices of forward and backward, as the equations have them: what any
    /// implementation of this network is measured by.
    /// </summary>
    public long MultiplyAdds()
    {
        var head = 0L;
        for (var layer = 0; layer < Linear.Length; layer++) head += (long)Linear[layer] * LinearInputs(layer);
        return (3 * (RecurrentMultiplyAdds() + head)) - ((long)GateRows * Inputs);
    }

    /// <summary>
    /// The same, counting only those that the kernels really do: linear layers without activations are one matrix (docs/decisions/0001 §6).
    /// </summary>
    public long PerformedMultiplyAdds() => Activation == Activation.None
        ? (3 * (RecurrentMultiplyAdds() + ((long)Outputs * Hidden))) - ((long)GateRows * Inputs)
        : MultiplyAdds();

    long RecurrentMultiplyAdds()
    {
        var sum = 0L;
        for (var layer = 0; layer < Layers; layer++) sum += (long)GateRows * (InputsOf(layer) + Hidden);
        return sum;
    }

    int LayerLength(int layer) => (GateRows * (InputsOf(layer) + Hidden)) + (2 * GateRows);

    int LinearOffset(int layer)
    {
        var offset = WeightIh(Layers - 1) + LayerLength(Layers - 1);
        for (var i = 0; i < layer; i++) offset += Linear[i] * (LinearInputs(i) + 1);
        return offset;
    }
}

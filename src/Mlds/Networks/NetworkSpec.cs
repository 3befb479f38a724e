using Mlds.Kernels.Shapes;

namespace Mlds.Networks;

/// <summary>What stands between the linear layers; after the last there is never any.</summary>
public enum Activation
{
    None,
    Relu,
    Tanh,
}

/// <summary>
/// The shape of a network: a stack of GRU layers, then linear layers (arXiv 2104.10555; docs/decisions/0001 for the equations).
/// </summary>
/// <param name="Inputs">Input lines I, 1 … 32.</param>
/// <param name="Hidden">Units H of every GRU layer, 1 … 256.</param>
/// <param name="Layers">GRU layers L, 1 … 16.</param>
/// <param name="Linear">Output width of each linear layer in order; the last is the number of output lines.</param>
/// <param name="Activation">Between the linear layers.</param>
public sealed record NetworkSpec(int Inputs, int Hidden, int Layers, IReadOnlyList<int> Linear, Activation Activation)
{
    /// <summary>The network of DS1 and DS2: 9 inputs, four GRU layers of 12, linear 12-12-12-12-8: 4,364 parameters.</summary>
    public static NetworkSpec Ds1 { get; } = new(9, 12, 4, [12, 12, 12, 12, 8], Activation.None);

    public int Outputs => Linear[^1];

    /// <summary>The same sizes, as the kernels take them.</summary>
    public NetworkShape Shape => new(Inputs, Hidden, Layers, [.. Linear], Activation switch
    {
        Activation.None => LinearActivation.None,
        Activation.Relu => LinearActivation.Relu,
        _ => LinearActivation.Tanh,
    });

    public bool Equals(NetworkSpec? other) =>
        other is not null && (Inputs, Hidden, Layers, Activation) == (other.Inputs, other.Hidden, other.Layers, other.Activation)
        && Linear.SequenceEqual(other.Linear);

    public override int GetHashCode() => HashCode.Combine(Inputs, Hidden, Layers, Linear.Count, Activation);
}

namespace Mlds.Networks;

/// <summary>What a tensor does in its layer.</summary>
public enum TensorRole
{
    /// <summary>Multiplies the layer's input: the matrix of a linear layer, weight_ih of a recurrent one.</summary>
    Weight,

    /// <summary>Added to what <see cref="Weight"/> gives.</summary>
    Bias,

    /// <summary>Multiplies the layer's own state of the step before: weight_hh.</summary>
    RecurrentWeight,

    /// <summary>Added to what <see cref="RecurrentWeight"/> gives.</summary>
    RecurrentBias,
}

/// <summary>One named tensor inside a weight vector; elements are row-major.</summary>
/// <param name="Name">PyTorch's name: <c>gru.weight_ih_l0</c>, <c>linear.0.bias</c> …</param>
/// <param name="Role">What it does.</param>
/// <param name="Module">The layers it belongs to, by PyTorch's name: <c>gru</c>, <c>linear</c>.</param>
/// <param name="Layer">The number of its layer in the module, from 0.</param>
/// <param name="Shape">Its sizes, outermost first.</param>
/// <param name="Offset">First element in the weight vector.</param>
/// <param name="Bound">Initial values are uniform within ± this (docs/decisions/0001 §9).</param>
/// <param name="Blocks">Names of the equal blocks of its rows: "r", "z", "n" where a matrix holds three gates; empty where it holds
/// one.</param>
public sealed record WeightTensor(
    string Name, TensorRole Role, string Module, int Layer, IReadOnlyList<int> Shape, int Offset, float Bound, IReadOnlyList<string> Blocks)
{
    public int Length
    {
        get
        {
            var product = 1;
            for (var axis = 0; axis < Shape.Count; axis++) product *= Shape[axis];
            return product;
        }
    }

    /// <summary>The first size; a bias has as many rows as elements.</summary>
    public int Rows => Shape[0];

    /// <summary>Elements of a row; 1 for a bias.</summary>
    public int Columns => Length / Shape[0];

    public bool IsBias => Role is TensorRole.Bias or TensorRole.RecurrentBias;

    /// <summary>One block of rows as a tensor of its own, called <c>name.block</c>; the tensor itself where it has no blocks.</summary>
    public IEnumerable<WeightTensor> Split()
    {
        if (Blocks.Count == 0) return [this];
        var rows = Rows / Blocks.Count;
        return Blocks.Select((block, i) => this with
        {
            Name = $"{Name}.{block}",
            Shape = [rows, .. Shape.Skip(1)],
            Offset = Offset + (i * rows * Columns),
            Blocks = [],
        });
    }

    public bool Equals(WeightTensor? other) =>
        other is not null
        && (Name, Role, Module, Layer, Offset, Bound) == (other.Name, other.Role, other.Module, other.Layer, other.Offset, other.Bound)
        && Shape.SequenceEqual(other.Shape) && Blocks.SequenceEqual(other.Blocks);

    public override int GetHashCode() => HashCode.Combine(Name, Offset);
}

/// <summary>Where each tensor of a network lies in its weight vector of P floats, in the order of PyTorch's <c>parameters()</c>.</summary>
public sealed class WeightLayout
{
    internal WeightLayout(NetworkSpec spec, IReadOnlyList<WeightTensor> tensors)
    {
        (Spec, Tensors) = (spec, tensors);
        Parameters = tensors.Sum(tensor => tensor.Length);
    }

    public NetworkSpec Spec { get; }

    /// <summary>All tensors, in order of their offsets, without gaps.</summary>
    public IReadOnlyList<WeightTensor> Tensors { get; }

    /// <summary>Parameters P of one network.</summary>
    public int Parameters { get; }

    /// <summary>The tensor that does <paramref name="role"/> in a layer.</summary>
    /// <exception cref="ArgumentException">The layer has none.</exception>
    public WeightTensor Find(string module, int layer, TensorRole role) =>
        Tensors.FirstOrDefault(tensor => tensor.Module == module && tensor.Layer == layer && tensor.Role == role)
        ?? throw new ArgumentException($"Layer {layer} of '{module}' has no {role}.");
}

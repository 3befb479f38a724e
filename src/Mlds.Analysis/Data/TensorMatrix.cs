using Mlds.Networks;

namespace Mlds.Analysis.Data;

/// <summary>
/// N networks' weights as an N × P matrix of named tensors, whatever the networks are: for what can also be asked of foreign weights
/// (<see cref="Loading.ForeignWeights"/>). For our own networks <see cref="WeightMatrix.Tensors"/> gives this.
/// </summary>
public sealed class TensorMatrix
{
    readonly float[] _weights;
    readonly int[]? _rows;

    /// <param name="weights">N × P, row-major.</param>
    /// <param name="networks">N.</param>
    /// <param name="parameters">P.</param>
    /// <param name="tensors">Which columns are which tensor; they lie within P and may leave gaps.</param>
    public TensorMatrix(float[] weights, int networks, int parameters, IReadOnlyList<WeightTensor> tensors)
    {
        if (weights.Length != (long)networks * parameters)
        {
            throw new ArgumentException(
                $"{networks} networks of {parameters} parameters need {(long)networks * parameters} weights, not {weights.Length}.",
                nameof(weights));
        }

        if (tensors.FirstOrDefault(
            tensor => tensor.Offset < 0 || tensor.Length < 1 || tensor.Offset + tensor.Length > parameters) is { } odd)
        {
            throw new ArgumentException(
                $"The tensor '{odd.Name}' has the columns {odd.Offset} to {odd.Offset + odd.Length - 1}, "
                + $"but there are only 0 to {parameters - 1}.",
                nameof(tensors));
        }

        (_weights, Networks, Parameters, Tensors) = (weights, networks, parameters, tensors);
    }

    /// <summary>Some rows of a larger matrix, which is kept, not copied.</summary>
    internal TensorMatrix(float[] weights, int[] rows, int parameters, IReadOnlyList<WeightTensor> tensors) =>
        (_weights, _rows, Networks, Parameters, Tensors) = (weights, rows, rows.Length, parameters, tensors);

    /// <summary>Networks N.</summary>
    public int Networks { get; }

    /// <summary>Parameters P of one network.</summary>
    public int Parameters { get; }

    public IReadOnlyList<WeightTensor> Tensors { get; }

    /// <summary>The P weights of network <paramref name="row"/>.</summary>
    public ReadOnlySpan<float> Row(int row) => _weights.AsSpan((_rows?[row] ?? row) * Parameters, Parameters);

    /// <summary>
    /// All weights, N × P, row-major: the matrix' own, not to be written to. Null where its networks are some of a larger matrix.
    /// </summary>
    internal float[]? Weights => _rows is null ? _weights : null;

    /// <summary>Some networks that follow one another; their weights are kept, not copied.</summary>
    internal TensorMatrix Rows(int first, int count) =>
        new(_weights, [.. Enumerable.Range(first, count).Select(row => _rows?[row] ?? row)], Parameters, Tensors);

    /// <summary>The same weights, read as other tensors.</summary>
    internal TensorMatrix As(IReadOnlyList<WeightTensor> tensors) => _rows is null
        ? new(_weights, Networks, Parameters, tensors)
        : new(_weights, _rows, Parameters, tensors);
}

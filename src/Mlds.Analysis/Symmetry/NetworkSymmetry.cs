using Mlds.Analysis.Data;
using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// A change of a network's weights that leaves its outputs alone: in every GRU layer a permutation of the units and a sign for each.
/// Unit i of the new layer is unit <c>Permutations[layer][i]</c> of the old one, times <c>Signs[layer][i]</c>.
/// </summary>
/// <remarks>
/// Why signs: h' = (1 − z) ⊙ n + z ⊙ h and tanh is odd, so a unit whose candidate n is negated (its rows of W_in, W_hn, b_in, b_hn) has the negated state
/// for ever, if all that read the state (columns of W_hr, W_hz, W_hn and of the next layer) are negated too. The rows of r and z stay.
/// </remarks>
public sealed class NetworkSymmetry
{
    /// <param name="permutations">For each GRU layer a permutation of 0 … H − 1.</param>
    /// <param name="signs">For each GRU layer H signs, +1 or −1.</param>
    public NetworkSymmetry(int[][] permutations, int[][] signs)
    {
        if (permutations.Length != signs.Length)
            throw new ArgumentException($"There are permutations for {permutations.Length} layers, but signs for {signs.Length}.", nameof(signs));
        for (var layer = 0; layer < permutations.Length; layer++)
        {
            if (!permutations[layer].Order().SequenceEqual(Enumerable.Range(0, permutations[layer].Length)))
                throw new ArgumentException($"Layer {layer}: [{string.Join(", ", permutations[layer])}] is no permutation.", nameof(permutations));
            if (signs[layer].Length != permutations[layer].Length || signs[layer].Any(sign => sign is not (1 or -1)))
                throw new ArgumentException($"Layer {layer}: there must be {permutations[layer].Length} signs, each 1 or -1.", nameof(signs));
        }

        (Permutations, Signs) = (permutations, signs);
    }

    public IReadOnlyList<IReadOnlyList<int>> Permutations { get; }

    public IReadOnlyList<IReadOnlyList<int>> Signs { get; }

    /// <summary>The symmetry that changes nothing.</summary>
    public static NetworkSymmetry Identity(RecurrentSpec spec) => new(
        [.. Enumerable.Range(0, spec.Layers).Select(_ => Enumerable.Range(0, spec.Hidden).ToArray())],
        [.. Enumerable.Range(0, spec.Layers).Select(_ => Enumerable.Repeat(1, spec.Hidden).ToArray())]);

    /// <summary>One drawn uniformly from all (H! · 2^H)^L.</summary>
    public static NetworkSymmetry Random(RecurrentSpec spec, SeededRandom random)
    {
        var permutations = new int[spec.Layers][];
        var signs = new int[spec.Layers][];
        for (var layer = 0; layer < spec.Layers; layer++)
        {
            permutations[layer] = [.. Enumerable.Range(0, spec.Hidden)];
            random.Shuffle<int>(permutations[layer]);
            signs[layer] = [.. Enumerable.Range(0, spec.Hidden).Select(_ => random.Next(2) == 0 ? 1 : -1)];
        }

        return new NetworkSymmetry(permutations, signs);
    }

    /// <summary>The symmetry that undoes this one.</summary>
    public NetworkSymmetry Inverse()
    {
        var permutations = Permutations.Select(permutation => new int[permutation.Count]).ToArray();
        var signs = Permutations.Select(permutation => new int[permutation.Count]).ToArray();
        for (var layer = 0; layer < permutations.Length; layer++)
        {
            for (var i = 0; i < permutations[layer].Length; i++)
            {
                var old = Permutations[layer][i];
                permutations[layer][old] = i;
                signs[layer][old] = Signs[layer][i];
            }
        }

        return new NetworkSymmetry(permutations, signs);
    }

    /// <summary>The symmetry-equal weights; P numbers of <paramref name="layout"/> in and out. Exact: numbers move and change sign, none is rounded.</summary>
    public float[] Apply(WeightLayout layout, ReadOnlySpan<float> weights)
    {
        var spec = layout.Recurrent;
        if (Permutations.Count != spec.Layers || Permutations[0].Count != spec.Hidden)
            throw new ArgumentException($"This symmetry is for {Permutations.Count} layers of {Permutations[0].Count}, the network has {spec.Layers} of {spec.Hidden}.", nameof(layout));
        var result = weights.ToArray();
        for (var layer = 0; layer < spec.Layers; layer++)
        {
            // The reset and update gates read signed states but have no sign themselves; the candidate n has its unit's sign.
            Rows(layout.WeightIh(layer), layer, layer - 1, weights, result);
            Rows(layout.WeightHh(layer), layer, layer, weights, result);
            Rows(layout.BiasIh(layer), layer, -1, weights, result);
            Rows(layout.BiasHh(layer), layer, -1, weights, result);
        }

        Columns(layout.LinearWeight(0), spec.Layers - 1, weights, result);
        return result;
    }

    /// <summary>Moves the rows of the three gates by <paramref name="layer"/>, and the columns by <paramref name="source"/>'s units if it is a layer.</summary>
    void Rows(WeightTensor tensor, int layer, int source, ReadOnlySpan<float> weights, float[] result)
    {
        var hidden = Permutations[layer].Count;
        for (var gate = 0; gate < 3; gate++)
        {
            for (var i = 0; i < hidden; i++)
            {
                var rowSign = gate == 2 ? Signs[layer][i] : 1;
                var from = tensor.Offset + (((gate * hidden) + Permutations[layer][i]) * tensor.Columns);
                var to = tensor.Offset + (((gate * hidden) + i) * tensor.Columns);
                for (var j = 0; j < tensor.Columns; j++)
                {
                    var column = source < 0 ? j : Permutations[source][j];
                    var sign = source < 0 ? rowSign : rowSign * Signs[source][j];
                    result[to + j] = sign * weights[from + column];
                }
            }
        }
    }

    void Columns(WeightTensor tensor, int source, ReadOnlySpan<float> weights, float[] result)
    {
        for (var i = 0; i < tensor.Rows; i++)
        {
            var row = tensor.Offset + (i * tensor.Columns);
            for (var j = 0; j < tensor.Columns; j++)
                result[row + j] = Signs[source][j] * weights[row + Permutations[source][j]];
        }
    }
}

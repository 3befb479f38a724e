using Mlds.Analysis.Data;
using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// A change of a network's weights that leaves its outputs alone: in every group of units that may change places (<see
/// cref="UnitGroup"/>: a recurrent layer, what is between two linear layers with an activation) a permutation, and a scale for each unit.
/// Unit i of the new group is unit <c>Permutations[group][i]</c> of the old one, times <c>Scales[group][i]</c>.
/// </summary>
/// <remarks>
/// Why signs: h' = (1 − z) ⊙ n + z ⊙ h and tanh is odd, so a GRU's unit whose candidate n is negated (its rows of W_in, W_hn, b_in, b_hn)
/// has the negated state for ever, if all that read the state (columns of W_hr, W_hz, W_hn and of the next layer) are negated too. The
/// rows of r and z stay. Which part of which tensor moves with a unit is data of the network: <see cref="NetworkSpec.Symmetries"/>.
/// </remarks>
public sealed class NetworkSymmetry
{
    /// <param name="permutations">For each group of U units a permutation of 0 … U − 1.</param>
    /// <param name="scales">For each group U scales: 1, ±1 or any positive number, as the group allows (<see cref="UnitScales"/>).</param>
    public NetworkSymmetry(int[][] permutations, double[][] scales)
    {
        if (permutations.Length != scales.Length)
        {
            throw new ArgumentException(
                $"There are permutations for {permutations.Length} groups, but scales for {scales.Length}.", nameof(scales));
        }

        for (var group = 0; group < permutations.Length; group++)
        {
            if (!permutations[group].Order().SequenceEqual(Enumerable.Range(0, permutations[group].Length)))
            {
                throw new ArgumentException(
                    $"Group {group}: [{string.Join(", ", permutations[group])}] is no permutation.", nameof(permutations));
            }

            if (scales[group].Length != permutations[group].Length || scales[group].Any(scale => scale == 0 || !double.IsFinite(scale)))
            {
                throw new ArgumentException(
                    $"Group {group}: there must be {permutations[group].Length} scales, finite and none of them 0.", nameof(scales));
            }
        }

        (Permutations, Scales) = (permutations, scales);
    }

    public IReadOnlyList<IReadOnlyList<int>> Permutations { get; }

    public IReadOnlyList<IReadOnlyList<double>> Scales { get; }

    /// <summary>The symmetry that changes nothing.</summary>
    public static NetworkSymmetry Identity(NetworkSpec spec) => new(
        [.. spec.Symmetries.Groups.Select(group => Enumerable.Range(0, group.Units).ToArray())],
        [.. spec.Symmetries.Groups.Select(group => Enumerable.Repeat(1.0, group.Units).ToArray())]);

    /// <summary>
    /// One drawn uniformly from all permutations and signs; scales that may be any positive number are powers of two from 1/16 to 16, so
    /// that applying them rounds nothing.
    /// </summary>
    public static NetworkSymmetry Random(NetworkSpec spec, SeededRandom random) => Random(spec.Symmetries, random);

    /// <summary>
    /// The same, but scales that may be any positive number are between 1/16 and 16, evenly on a logarithmic scale; applying them rounds.
    /// </summary>
    public static NetworkSymmetry RandomUneven(NetworkSpec spec, SeededRandom random) => Random(spec.Symmetries, random, isUneven: true);

    /// <summary>One of networks of whatever symmetries.</summary>
    /// <param name="isUneven">Whether positive scales are between powers of two.</param>
    public static NetworkSymmetry Random(NetworkSymmetries symmetries, SeededRandom random, bool isUneven = false)
    {
        var groups = symmetries.Groups;
        var permutations = new int[groups.Count][];
        var scales = new double[groups.Count][];
        for (var group = 0; group < groups.Count; group++)
        {
            permutations[group] = [.. Enumerable.Range(0, groups[group].Units)];
            random.Shuffle<int>(permutations[group]);
            scales[group] = [.. permutations[group].Select(_ => RandomScale(groups[group].Scales, random, isUneven))];
        }

        return new NetworkSymmetry(permutations, scales);
    }

    /// <summary>The symmetry that undoes this one.</summary>
    public NetworkSymmetry Inverse()
    {
        var permutations = Permutations.Select(permutation => new int[permutation.Count]).ToArray();
        var scales = Permutations.Select(permutation => new double[permutation.Count]).ToArray();
        for (var group = 0; group < permutations.Length; group++)
        {
            for (var i = 0; i < permutations[group].Length; i++)
            {
                var old = Permutations[group][i];
                permutations[group][old] = i;
                scales[group][old] = 1 / Scales[group][i];
            }
        }

        return new NetworkSymmetry(permutations, scales);
    }

    /// <summary>
    /// The symmetry-equal weights; P numbers of <paramref name="layout"/> in and out. Exact where scales are signs or powers of two:
    /// numbers move and change sign, none is rounded.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The symmetry is of another network, or has a scale that the network's units can't take.
    /// </exception>
    public float[] Apply(WeightLayout layout, ReadOnlySpan<float> weights) => Apply(layout.Spec.Symmetries, weights);

    /// <inheritdoc cref="Apply(WeightLayout, ReadOnlySpan{float})"/>
    public float[] Apply(NetworkSymmetries symmetries, ReadOnlySpan<float> weights)
    {
        Check(symmetries.Groups);
        var numbers = MergedForm.Doubles(weights);
        for (var group = 0; group < Permutations.Count; group++)
            symmetries.Groups[group].Move(numbers, [.. Permutations[group]], [.. Scales[group]]);
        return MergedForm.Floats(numbers);
    }

    static double RandomScale(UnitScales allowed, SeededRandom random, bool isUneven) => allowed switch
    {
        UnitScales.Signs => random.Next(2) == 0 ? 1 : -1,
        UnitScales.Positive when isUneven => Math.Pow(2, (8 * random.NextDouble()) - 4),
        UnitScales.Positive => Math.ScaleB(1, random.Next(9) - 4),
        _ => 1,
    };

    void Check(IReadOnlyList<UnitGroup> groups)
    {
        static string Units(IEnumerable<int> units) => $"[{string.Join(", ", units)}]";
        if (!Permutations.Select(permutation => permutation.Count).SequenceEqual(groups.Select(group => group.Units)))
        {
            throw new ArgumentException(
                $"This symmetry is for groups of {Units(Permutations.Select(permutation => permutation.Count))} units, "
                + $"the network has groups of {Units(groups.Select(group => group.Units))}.");
        }

        for (var i = 0; i < groups.Count; i++)
        {
            Func<double, bool> may = groups[i].Scales switch
            {
                UnitScales.Signs => scale => scale is 1 or -1,
                UnitScales.Positive => scale => scale > 0,
                _ => scale => scale == 1,
            };
            if (Scales[i].All(may)) continue;
            var allowed = groups[i].Scales switch { UnitScales.Signs => "each 1 or -1", UnitScales.Positive => "positive", _ => "all 1" };
            var wrong = Scales[i].First(scale => !may(scale));
            throw new ArgumentException($"The scales of the units of '{groups[i].Name}' must be {allowed}, but one is {wrong}.");
        }
    }
}

using Mlds.Analysis.Data;
using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <param name="Starts">Independent starts; the one that ends nearest to the reference is kept.</param>
/// <param name="Seed">Of the random starts.</param>
public sealed record AlignmentOptions(int Starts = 2, ulong Seed = 1);

/// <summary>A network as near to a reference as a symmetry could bring it.</summary>
/// <param name="Symmetry">
/// What was applied. Scales that may be any positive number are 1 in it: <see cref="MergedForm"/> brings them to their normal form.
/// </param>
/// <param name="Weights">P weights of the same outputs: <see cref="MergedForm"/> with the symmetry applied.</param>
/// <param name="Similarity">Cosine of the angle to the reference over all merged weights, −1 … 1.</param>
public sealed record AlignedNetwork(NetworkSymmetry Symmetry, float[] Weights, double Similarity);

/// <summary>
/// Signed weight matching: finds the permutation and the signs of every group of units that bring a network nearest to a reference, in
/// the Euclidean distance of merged weights.
/// </summary>
/// <remarks>
/// Weight matching by coordinate ascent is Ainsworth, Hayase and Srinivasa's (Git Re-Basin, ICLR 2023); signs and recurrent layers are
/// ours (docs/decisions/0007). With all other groups held fixed, a group's best permutation and signs are a linear assignment over E_ij +
/// |O_ij| (<see cref="UnitFeatures"/>), solved exactly; recurrent weights read both their axes from the group itself, so one axis is held
/// fixed. That is a quadratic assignment, in which a step need not be uphill, so the best of several starts is kept. Which units there are
/// and what moves with them is data of the network (<see cref="NetworkSpec.Symmetries"/>). Immutable and thread-safe.
/// </remarks>
public sealed class Alignment
{
    readonly NetworkSymmetries _symmetries;
    readonly MergedLayout _merged;
    readonly AlignmentOptions _options;
    readonly double[] _reference;
    readonly double _norm;

    Alignment(MergedLayout merged, NetworkSymmetries symmetries, ReadOnlySpan<float> reference, AlignmentOptions options)
    {
        if (options.Starts < 1)
            throw new ArgumentOutOfRangeException(nameof(options), options.Starts, "An alignment needs at least one start.");
        (_merged, _symmetries, _options) = (merged, symmetries, options);
        _reference = merged.Read(reference);
        _norm = Math.Sqrt(MergedLayout.InnerProduct(_reference, _reference));
    }

    /// <summary>An alignment to <paramref name="reference"/>, P weights; itself in any form.</summary>
    public static Alignment To(WeightLayout layout, ReadOnlySpan<float> reference, AlignmentOptions? options = null) =>
        To(layout.Tensors, layout.Spec.Symmetries, reference, options);

    /// <summary>The same for networks of whatever tensors and symmetries.</summary>
    public static Alignment To(
        IReadOnlyList<WeightTensor> tensors,
        NetworkSymmetries symmetries,
        ReadOnlySpan<float> reference,
        AlignmentOptions? options = null) =>
        new(new MergedLayout(tensors, symmetries), symmetries, reference, options ?? new AlignmentOptions());

    /// <summary>Brings <paramref name="weights"/>, P numbers, as near to the reference as it can.</summary>
    public AlignedNetwork Align(ReadOnlySpan<float> weights) => Align(weights, new UnitMatching(_merged, _reference));

    /// <summary>All networks of <paramref name="networks"/>, on all cores; the results come in their order.</summary>
    public AlignedNetwork[] AlignAll(WeightMatrix networks) => AlignAll(networks.Tensors);

    /// <inheritdoc cref="AlignAll(WeightMatrix)"/>
    public AlignedNetwork[] AlignAll(TensorMatrix networks)
    {
        var aligned = new AlignedNetwork[networks.Networks];
        Parallel.For(0, aligned.Length, Parallelism.Options, () => new UnitMatching(_merged, _reference), (row, _, matching) =>
        {
            aligned[row] = Align(networks.Row(row), matching);
            return matching;
        }, _ => { });
        return aligned;
    }

    /// <summary>The same networks with the same labels, their merged weights aligned to <paramref name="reference"/>.</summary>
    public static WeightMatrix Align(ReadOnlySpan<float> reference, WeightMatrix networks, AlignmentOptions? options = null)
    {
        var aligned = To(networks.Layout, reference, options).AlignAll(networks);
        var weights = new float[(long)networks.Networks * networks.Layout.Parameters];
        for (var row = 0; row < aligned.Length; row++) aligned[row].Weights.CopyTo(weights.AsSpan(row * networks.Layout.Parameters));
        return new WeightMatrix(networks.Name, networks.Source, weights, networks.Layout, networks.Labels);
    }

    /// <summary>The merged weights of networks of whatever tensors and symmetries, aligned to <paramref name="reference"/>.</summary>
    internal static TensorMatrix Align(ReadOnlySpan<float> reference, TensorMatrix networks, NetworkSymmetries symmetries)
    {
        var aligned = To(networks.Tensors, symmetries, reference).AlignAll(networks);
        var weights = new float[(long)networks.Networks * networks.Parameters];
        for (var row = 0; row < aligned.Length; row++) aligned[row].Weights.CopyTo(weights.AsSpan(row * networks.Parameters));
        return new TensorMatrix(weights, networks.Networks, networks.Parameters, networks.Tensors);
    }

    AlignedNetwork Align(ReadOnlySpan<float> weights, UnitMatching matching)
    {
        var network = _merged.Read(weights);
        var scale = _norm * Math.Sqrt(MergedLayout.InnerProduct(network, network));
        var (symmetry, product) = matching.Best(network, _options, enough: (1 - 1e-9) * scale);

        // The symmetry moves columns of the first linear layer; merging afterwards moves them on to the product.
        var aligned = MergedForm.Of(_symmetries, symmetry.Apply(_symmetries, weights));
        return new AlignedNetwork(symmetry, aligned, scale > 0 ? product / scale : 0);
    }
}

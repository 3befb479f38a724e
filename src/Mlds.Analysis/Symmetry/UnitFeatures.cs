using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// What a group's units are compared by: the numbers of every unit, feature by feature, of two kinds. <em>Even</em> ones stay when the
/// unit's sign flips (a GRU's rows of r and z), <em>odd</em> ones flip (its rows of n, and all that reads its state). So the gain of
/// matching unit i of one network with unit j of another is E_ij + |O_ij|, E and O the inner products over even and odd features, and the
/// sign is O_ij's. Where units have no signs all features are even.
/// </summary>
/// <remarks>
/// Features that only earlier groups move come first (what comes from the layer below, what goes to the output lines), so
/// that they can be used alone: the others only mean something when both networks' units are in the same order already.
/// </remarks>
sealed class UnitFeatures
{
    /// <summary>Units come in fours, or in whole vectors where these are longer.</summary>
    static readonly int s_padding = Math.Max(4, Vector<double>.Count);

    readonly MergedGroup _group;
    readonly double[] _even;
    readonly double[] _odd;

    internal UnitFeatures(MergedGroup group, double[] network)
    {
        _group = group;
        Stride = (group.Units + s_padding - 1) / s_padding * s_padding;
        for (var i = 0; i < group.Parts.Length; i++)
        {
            var length = group.Parts[i].Length;
            var (even, odd) = IsOdd(group.Parts[i]) ? (0, length) : (length, 0);
            (Even, Odd) = (Even + even, Odd + odd);
            if (i < group.Known) (EvenKnown, OddKnown) = (Even, Odd);
        }

        (_even, _odd) = (new double[Even * Stride], new double[Odd * Stride]);
        Read(network);
    }

    /// <summary>Distance of two features, and of two rows of a product: the units, rounded up to whole vectors.</summary>
    internal int Stride { get; }

    /// <summary>Numbers of features: all even ones, and the first of them.</summary>
    internal int Even { get; }

    internal int EvenKnown { get; }

    /// <summary>Numbers of features: all odd ones, and the first of them.</summary>
    internal int Odd { get; }

    internal int OddKnown { get; }

    /// <summary>Takes the features of the same group of another network, or of the same network changed.</summary>
    internal void Read(double[] network)
    {
        int even = 0, odd = 0;
        foreach (var parts in _group.Parts)
        {
            if (IsOdd(parts)) odd += parts.Read(network, _group.Units, _odd.AsSpan(odd * Stride), Stride);
            else even += parts.Read(network, _group.Units, _even.AsSpan(even * Stride), Stride);
        }
    }

    /// <summary>E, units × stride, over the first <paramref name="count"/> even features.</summary>
    internal static void EvenProducts(UnitFeatures a, UnitFeatures b, int count, double[] product) =>
        Multiply(a._even, b._even, count, a._group.Units, a.Stride, product);

    /// <summary>O, units × stride, over the first <paramref name="count"/> odd features.</summary>
    internal static void OddProducts(UnitFeatures a, UnitFeatures b, int count, double[] product) =>
        Multiply(a._odd, b._odd, count, a._group.Units, a.Stride, product);

    bool IsOdd(UnitParts parts) => _group.HasSigns && parts.Scale != UnitScale.None;

    /// <summary>product[i, j] = Σ_f a[f, i] b[f, j], a vector of j at a time, four rows of i together.</summary>
    static void Multiply(double[] a, double[] b, int features, int units, int stride, double[] product)
    {
        ref var pa = ref MemoryMarshal.GetArrayDataReference(a);
        ref var pb = ref MemoryMarshal.GetArrayDataReference(b);
        var width = Vector<double>.Count;
        for (var j = 0; j < stride; j += width)
        {
            // The rows past the last unit are zeros, so that the last four need no case of its own.
            for (var i = 0; i < units; i += 4)
            {
                Vector<double> s0 = default, s1 = default, s2 = default, s3 = default;
                for (var f = 0; f < features; f++)
                {
                    ref var row = ref Unsafe.Add(ref pa, (f * stride) + i);
                    var y = Vector.LoadUnsafe(ref pb, (nuint)((f * stride) + j));
                    s0 = Vector.FusedMultiplyAdd(new Vector<double>(row), y, s0);
                    s1 = Vector.FusedMultiplyAdd(new Vector<double>(Unsafe.Add(ref row, 1)), y, s1);
                    s2 = Vector.FusedMultiplyAdd(new Vector<double>(Unsafe.Add(ref row, 2)), y, s2);
                    s3 = Vector.FusedMultiplyAdd(new Vector<double>(Unsafe.Add(ref row, 3)), y, s3);
                }

                var target = product.AsSpan((i * stride) + j);
                s0.CopyTo(target);
                s1.CopyTo(target[stride..]);
                s2.CopyTo(target[(2 * stride)..]);
                s3.CopyTo(target[(3 * stride)..]);
            }
        }
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// What a layer's units are compared by: the numbers of every unit, feature by feature, in two sorts. <em>Even</em> ones stay when the unit's sign flips
/// (its rows of r and z), <em>odd</em> ones flip (its rows of n, and all that reads its state). So the gain of matching unit i of one network with unit j of another is
/// E_ij + |O_ij|, E and O the inner products over even and odd features, and the sign is O_ij's.
/// </summary>
/// <remarks>Features come in the order inputs, outgoing, recurrent, so that the first ones can be used alone: recurrent features only mean something when
/// both networks' units are in the same order already.</remarks>
sealed class UnitFeatures
{
    /// <summary>Units come in fours, or in whole vectors where these are longer.</summary>
    static readonly int Padding = Math.Max(4, Vector<double>.Count);

    readonly int _hidden;
    readonly double[] _even;
    readonly double[] _odd;

    internal UnitFeatures(GruWeights network, int layer)
    {
        var spec = network.Spec;
        (_hidden, Layer) = (spec.Hidden, layer);
        Stride = (spec.Hidden + Padding - 1) / Padding * Padding;
        var inputs = layer == 0 ? spec.Inputs : spec.Hidden;
        EvenOfInputs = (2 * inputs) + 2;
        Even = EvenOfInputs + (2 * spec.Hidden);
        OddOfInputs = inputs + 2;
        OddOfInputsAndOutgoing = OddOfInputs + (layer + 1 < spec.Layers ? 3 * spec.Hidden : spec.Outputs);
        Odd = OddOfInputsAndOutgoing + (4 * spec.Hidden);
        _even = new double[Even * Stride];
        _odd = new double[Odd * Stride];
        Read(network);
    }

    internal int Layer { get; }

    /// <summary>Distance of two features, and of two rows of a product: the units, rounded up to whole vectors.</summary>
    internal int Stride { get; }

    /// <summary>Numbers of features: all even ones, and the first of them.</summary>
    internal int Even { get; }

    internal int EvenOfInputs { get; }

    /// <summary>Numbers of features: all odd ones, and the first of them.</summary>
    internal int Odd { get; }

    internal int OddOfInputs { get; }

    internal int OddOfInputsAndOutgoing { get; }

    /// <summary>Takes the features of the same layer of another network, or of the same network changed.</summary>
    internal void Read(GruWeights network)
    {
        int even = 0, odd = 0, layer = Layer;
        var (input, recurrent, bias) = (network.Input[layer], network.Recurrent[layer], network.Bias[layer]);
        for (var gate = GruWeights.R; gate <= GruWeights.Z; gate++)
        {
            even = Rows(input[gate], _even, even);
            even = Rows(bias[gate], _even, even);
        }

        for (var gate = GruWeights.R; gate <= GruWeights.Z; gate++) even = Rows(recurrent[gate], _even, even);
        odd = Rows(input[GruWeights.N], _odd, odd);
        odd = Rows(bias[GruWeights.N], _odd, odd);
        odd = Rows(network.RecurrentBiasN[layer], _odd, odd);
        if (layer + 1 == network.Spec.Layers) odd = Columns(network.Output, _odd, odd);
        else
            foreach (var gate in network.Input[layer + 1]) odd = Columns(gate, _odd, odd);
        odd = Rows(recurrent[GruWeights.N], _odd, odd);
        foreach (var gate in recurrent) odd = Columns(gate, _odd, odd);
    }

    /// <summary>Each column of the matrix is a feature: units are its rows.</summary>
    int Rows(double[] matrix, double[] features, int at)
    {
        var columns = matrix.Length / _hidden;
        for (var unit = 0; unit < _hidden; unit++)
            for (var j = 0; j < columns; j++) features[((at + j) * Stride) + unit] = matrix[(unit * columns) + j];
        return at + columns;
    }

    /// <summary>Each row of the matrix is a feature: units are its columns.</summary>
    int Columns(double[] matrix, double[] features, int at)
    {
        var rows = matrix.Length / _hidden;
        for (var row = 0; row < rows; row++) matrix.AsSpan(row * _hidden, _hidden).CopyTo(features.AsSpan((at + row) * Stride));
        return at + rows;
    }

    /// <summary>E, H × stride, over the first <paramref name="count"/> even features.</summary>
    internal static void EvenProducts(UnitFeatures a, UnitFeatures b, int count, double[] product) => Multiply(a._even, b._even, count, a._hidden, a.Stride, product);

    /// <summary>O, H × stride, over the first <paramref name="count"/> odd features.</summary>
    internal static void OddProducts(UnitFeatures a, UnitFeatures b, int count, double[] product) => Multiply(a._odd, b._odd, count, a._hidden, a.Stride, product);

    /// <summary>product[i, j] = Σ_f a[f, i] b[f, j], a vector of j at a time, four rows of i together.</summary>
    static void Multiply(double[] a, double[] b, int features, int hidden, int stride, double[] product)
    {
        ref var pa = ref MemoryMarshal.GetArrayDataReference(a);
        ref var pb = ref MemoryMarshal.GetArrayDataReference(b);
        var width = Vector<double>.Count;
        for (var j = 0; j < stride; j += width)
        {
            // The rows past the last unit are zeros, so that the last four need no case of its own.
            for (var i = 0; i < hidden; i += 4)
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

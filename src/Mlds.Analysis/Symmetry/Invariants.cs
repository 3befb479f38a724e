using MathNet.Numerics.LinearAlgebra.Double;
using Mlds.Analysis.LinearAlgebra;
using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// Numbers of a network that no symmetry changes: neither permutations nor sign flips of the units of any GRU layer, nor another split of
/// merged biases, nor another basis between linear layers.
/// </summary>
/// <remarks>
/// Input and output lines are no symmetry, so statistics by line are legal. A layer above the first has no lines of its own: its inputs are
/// the units below, each with a sign that nobody can know. So every layer is read through its <em>source</em> S (units below × lines and a
/// constant): what a line moves each unit below by, through the candidates and the open update gates, S_l+1 = diag(1 − σ(b_z)) (W_in S_l +
/// [0 | b_in]), with S_0 the identity. Rows of S carry the signs of the units below, columns of W carry them too, and in W S they cancel.
/// In the same way every layer has a <em>target</em> T (outputs × units): T_L−1 is the product of the linear layers, T_l−1 = T_l diag(1 −
/// σ(b_z)) W_in. r and z rows have no sign; n rows have their unit's, so of these only absolute values and products of two are taken.
/// </remarks>
sealed class Invariants
{
    readonly GruWeights _network;
    readonly InvariantWriter _writer;
    readonly int _hidden;
    readonly int _lines;
    readonly double[] _scratch;

    /// <summary>Of the gates' recurrent matrices, layer by layer, then of their input matrices from the second layer on.</summary>
    readonly double[][] _singular;

    Invariants(GruWeights network, InvariantWriter writer)
    {
        (_network, _writer) = (network, writer);
        _hidden = network.Spec.Hidden;
        _lines = network.Spec.Inputs + 1;
        _scratch = new double[_hidden * Math.Max(_hidden, _lines)];
        _singular = SingularValues.Of(
            [.. network.Recurrent.SelectMany(gates => gates), .. network.Input.Skip(1).SelectMany(gates => gates)], _hidden, _hidden);
    }

    /// <summary>Writes all invariants of one network, always in the same order.</summary>
    internal static void Write(WeightLayout layout, ReadOnlySpan<float> weights, InvariantWriter writer) =>
        new Invariants(new GruWeights(layout, weights), writer).Write();

    void Write()
    {
        var layers = _network.Spec.Layers;
        var targets = Targets();
        var source = Lines();
        for (var layer = 0; layer < layers; layer++)
        {
            _writer.Layer = $"l{layer}.";
            var driven = Enumerable.Range(0, 3).Select(gate => Drive(layer, gate, source)).ToArray();
            Spreads(layer, driven);
            Recurrence(layer);
            if (layer > 0) Between(layer);
            Grams(driven);
            Paths(layer, driven[GruWeights.N], targets[layer]);
            source = Scaled(driven[GruWeights.N], _lines, Opened(layer));
        }

        _writer.Layer = "";
        Output(source);
    }

    /// <summary>S_0: each input line stands for itself; the last column is the constant.</summary>
    double[] Lines()
    {
        var source = new double[_network.Spec.Inputs * _lines];
        for (var i = 0; i < _network.Spec.Inputs; i++) source[(i * _lines) + i] = 1;
        return source;
    }

    /// <summary>T of every layer: outputs × units.</summary>
    double[][] Targets()
    {
        var layers = _network.Spec.Layers;
        var outputs = _network.Spec.Outputs;
        var targets = new double[layers][];
        targets[layers - 1] = _network.Output;
        for (var layer = layers - 1; layer > 0; layer--)
        {
            var gated = Scaled(_network.Input[layer][GruWeights.N], _hidden, Opened(layer));
            targets[layer - 1] = GruWeights.Multiply(targets[layer], gated, outputs, _hidden, _hidden);
        }

        return targets;
    }

    /// <summary>W_g S + [0 | b_g]: how each line and the constant drive a gate; units × lines.</summary>
    double[] Drive(int layer, int gate, double[] source)
    {
        var inputs = layer == 0 ? _network.Spec.Inputs : _hidden;
        var driven = GruWeights.Multiply(_network.Input[layer][gate], source, _hidden, inputs, _lines);
        for (var i = 0; i < _hidden; i++) driven[(i * _lines) + _lines - 1] += _network.Bias[layer][gate][i];
        return driven;
    }

    /// <summary>σ(b_z) of each unit: the share of its state it holds when nothing drives it.</summary>
    double[] Held(int layer) => Array.ConvertAll(_network.Bias[layer][GruWeights.Z], Sigmoid);

    /// <summary>1 − σ(b_z): the share it takes from the candidate.</summary>
    double[] Opened(int layer) => Array.ConvertAll(_network.Bias[layer][GruWeights.Z], bias => Sigmoid(-bias));

    double[] ResetGate(int layer) => Array.ConvertAll(_network.Bias[layer][GruWeights.R], Sigmoid);

    static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>Row i times <paramref name="factors"/>[i].</summary>
    static double[] Scaled(double[] matrix, int columns, double[] factors)
    {
        var scaled = new double[matrix.Length];
        for (var i = 0; i < matrix.Length; i++) scaled[i] = matrix[i] * factors[i / columns];
        return scaled;
    }

    void Spreads(int layer, double[][] driven)
    {
        for (var gate = 0; gate < 3; gate++)
        {
            for (var line = 0; line < _lines; line++)
            {
                var column = _scratch.AsSpan(0, _hidden);
                for (var i = 0; i < _hidden; i++) column[i] = Signless(driven[gate][(i * _lines) + line], gate);
                _writer.AddSpread(Names.Line(gate, line, _lines), column);
            }
        }

        Spread("b_hn", _network.RecurrentBiasN[layer], absolute: true);
    }

    static double Signless(double value, int gate) => gate == GruWeights.N ? Math.Abs(value) : value;

    void Spread(string block, ReadOnlySpan<double> values, bool absolute)
    {
        var numbers = _scratch.AsSpan(0, values.Length);
        for (var i = 0; i < values.Length; i++) numbers[i] = absolute ? Math.Abs(values[i]) : values[i];
        _writer.AddSpread(block, numbers);
    }

    /// <summary>Rows and columns of W_hn flip together, so its eigenvalues and diagonal stay; of W_hr and W_hz only columns flip.</summary>
    void Recurrence(int layer)
    {
        Span<double> diagonal = stackalloc double[_hidden];
        for (var gate = 0; gate < 3; gate++)
        {
            var matrix = _network.Recurrent[layer][gate];
            _writer.AddVector(Names.RecurrentSingular[gate], _singular[(3 * layer) + gate]);
            Spread(Names.Recurrent[gate], matrix, absolute: true);
            for (var i = 0; i < _hidden; i++) diagonal[i] = matrix[(i * _hidden) + i];
            Spread(Names.RecurrentDiagonal[gate], diagonal, absolute: gate != GruWeights.N);
        }

        _writer.AddVector("w_hn.eigenvalue_modulus", EigenvalueModuli(_network.Recurrent[layer][GruWeights.N]));
    }

    double[] EigenvalueModuli(double[] matrix)
    {
        // The transpose (MathNet stores columns) has the same eigenvalues.
        var values = new DenseMatrix(_hidden, _hidden, (double[])matrix.Clone()).Evd().EigenValues;
        var moduli = values.Select(value => value.Magnitude).ToArray();
        moduli.AsSpan().Sort((a, b) => b.CompareTo(a));
        return moduli;
    }

    void Between(int layer)
    {
        for (var gate = 0; gate < 3; gate++)
        {
            var matrix = _network.Input[layer][gate];
            _writer.AddVector(Names.InputSingular[gate], _singular[(3 * (_network.Spec.Layers + layer - 1)) + gate]);
            Spread(Names.Input[gate], matrix, absolute: true);
        }
    }

    void Grams(double[][] driven)
    {
        for (var gate = 0; gate < 3; gate++)
            _writer.AddDirection(Names.Gram[gate], TransposedTimes(driven[gate], driven[gate]), _lines, _lines, upper: true);
        _writer.AddDirection("gram_rz", TransposedTimes(driven[GruWeights.R], driven[GruWeights.Z]), _lines, _lines);
    }

    /// <summary>Aᵀ B, both units × lines.</summary>
    double[] TransposedTimes(double[] a, double[] b)
    {
        var product = new double[_lines * _lines];
        for (var k = 0; k < _hidden; k++)
        {
            var row = b.AsSpan(k * _lines, _lines);
            for (var i = 0; i < _lines; i++) Products.AddScaled(product.AsSpan(i * _lines, _lines), a[(k * _lines) + i], row);
        }

        return product;
    }

    /// <summary>
    /// What a line does to an output through this layer: at once, held one step by the update gate, and once around the recurrence.
    /// </summary>
    void Paths(int layer, double[] candidate, double[] target)
    {
        var outputs = _network.Spec.Outputs;
        var opened = Scaled(candidate, _lines, Opened(layer));
        var held = Scaled(opened, _lines, Held(layer));
        var around = GruWeights.Multiply(_network.Recurrent[layer][GruWeights.N], opened, _hidden, _hidden, _lines);
        around = Scaled(Scaled(around, _lines, ResetGate(layer)), _lines, Opened(layer));
        _writer.AddDirection("path_candidate", GruWeights.Multiply(target, candidate, outputs, _hidden, _lines), outputs, _lines);
        _writer.AddDirection("path_held", GruWeights.Multiply(target, held, outputs, _hidden, _lines), outputs, _lines);
        _writer.AddDirection("path_recurrent", GruWeights.Multiply(target, around, outputs, _hidden, _lines), outputs, _lines);
        _writer.AddDirection("path_b_hn", GruWeights.Multiply(target, _network.RecurrentBiasN[layer], outputs, _hidden, 1), outputs, 1);
    }

    void Output(double[] source)
    {
        var outputs = _network.Spec.Outputs;
        _writer.AddDirection("path", GruWeights.Multiply(_network.Output, source, outputs, _hidden, _lines), outputs, _lines);
        _writer.AddVector("output.singular", SingularValues.Of(_network.Output, outputs, _hidden));
        var gram = new double[outputs * outputs];
        for (var i = 0; i < outputs; i++)
        {
            for (var j = 0; j < outputs; j++)
            {
                gram[(i * outputs) + j] = Products.Dot(
                    _network.Output.AsSpan(i * _hidden, _hidden), _network.Output.AsSpan(j * _hidden, _hidden));
            }
        }

        _writer.AddDirection("output.gram", gram, outputs, outputs, upper: true);
        _writer.AddVector("output_bias", _network.OutputBias);
    }

    /// <summary>Column names, made once.</summary>
    static class Names
    {
        static readonly string[] s_gates = ["r", "z", "n"];
        static readonly string[][] s_lines = [.. s_gates.Select(
            gate => Enumerable.Range(0, 32).Select(line => $"w_i{gate}.line{line}").ToArray())];
        static readonly string[] s_constants = [.. s_gates.Select(gate => $"w_i{gate}.constant")];

        internal static readonly string[] Recurrent = [.. s_gates.Select(gate => $"w_h{gate}.absolute")];
        internal static readonly string[] RecurrentSingular = [.. s_gates.Select(gate => $"w_h{gate}.singular")];
        internal static readonly string[] RecurrentDiagonal = [.. s_gates.Select(gate => $"w_h{gate}.diagonal")];
        internal static readonly string[] Input = [.. s_gates.Select(gate => $"w_i{gate}.absolute")];
        internal static readonly string[] InputSingular = [.. s_gates.Select(gate => $"w_i{gate}.singular")];
        internal static readonly string[] Gram = [.. s_gates.Select(gate => $"gram_{gate}")];

        internal static string Line(int gate, int line, int lines) => line == lines - 1 ? s_constants[gate] : s_lines[gate][line];
    }
}

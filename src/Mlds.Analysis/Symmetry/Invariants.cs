using System.Collections.Concurrent;
using MathNet.Numerics.LinearAlgebra.Double;
using Mlds.Analysis.LinearAlgebra;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// Numbers of a network that no symmetry changes: neither permutations nor sign flips of the units of any recurrent layer, nor another
/// split of merged biases, nor another basis between linear layers.
/// </summary>
/// <remarks>
/// Input and output lines are no symmetry, so statistics by line are legal. A layer above the first has no lines of its own: its inputs are
/// the units below, each with a sign that nobody can know. So every layer is read through its <em>source</em> S (units below × lines and a
/// constant): what a line moves each unit below by, through the candidates n and what is taken of them, S_l+1 = diag(taken) (W_in S_l +
/// [0 | b_in]), with S_0 the identity; taken is 1 − σ(b_z) for a GRU (<see cref="CellPaths"/>). Rows of S carry the signs of the units
/// below, columns of W carry them too, and in W S they cancel. In the same way every layer has a <em>target</em> T (outputs × units):
/// T_L−1 is the product of the linear layers, T_l−1 = T_l diag(taken) W_in. Rows of other gates have no sign; the candidate's have their
/// unit's, so of these only absolute values and products of two are taken.
/// </remarks>
sealed class Invariants
{
    readonly GateWeights _network;
    readonly CellPaths _paths;
    readonly Names _names;
    readonly InvariantWriter _writer;
    readonly int _hidden;
    readonly int _lines;
    readonly double[] _scratch;

    /// <summary>Of the gates' recurrent matrices, layer by layer, then of their input matrices from the second layer on.</summary>
    readonly double[][] _singular;

    Invariants(GateWeights network, InvariantWriter writer)
    {
        (_network, _writer) = (network, writer);
        var cell = network.Spec.Cell;
        _paths = CellPaths.Of(cell) ?? throw new ArgumentException($"Path invariants of the cell '{cell.Name}' are not known.");
        _names = Names.Of(cell);
        _hidden = network.Spec.Hidden;
        _lines = network.Spec.Inputs + 1;
        _scratch = new double[_hidden * Math.Max(_hidden, _lines)];
        _singular = SingularValues.Of(
            [.. network.Recurrent.SelectMany(gates => gates), .. network.Input.Skip(1).SelectMany(gates => gates)], _hidden, _hidden);
    }

    /// <summary>Writes all invariants of one network, always in the same order.</summary>
    internal static void Write(WeightLayout layout, ReadOnlySpan<float> weights, InvariantWriter writer) =>
        new Invariants(new GateWeights(layout, weights), writer).Write();

    int Gates => _network.Spec.Cell.Gates.Count;

    void Write()
    {
        var layers = _network.Spec.Layers;
        var targets = Targets();
        var source = Lines();
        for (var layer = 0; layer < layers; layer++)
        {
            _writer.Layer = $"l{layer}.";
            var driven = Enumerable.Range(0, Gates).Select(gate => Drive(layer, gate, source)).ToArray();
            Spreads(layer, driven);
            Recurrence(layer);
            if (layer > 0) Between(layer);
            Grams(driven);
            Paths(layer, driven[_paths.Candidate], targets[layer]);
            source = Scaled(driven[_paths.Candidate], _lines, Share(_paths.Taken, layer));
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
            var gated = Scaled(_network.Input[layer][_paths.Candidate], _hidden, Share(_paths.Taken, layer));
            targets[layer - 1] = GateWeights.Multiply(targets[layer], gated, outputs, _hidden, _hidden);
        }

        return targets;
    }

    /// <summary>W_g S + [0 | b_g]: how each line and the constant drive a gate; units × lines.</summary>
    double[] Drive(int layer, int gate, double[] source)
    {
        var inputs = layer == 0 ? _network.Spec.Inputs : _hidden;
        var driven = GateWeights.Multiply(_network.Input[layer][gate], source, _hidden, inputs, _lines);
        for (var i = 0; i < _hidden; i++) driven[(i * _lines) + _lines - 1] += _network.Bias[layer][gate][i];
        return driven;
    }

    /// <summary>A share of each unit, from its biases.</summary>
    double[] Share(Func<double[], double> of, int layer) =>
        [.. Enumerable.Range(0, _hidden).Select(unit => of(Array.ConvertAll(_network.Bias[layer], bias => bias[unit])))];

    /// <summary>Row i times <paramref name="factors"/>[i].</summary>
    static double[] Scaled(double[] matrix, int columns, double[] factors)
    {
        var scaled = new double[matrix.Length];
        for (var i = 0; i < matrix.Length; i++) scaled[i] = matrix[i] * factors[i / columns];
        return scaled;
    }

    void Spreads(int layer, double[][] driven)
    {
        for (var gate = 0; gate < Gates; gate++)
        {
            for (var line = 0; line < _lines; line++)
            {
                var column = _scratch.AsSpan(0, _hidden);
                for (var i = 0; i < _hidden; i++) column[i] = Signless(driven[gate][(i * _lines) + line], gate);
                _writer.AddSpread(_names.Line(gate, line, _lines), column);
            }
        }

        for (var apart = 0; apart < _network.ApartBias[layer].Length; apart++)
            Spread(_names.ApartBias[apart], _network.ApartBias[layer][apart], absolute: true);
    }

    double Signless(double value, int gate) => gate == _paths.Candidate ? Math.Abs(value) : value;

    void Spread(string block, ReadOnlySpan<double> values, bool absolute)
    {
        var numbers = _scratch.AsSpan(0, values.Length);
        for (var i = 0; i < values.Length; i++) numbers[i] = absolute ? Math.Abs(values[i]) : values[i];
        _writer.AddSpread(block, numbers);
    }

    /// <summary>
    /// Rows and columns of the candidate's flip together, so its eigenvalues and diagonal stay; of others only columns flip.
    /// </summary>
    void Recurrence(int layer)
    {
        Span<double> diagonal = stackalloc double[_hidden];
        for (var gate = 0; gate < Gates; gate++)
        {
            var matrix = _network.Recurrent[layer][gate];
            _writer.AddVector(_names.RecurrentSingular[gate], _singular[(Gates * layer) + gate]);
            Spread(_names.Recurrent[gate], matrix, absolute: true);
            for (var i = 0; i < _hidden; i++) diagonal[i] = matrix[(i * _hidden) + i];
            Spread(_names.RecurrentDiagonal[gate], diagonal, absolute: gate != _paths.Candidate);
        }

        _writer.AddVector(_names.Eigenvalues[_paths.Candidate], EigenvalueModuli(_network.Recurrent[layer][_paths.Candidate]));
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
        for (var gate = 0; gate < Gates; gate++)
        {
            var matrix = _network.Input[layer][gate];
            _writer.AddVector(_names.InputSingular[gate], _singular[(Gates * (_network.Spec.Layers + layer - 1)) + gate]);
            Spread(_names.Input[gate], matrix, absolute: true);
        }
    }

    void Grams(double[][] driven)
    {
        for (var gate = 0; gate < Gates; gate++)
            _writer.AddDirection(_names.Gram[gate], TransposedTimes(driven[gate], driven[gate]), _lines, _lines, upper: true);
        for (var a = 0; a < Gates; a++)
        {
            for (var b = a + 1; b < Gates; b++)
            {
                if (a == _paths.Candidate || b == _paths.Candidate) continue;
                var name = $"{_names.Gram[a]}{_network.Spec.Cell.Gates[b]}";
                _writer.AddDirection(name, TransposedTimes(driven[a], driven[b]), _lines, _lines);
            }
        }
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
    /// What a line does to an output through this layer: at once, held for one step, and once around the recurrence.
    /// </summary>
    void Paths(int layer, double[] candidate, double[] target)
    {
        var outputs = _network.Spec.Outputs;
        var taken = Share(_paths.Taken, layer);
        var opened = Scaled(candidate, _lines, taken);
        var around = GateWeights.Multiply(_network.Recurrent[layer][_paths.Candidate], opened, _hidden, _hidden, _lines);
        if (_paths.Around is { } factor) around = Scaled(around, _lines, Share(factor, layer));
        around = Scaled(around, _lines, taken);
        _writer.AddDirection("path_candidate", GateWeights.Multiply(target, candidate, outputs, _hidden, _lines), outputs, _lines);
        if (_paths.Held is { } share)
        {
            var held = Scaled(opened, _lines, Share(share, layer));
            _writer.AddDirection("path_held", GateWeights.Multiply(target, held, outputs, _hidden, _lines), outputs, _lines);
        }

        _writer.AddDirection("path_recurrent", GateWeights.Multiply(target, around, outputs, _hidden, _lines), outputs, _lines);
        for (var apart = 0; apart < _network.ApartBias[layer].Length; apart++)
        {
            _writer.AddDirection(
                _names.ApartPath[apart], GateWeights.Multiply(target, _network.ApartBias[layer][apart], outputs, _hidden, 1), outputs, 1);
        }
    }

    void Output(double[] source)
    {
        var outputs = _network.Spec.Outputs;
        _writer.AddDirection("path", GateWeights.Multiply(_network.Output, source, outputs, _hidden, _lines), outputs, _lines);
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

    /// <summary>Column names of a cell, made once.</summary>
    sealed class Names
    {
        static readonly ConcurrentDictionary<RecurrentCell, Names> s_known = new();
        readonly string[][] _lines;
        readonly string[] _constants;

        Names(RecurrentCell cell)
        {
            string[] Each(Func<string, string> name) => [.. cell.Gates.Select(name)];
            string[] apart = [.. cell.Gates.Skip(cell.Gates.Count - cell.Apart)];
            _lines = [.. cell.Gates.Select(gate => Enumerable.Range(0, 32).Select(line => $"w_i{gate}.line{line}").ToArray())];
            _constants = Each(gate => $"w_i{gate}.constant");
            (Recurrent, Input) = (Each(gate => $"w_h{gate}.absolute"), Each(gate => $"w_i{gate}.absolute"));
            (RecurrentSingular, InputSingular) = (Each(gate => $"w_h{gate}.singular"), Each(gate => $"w_i{gate}.singular"));
            (RecurrentDiagonal, Eigenvalues) = (Each(gate => $"w_h{gate}.diagonal"), Each(gate => $"w_h{gate}.eigenvalue_modulus"));
            Gram = Each(gate => $"gram_{gate}");
            (ApartBias, ApartPath) = ([.. apart.Select(gate => $"b_h{gate}")], [.. apart.Select(gate => $"path_b_h{gate}")]);
        }

        internal string[] Recurrent { get; }

        internal string[] RecurrentSingular { get; }

        internal string[] RecurrentDiagonal { get; }

        internal string[] Eigenvalues { get; }

        internal string[] Input { get; }

        internal string[] InputSingular { get; }

        internal string[] Gram { get; }

        internal string[] ApartBias { get; }

        internal string[] ApartPath { get; }

        internal static Names Of(RecurrentCell cell) => s_known.GetOrAdd(cell, key => new Names(key));

        internal string Line(int gate, int line, int lines) => line == lines - 1 ? _constants[gate] : _lines[gate][line];
    }
}

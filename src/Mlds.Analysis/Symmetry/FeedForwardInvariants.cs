using Mlds.Analysis.LinearAlgebra;
using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// Numbers of a feed-forward network that no symmetry changes: neither permutations of channels and hidden units, nor positive scales
/// (ReLU), nor signs (tanh).
/// </summary>
/// <remarks>
/// They are taken of the normal form, which no scale changes (<see cref="UnitGroup.Normalize"/>), and of paths: a unit's <em>drive</em> is
/// what each input line and the constant do to it, D = M_k … M_1, and its <em>reach</em> the energy that gets from it to the outputs,
/// t = Q_Kᵀ … Q_k+1ᵀ 1. M is a layer's matrix of units × units below, the taps of a kernel and the pixels of a channel summed; in Q their
/// squares are. Input lines are the taps of the first convolution's kernels, channel by channel, or the inputs of the first linear layer,
/// if there are at most <see cref="MostLines"/>, else their sum. They and the classes are no symmetry. Drives times reach say what a unit
/// counts for; over units they are only spread (quantiles, mean, standard deviation), summed or sorted. Where units may have signs, only
/// absolute values and products of two are taken.
/// </remarks>
sealed class FeedForwardInvariants
{
    /// <summary>More lines would give a Gram matrix of more numbers than networks have weights.</summary>
    const int MostLines = 80;

    /// <summary>Below this a sum of squares is taken for it, so that dead units give finite logarithms.</summary>
    const double Least = 1e-12;

    readonly Stage[] _stages;
    readonly InvariantWriter _writer;

    FeedForwardInvariants(MergedLayout layout, double[] numbers, InvariantWriter writer)
    {
        _writer = writer;
        var weights = layout.Tensors.Where(tensor => !tensor.IsBias).ToArray();
        var biases = layout.Tensors.Where(tensor => tensor.IsBias).ToArray();
        _stages = new Stage[weights.Length];
        for (var k = 0; k < weights.Length; k++)
        {
            var below = k == 0 ? weights[k].Columns <= MostLines ? weights[k].Columns : 1 : weights[k - 1].Rows;
            _stages[k] = new Stage(
                weights[k],
                below,
                numbers.AsSpan(weights[k].Offset, weights[k].Length).ToArray(),
                numbers.AsSpan(biases[k].Offset, biases[k].Length).ToArray(),
                k < layout.Groups.Count && layout.Groups[k].HasSigns);
        }
    }

    /// <summary>Writes all invariants of one network, always in the same order.</summary>
    /// <param name="layout">Of a network whose layers follow one another: a weight and a bias each, in order.</param>
    internal static void Write(MergedLayout layout, ReadOnlySpan<float> weights, InvariantWriter writer) =>
        new FeedForwardInvariants(layout, layout.Read(weights), writer).Write();

    int Outputs => _stages[^1].Rows;

    int Lines => _stages[0].Below + 1;

    void Write()
    {
        var (targets, reach) = FromOutputs();
        var source = new double[_stages[0].Below * Lines];
        for (var line = 0; line < _stages[0].Below; line++) source[(line * Lines) + line] = 1;
        double[] energy = [.. Enumerable.Repeat(1.0, _stages[0].Below)];
        for (var k = 0; k < _stages.Length; k++)
        {
            var stage = _stages[k];
            _writer.Layer = $"{stage.Name}.";
            var drive = stage.Times(source, Lines);
            energy = stage.Squares(energy);
            Matrix(stage);
            _writer.AddDirection("path", GateWeights.Multiply(targets[k], drive, Outputs, stage.Rows, Lines), Outputs, Lines);
            _writer.AddDirection("path_bias", GateWeights.Multiply(targets[k], stage.Bias, Outputs, stage.Rows, 1), Outputs, 1);
            if (k + 1 < _stages.Length) Units(stage, drive, energy, reach[k]);
            source = drive;
        }

        Output(_stages[^1], energy);
    }

    /// <summary>For every layer what its units do to each output, outputs × units, and their reach.</summary>
    (double[][] Targets, double[][] Reach) FromOutputs()
    {
        var (targets, reach) = (new double[_stages.Length][], new double[_stages.Length][]);
        targets[^1] = new double[Outputs * Outputs];
        for (var output = 0; output < Outputs; output++) targets[^1][(output * Outputs) + output] = 1;
        reach[^1] = [.. Enumerable.Repeat(1.0, Outputs)];
        for (var k = _stages.Length - 1; k > 0; k--)
        {
            targets[k - 1] = GateWeights.Multiply(targets[k], _stages[k].Sums, Outputs, _stages[k].Rows, _stages[k].Below);
            reach[k - 1] = GateWeights.Multiply(reach[k], _stages[k].Energies, 1, _stages[k].Rows, _stages[k].Below);
        }

        return (targets, reach);
    }

    /// <summary>Of the layer's weights alone: their spread, and the singular values of weight and bias together.</summary>
    void Matrix(Stage stage)
    {
        _writer.AddSpread("weight.absolute", Array.ConvertAll(stage.Weight, Math.Abs));
        _writer.AddSpread("bias", stage.HasSigns ? Array.ConvertAll(stage.Bias, Math.Abs) : [.. stage.Bias]);
        var (columns, joined) = (stage.Columns + 1, new double[stage.Rows * (stage.Columns + 1)]);
        for (var row = 0; row < stage.Rows; row++)
        {
            stage.Weight.AsSpan(row * stage.Columns, stage.Columns).CopyTo(joined.AsSpan(row * columns));
            joined[(row * columns) + stage.Columns] = stage.Bias[row];
        }

        _writer.AddVector("singular", SingularValues.Of(joined, stage.Rows, columns));
    }

    /// <summary>Of the layer's units: what each counts for, and by which lines.</summary>
    void Units(Stage stage, double[] drive, double[] energy, double[] reach)
    {
        var (counts, column) = (new double[stage.Rows], new double[stage.Rows]);
        for (var unit = 0; unit < stage.Rows; unit++) counts[unit] = Math.Log(Math.Max(energy[unit] * reach[unit], Least));
        counts.AsSpan().Sort((a, b) => b.CompareTo(a));
        _writer.AddVector("through", counts);

        var counted = new double[drive.Length];
        for (var i = 0; i < drive.Length; i++) counted[i] = drive[i] * Math.Sqrt(reach[i / Lines]);
        for (var line = 0; line < Lines; line++)
        {
            for (var unit = 0; unit < stage.Rows; unit++)
            {
                var value = counted[(unit * Lines) + line];
                column[unit] = stage.HasSigns ? Math.Abs(value) : value;
            }

            _writer.AddSpread(line + 1 < Lines ? $"line{line}" : "constant", column);
        }

        var gram = new double[Lines * Lines];
        for (var unit = 0; unit < stage.Rows; unit++)
        {
            var row = counted.AsSpan(unit * Lines, Lines);
            for (var i = 0; i < Lines; i++) Products.AddScaled(gram.AsSpan(i * Lines, Lines), row[i], row);
        }

        _writer.AddDirection("gram", gram, Lines, Lines, upper: true);
    }

    /// <summary>Of the last layer, whose rows are the classes.</summary>
    void Output(Stage stage, double[] energy)
    {
        _writer.Layer = "output.";
        var gram = new double[stage.Rows * stage.Rows];
        for (var i = 0; i < stage.Rows; i++)
        {
            var row = stage.Weight.AsSpan(i * stage.Columns, stage.Columns);
            for (var j = 0; j < stage.Rows; j++)
                gram[(i * stage.Rows) + j] = Products.Dot(row, stage.Weight.AsSpan(j * stage.Columns, stage.Columns));
            _writer.AddSpread($"class{i}.absolute", Array.ConvertAll(row.ToArray(), Math.Abs));
        }

        _writer.AddDirection("gram", gram, stage.Rows, stage.Rows, upper: true);
        _writer.AddVector("bias", stage.Bias);
        _writer.AddVector("energy", Array.ConvertAll(energy, value => Math.Log(Math.Max(value, Least))));
    }

    /// <summary>A layer with weights, in normal form: rows × below × whatever belongs to one unit below.</summary>
    sealed class Stage
    {
        internal Stage(WeightTensor tensor, int below, double[] weight, double[] bias, bool hasSigns)
        {
            Name = tensor.Name.EndsWith(".weight", StringComparison.Ordinal) ? tensor.Name[..^".weight".Length] : tensor.Name;
            (Rows, Columns, Below, Weight, Bias, HasSigns) = (tensor.Rows, tensor.Columns, below, weight, bias, hasSigns);
            (Sums, Energies) = (new double[Rows * below], new double[Rows * below]);
            var inner = Columns / below;
            for (var i = 0; i < Sums.Length; i++)
            {
                for (var j = 0; j < inner; j++)
                {
                    var value = weight[(i * inner) + j];
                    (Sums[i], Energies[i]) = (Sums[i] + value, Energies[i] + (value * value));
                }
            }
        }

        internal string Name { get; }

        internal int Rows { get; }

        internal int Columns { get; }

        /// <summary>Units below; of the first layer, input lines.</summary>
        internal int Below { get; }

        internal double[] Weight { get; }

        internal double[] Bias { get; }

        /// <summary>Whether its units may take signs.</summary>
        internal bool HasSigns { get; }

        /// <summary>M, rows × below.</summary>
        internal double[] Sums { get; }

        /// <summary>Q, rows × below.</summary>
        internal double[] Energies { get; }

        /// <summary>M S + [0 | bias].</summary>
        internal double[] Times(double[] source, int lines)
        {
            var product = GateWeights.Multiply(Sums, source, Rows, Below, lines);
            for (var row = 0; row < Rows; row++) product[(row * lines) + lines - 1] += Bias[row];
            return product;
        }

        /// <summary>Q e + bias².</summary>
        internal double[] Squares(double[] energy)
        {
            var product = GateWeights.Multiply(Energies, energy, Rows, Below, 1);
            for (var row = 0; row < Rows; row++) product[row] += Bias[row] * Bias[row];
            return product;
        }
    }
}

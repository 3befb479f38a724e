using System.Numerics;
using Mlds.Kernels.Elementary;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Analysis.Extraction;

/// <summary>
/// A recurrent network taken one command at a time from any state, which the training kernels, made for whole sequences, can't do. The
/// states are the kernels' to the bit: sums in their order, then the cell's own equations. Outputs are only read as 0 or 1 here.
/// </summary>
/// <remarks>
/// A state is, layer after layer, the H numbers h and then the cell's memory (<see cref="RecurrentCell.Memory"/> times H); the start is
/// all 0. Not thread-safe.
/// </remarks>
sealed class NetworkStepper
{
    readonly RecurrentSpec _spec;
    readonly RecurrentShape _shape;
    readonly int _width; // B·H, rounded up to whole vectors; what a sum doesn't get is 0
    readonly float[][] _input; // [layer]: inputs × width, what each input adds to the sums
    readonly float[][] _recurrent; // [layer]: H × width
    readonly float[][] _bias; // [layer]: width, what the sums begin with
    readonly (float[] Weight, float[] Bias)[] _linear;
    readonly float[] _sums;
    readonly float[] _wide;
    readonly float[] _next;

    internal NetworkStepper(WeightLayout layout, ReadOnlySpan<float> weights)
    {
        _spec = layout.Recurrent;
        _shape = _spec.Shape;
        _width = ((_spec.Cell.Sums * _spec.Hidden) + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        (_input, _recurrent, _bias) = (new float[_spec.Layers][], new float[_spec.Layers][], new float[_spec.Layers][]);
        for (var layer = 0; layer < _spec.Layers; layer++)
        {
            _input[layer] = Added(layout.WeightIh(layer), weights, apart: 0);
            _recurrent[layer] = Added(layout.WeightHh(layer), weights, _shape.GateRows - _shape.JointRows);
            _bias[layer] = Added(layout.BiasIh(layer), weights, apart: 0);
            var recurrent = Added(layout.BiasHh(layer), weights, _shape.GateRows - _shape.JointRows);
            for (var i = 0; i < _width; i++) _bias[layer][i] += recurrent[i];
        }

        _linear = new (float[], float[])[_spec.Linear.Count];
        for (var layer = 0; layer < _linear.Length; layer++)
            _linear[layer] = (Slice(layout.LinearWeight(layer), weights), Slice(layout.LinearBias(layer), weights));
        _sums = new float[Math.Max(_width, _spec.Cell.Numbers * _spec.Hidden)];
        var widest = Math.Max(_spec.Hidden, _spec.Linear.Max());
        (_wide, _next) = (new float[widest], new float[widest]);
    }

    /// <summary>Null where networks can be taken step by step; else a sentence that says why not.</summary>
    internal static string? AppliesTo(NetworkSpec spec) =>
        spec is RecurrentSpec ? null : $"Only recurrent networks go from state to state; these have {spec.Description}.";

    /// <summary>How many numbers a state has, L × (1 + Memory) × H.</summary>
    internal int StateSize => _spec.Layers * LayerSize;

    int LayerSize => (1 + _spec.Cell.Memory) * _spec.Hidden;

    /// <summary>
    /// The state <paramref name="after"/> the input lines <paramref name="input"/> (bit i is line i) in state <paramref name="before"/>.
    /// </summary>
    internal void Step(ReadOnlySpan<float> before, uint input, Span<float> after)
    {
        var (h, size) = (_spec.Hidden, LayerSize);
        var sums = _sums.AsSpan(0, _width);
        for (var layer = 0; layer < _spec.Layers; layer++)
        {
            _bias[layer].CopyTo(_sums, 0);
            var inputs = _shape.InputsOf(layer);
            for (var i = 0; i < inputs; i++)
            {
                var x = layer == 0 ? (input >> i) & 1 : after[((layer - 1) * size) + i];
                if (x != 0) AddScaled(sums, x, _input[layer].AsSpan(i * _width, _width));
            }

            for (var i = 0; i < h; i++)
            {
                var x = before[(layer * size) + i];
                if (x != 0) AddScaled(sums, x, _recurrent[layer].AsSpan(i * _width, _width));
            }

            _spec.Cell.Forward(_sums.AsSpan(0, _spec.Cell.Numbers * h), before.Slice(layer * size, size), after.Slice(layer * size, size));
        }
    }

    /// <summary>The output lines in a state: line k is 1 where output k is at least ½.</summary>
    internal uint Read(ReadOnlySpan<float> state)
    {
        state.Slice(state.Length - LayerSize, _spec.Hidden).CopyTo(_wide);
        var width = _spec.Hidden;
        for (var layer = 0; layer < _linear.Length; layer++)
        {
            var (weight, bias) = _linear[layer];
            for (var k = 0; k < bias.Length; k++)
            {
                var sum = bias[k];
                for (var i = 0; i < width; i++) sum += weight[(k * width) + i] * _wide[i];
                _next[k] = layer == _linear.Length - 1 ? sum : Between(sum);
            }

            width = bias.Length;
            _next.AsSpan(0, width).CopyTo(_wide);
        }

        var lines = 0u;
        for (var k = 0; k < width; k++)
            if (_wide[k] >= 0.5f) lines |= 1u << k;
        return lines;
    }

    float Between(float x) => _spec.Activation switch { Activation.Relu => Math.Max(0, x), Activation.Tanh => Activations.Tanh(x), _ => x };

    static float[] Slice(WeightTensor tensor, ReadOnlySpan<float> weights) => weights.Slice(tensor.Offset, tensor.Length).ToArray();

    /// <summary>
    /// A tensor's columns, each as the <c>width</c> numbers that it adds to the sums; the last rows go to the sums kept apart.
    /// </summary>
    /// <param name="apart">How many rows these are.</param>
    float[] Added(WeightTensor tensor, ReadOnlySpan<float> weights, int apart)
    {
        var (rows, columns, joint) = (tensor.Rows, tensor.Columns, tensor.Rows - apart);
        var added = new float[columns * _width];
        for (var row = 0; row < rows; row++)
        {
            var at = row < joint ? row : row + apart;
            for (var j = 0; j < columns; j++) added[(j * _width) + at] = weights[tensor.Offset + (row * columns) + j];
        }

        return added;
    }

    /// <summary>to += factor · from, each a fused multiply-add as in training; whole vectors.</summary>
    static void AddScaled(Span<float> to, float factor, ReadOnlySpan<float> from)
    {
        var wide = new Vector<float>(factor);
        for (var i = 0; i < to.Length; i += Vector<float>.Count)
            Vector.FusedMultiplyAdd(wide, new Vector<float>(from[i..]), new Vector<float>(to[i..])).CopyTo(to[i..]);
    }
}

using System.Numerics;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Analysis.Extraction;

/// <summary>
/// A network taken one command at a time from any hidden state, which the training kernels, made for whole sequences, can't do. The same equations in float32, but not
/// the same bits: outputs are only read as 0 or 1 here.
/// </summary>
/// <remarks>A state is the L × H numbers h, layer after layer; the start is all 0. Not thread-safe.</remarks>
sealed class NetworkStepper
{
    readonly RecurrentSpec _spec;
    readonly float[][] _input; // [layer]: inputs × 3H, the transpose of W_i
    readonly float[][] _recurrent; // [layer]: H × 3H
    readonly float[][] _bias; // [layer]: 3H; r and z with both biases
    readonly float[][] _recurrentBias; // [layer]: H; b_hn
    readonly (float[] Weight, float[] Bias)[] _linear;
    readonly float[] _gates;
    readonly float[] _candidate;
    readonly float[] _wide;
    readonly float[] _next;

    internal NetworkStepper(WeightLayout layout, ReadOnlySpan<float> weights)
    {
        _spec = layout.Recurrent;
        var h = _spec.Hidden;
        (_input, _recurrent) = (new float[_spec.Layers][], new float[_spec.Layers][]);
        (_bias, _recurrentBias) = (new float[_spec.Layers][], new float[_spec.Layers][]);
        for (var layer = 0; layer < _spec.Layers; layer++)
        {
            _input[layer] = Transposed(layout.WeightIh(layer), weights);
            _recurrent[layer] = Transposed(layout.WeightHh(layer), weights);
            _bias[layer] = weights.Slice(layout.BiasIh(layer).Offset, 3 * h).ToArray();
            var second = weights.Slice(layout.BiasHh(layer).Offset, 3 * h);
            for (var i = 0; i < 2 * h; i++) _bias[layer][i] += second[i];
            _recurrentBias[layer] = second[(2 * h)..].ToArray();
        }

        _linear = new (float[], float[])[_spec.Linear.Count];
        for (var layer = 0; layer < _linear.Length; layer++)
        {
            _linear[layer] = (
                weights.Slice(layout.LinearWeight(layer).Offset, layout.LinearWeight(layer).Length).ToArray(), weights.Slice(layout.LinearBias(layer).Offset, layout.LinearBias(layer).Length).ToArray());
        }

        _gates = new float[3 * h];
        _candidate = new float[h];
        var widest = Math.Max(h, _spec.Linear.Max());
        (_wide, _next) = (new float[widest], new float[widest]);
    }

    /// <summary>Numbers of a state, L × H.</summary>
    internal int StateSize => _spec.Layers * _spec.Hidden;

    /// <summary>The state <paramref name="after"/> the input lines <paramref name="input"/> (bit i is line i) in state <paramref name="before"/>.</summary>
    internal void Step(ReadOnlySpan<float> before, uint input, Span<float> after)
    {
        var h = _spec.Hidden;
        for (var layer = 0; layer < _spec.Layers; layer++)
        {
            _bias[layer].CopyTo(_gates, 0);
            _recurrentBias[layer].CopyTo(_candidate, 0);
            var inputs = layer == 0 ? _spec.Inputs : h;
            for (var i = 0; i < inputs; i++)
            {
                var x = layer == 0 ? (input >> i) & 1 : after[((layer - 1) * h) + i];
                if (x != 0) AddScaled(_gates, x, _input[layer].AsSpan(i * 3 * h, 3 * h));
            }

            for (var i = 0; i < h; i++)
            {
                var x = before[(layer * h) + i];
                if (x == 0) continue;
                var row = _recurrent[layer].AsSpan(i * 3 * h, 3 * h);
                AddScaled(_gates.AsSpan(0, 2 * h), x, row[..(2 * h)]);
                AddScaled(_candidate, x, row[(2 * h)..]);
            }

            for (var i = 0; i < h; i++)
            {
                var (r, z) = (Sigmoid(_gates[i]), Sigmoid(_gates[h + i]));
                var n = MathF.Tanh(_gates[(2 * h) + i] + (r * _candidate[i]));
                after[(layer * h) + i] = n + (z * (before[(layer * h) + i] - n));
            }
        }
    }

    /// <summary>The output lines in a state: line k is 1 where output k is at least ½.</summary>
    internal uint Read(ReadOnlySpan<float> state)
    {
        state[^_spec.Hidden..].CopyTo(_wide);
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

    float Between(float x) => _spec.Activation switch { Activation.Relu => Math.Max(0, x), Activation.Tanh => MathF.Tanh(x), _ => x };

    static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    static float[] Transposed(WeightTensor tensor, ReadOnlySpan<float> weights)
    {
        var transposed = new float[tensor.Length];
        for (var i = 0; i < tensor.Length; i++) transposed[(i % tensor.Columns * tensor.Rows) + (i / tensor.Columns)] = weights[tensor.Offset + i];
        return transposed;
    }

    static void AddScaled(Span<float> to, float factor, ReadOnlySpan<float> from)
    {
        var i = 0;
        var wide = new Vector<float>(factor);
        for (; i <= to.Length - Vector<float>.Count; i += Vector<float>.Count) (new Vector<float>(to[i..]) + (wide * new Vector<float>(from[i..]))).CopyTo(to[i..]);
        for (; i < to.Length; i++) to[i] += factor * from[i];
    }
}

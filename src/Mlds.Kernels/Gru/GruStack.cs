using Mlds.Kernels.Lanes;
using Mlds.Kernels.Linear;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Gru;

/// <summary>
/// Forward and backward through time of the GRU layers for one chunk of <see cref="LaneCount.Chunk"/> sequences, layer by layer.
/// Letters: T steps, L layers, H units, I inputs. docs/decisions/0001 §5 has the order of every sum.
/// </summary>
sealed unsafe class GruStack<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>Time steps whose deltas and inputs are turned into weight gradients while they are still in the first-level cache. No effect on bits.</summary>
    const int TimeBlock = 16;

    readonly NetworkShape _shape;
    readonly AlignedFloats _memory;
    readonly Layer[] _layers;
    readonly nint _input;
    readonly nint _carry;
    readonly nint _zeros;
    readonly int _block;
    readonly int _inputStride;
    readonly int _gateStride;
    readonly int _hiddenStride;

    public GruStack(NetworkShape shape, int steps, AlignedFloats memory)
    {
        (_shape, _memory) = (shape, memory);
        _inputStride = shape.Inputs * LaneCount.Chunk;
        _block = shape.Hidden * LaneCount.Chunk;
        _gateStride = TimeStride.Of(4 * shape.Hidden);
        _hiddenStride = TimeStride.Of(shape.Hidden);
        _input = memory.Reserve((long)steps * _inputStride);
        _layers = new Layer[shape.Layers];
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            _layers[layer] = new Layer(
                Gates: memory.Reserve((long)steps * _gateStride),
                Hidden: memory.Reserve((steps + 1L) * _hiddenStride),
                WeightIh: memory.Reserve(3L * shape.Hidden * shape.InputsOf(layer)),
                WeightIhTransposed: memory.Reserve(3L * shape.Hidden * shape.InputsOf(layer)),
                WeightHh: memory.Reserve(3L * shape.Hidden * shape.Hidden),
                WeightHhTransposed: memory.Reserve(3L * shape.Hidden * shape.Hidden),
                Bias: memory.Reserve(4L * shape.Hidden));
        }

        _carry = memory.Reserve(_block);
        _zeros = memory.Reserve(shape.Hidden);
    }

    /// <summary>Offsets of one layer's arrays.</summary>
    /// <param name="Gates">[T][4H][chunk]: r, z, n, hn; in backward their gradients. As far apart as <see cref="TimeStride"/> says, like h.</param>
    /// <param name="Hidden">[T + 1][H][chunk]: h before the first step (0), then after each.</param>
    /// <param name="Bias">[4H]: b_ir + b_hr, b_iz + b_hz, b_in, b_hn.</param>
    sealed record Layer(nint Gates, nint Hidden, nint WeightIh, nint WeightIhTransposed, nint WeightHh, nint WeightHhTransposed, nint Bias);

    /// <summary>The network's inputs, [T][I][chunk]; filled by the caller.</summary>
    public float* Input => _memory.At(_input);

    /// <summary>h of the last layer after step 0, 1, …: [T][H][chunk], <see cref="TimeStride"/> apart.</summary>
    public float* Top => _memory.At(_layers[^1].Hidden) + _hiddenStride;

    /// <summary>Takes the GRU's weights out of a weight vector, straight and transposed.</summary>
    public void Pack(float* weights)
    {
        var h = _shape.Hidden;
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var to = _layers[layer];
            Transpose.CopyBoth(weights + _shape.WeightIh(layer), 3 * h, _shape.InputsOf(layer), _memory.At(to.WeightIh), _memory.At(to.WeightIhTransposed));
            Transpose.CopyBoth(weights + _shape.WeightHh(layer), 3 * h, h, _memory.At(to.WeightHh), _memory.At(to.WeightHhTransposed));
            var ih = weights + _shape.BiasIh(layer);
            var hh = weights + _shape.BiasHh(layer);
            var bias = _memory.At(to.Bias);
            for (var i = 0; i < 2 * h; i++) bias[i] = ih[i] + hh[i];
            for (var i = 2 * h; i < 3 * h; i++) (bias[i], bias[i + h]) = (ih[i], hh[i]);
        }
    }

    /// <summary>Steps 0 … <paramref name="steps"/> − 1 of new sequences.</summary>
    public void Forward(int steps) => Forward(steps, hasPast: false);

    /// <summary>The next <paramref name="steps"/> steps of the same sequences, after a forward of <paramref name="done"/> steps; they take its place.</summary>
    public void ForwardOn(int done, int steps)
    {
        foreach (var layer in _layers)
        {
            var hidden = _memory.At(layer.Hidden);
            new Span<float>(hidden + ((nint)done * _hiddenStride), _block).CopyTo(new Span<float>(hidden, _block));
        }

        Forward(steps, hasPast: true);
    }

    /// <summary>Makes h before the first step 0 again; due after <see cref="ForwardOn"/> and before new sequences.</summary>
    public void Rewind()
    {
        foreach (var layer in _layers) new Span<float>(_memory.At(layer.Hidden), _block).Clear();
    }

    void Forward(int steps, bool hasPast)
    {
        var h = _shape.Hidden;
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var here = _layers[layer];
            var gates = _memory.At(here.Gates);
            var hidden = _memory.At(here.Hidden);
            var bias = _memory.At(here.Bias);
            var ih = _memory.At(here.WeightIhTransposed);
            var hh = _memory.At(here.WeightHhTransposed);
            var input = InputOf(layer, out var inputStride, out var inputs);
            for (var t = 0; t < steps; t++)
            {
                // h before the first step is 0: its terms are left out.
                var recurrent = t == 0 && !hasPast ? 0 : h;
                Product<TLanes, TVector>.Multiply(new Factor(ih, 3 * h, input, inputs), new Factor(hh, 3 * h, hidden, recurrent), bias, 2 * h, gates);
                Product<TLanes, TVector>.Multiply(new Factor(ih + (2 * h), 3 * h, input, inputs), default, bias + (2 * h), h, gates + (2 * _block));
                Product<TLanes, TVector>.Multiply(new Factor(hh + (2 * h), 3 * h, hidden, recurrent), default, bias + (3 * h), h, gates + (3 * _block));
                Gates<TLanes, TVector>.Forward(gates, hidden, h, hidden + _hiddenStride);
                gates += _gateStride;
                hidden += _hiddenStride;
                input += inputStride;
            }
        }
    }

    /// <param name="steps">T.</param>
    /// <param name="above">[T][H][chunk], <see cref="TimeStride"/> apart: in, the gradient of the last layer's h; used up.</param>
    /// <param name="sums">Lane sums of the gradient, 16 a parameter, at the parameters' own offsets.</param>
    /// <param name="fresh">Start the sums at zero: the first chunk of a batch.</param>
    public void Backward(int steps, float* above, float* sums, bool fresh)
    {
        for (var layer = _layers.Length - 1; layer >= 0; layer--)
        {
            new Span<float>(_memory.At(_carry), _block).Clear();
            if (fresh) new Span<float>(sums + ((nint)_shape.BiasIh(layer) * LaneCount.Virtual), 6 * _shape.Hidden * LaneCount.Virtual).Clear();
            for (var last = steps - 1; last >= 0; last -= TimeBlock)
            {
                var first = Math.Max(0, last - TimeBlock + 1);
                BackwardThroughTime(layer, first, last, above, sums);
                AccumulateWeights(layer, first, last, sums, fresh && last == steps - 1);
            }
        }
    }

    /// <summary>Sums of the biases stand once, at bias_ih; bias_hh has the same gradient for r and z.</summary>
    public void CopyMergedBiases(float* gradient)
    {
        for (var layer = 0; layer < _layers.Length; layer++)
            new Span<float>(gradient + _shape.BiasIh(layer), 2 * _shape.Hidden).CopyTo(new Span<float>(gradient + _shape.BiasHh(layer), 2 * _shape.Hidden));
    }

    void BackwardThroughTime(int layer, int first, int last, float* above, float* sums)
    {
        var h = _shape.Hidden;
        var here = _layers[layer];
        var ih = _memory.At(here.WeightIh);
        var hh = _memory.At(here.WeightHh);
        var carry = _memory.At(_carry);
        var inputs = _shape.InputsOf(layer);
        var biasSums = sums + ((nint)_shape.BiasIh(layer) * LaneCount.Virtual);
        var hiddenBiasSums = sums + ((nint)(_shape.BiasHh(layer) + (2 * h)) * LaneCount.Virtual);
        for (var t = last; t >= first; t--)
        {
            var gates = _memory.At(here.Gates) + ((nint)t * _gateStride);
            var dh = above + ((nint)t * _hiddenStride);
            Gates<TLanes, TVector>.Backward(gates, _memory.At(here.Hidden) + ((nint)t * _hiddenStride), dh, carry, h, biasSums, hiddenBiasSums);
            if (t > 0)
            {
                var resetAndUpdate = new Factor(hh, h, gates, 2 * h);
                var candidate = new Factor(hh + (2 * h * h), h, gates + (3 * _block), h);
                Product<TLanes, TVector>.Multiply(resetAndUpdate, candidate, null, h, carry);
            }

            if (layer > 0) Product<TLanes, TVector>.Multiply(new Factor(ih, inputs, gates, 3 * h), default, _memory.At(_zeros), inputs, dh);
        }
    }

    void AccumulateWeights(int layer, int first, int last, float* sums, bool fresh)
    {
        var h = _shape.Hidden;
        var here = _layers[layer];
        var deltas = _memory.At(here.Gates) + ((nint)last * _gateStride);
        var input = InputOf(layer, out var inputStride, out var inputs);
        var sweep = new Sweep(_gateStride, inputStride, last - first + 1);
        float* Sums(int offset) => sums + ((nint)offset * LaneCount.Virtual);

        OuterProduct<TLanes, TVector>.Accumulate(sweep, deltas, 3 * h, input + ((nint)last * inputStride), inputs, Sums(_shape.WeightIh(layer)), fresh);

        // h before the first step is 0 and adds nothing.
        var recurrent = new Sweep(_gateStride, _hiddenStride, last - Math.Max(first, 1) + 1);
        var hidden = _memory.At(here.Hidden) + ((nint)last * _hiddenStride);
        OuterProduct<TLanes, TVector>.Accumulate(recurrent, deltas, 2 * h, hidden, h, Sums(_shape.WeightHh(layer)), fresh);
        OuterProduct<TLanes, TVector>.Accumulate(recurrent, deltas + (3 * _block), h, hidden, h, Sums(_shape.WeightHh(layer) + (2 * h * h)), fresh);
    }

    float* InputOf(int layer, out int stride, out int count)
    {
        (stride, count) = layer == 0 ? (_inputStride, _shape.Inputs) : (_hiddenStride, _shape.Hidden);
        return layer == 0 ? Input : _memory.At(_layers[layer - 1].Hidden) + _hiddenStride;
    }
}

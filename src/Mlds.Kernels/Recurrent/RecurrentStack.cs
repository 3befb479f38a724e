using Mlds.Kernels.Lanes;
using Mlds.Kernels.Linear;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Recurrent;

/// <summary>
/// Forward and backward through time of the recurrent layers for one chunk of <see cref="LaneCount.Chunk"/> sequences, layer by layer.
/// Letters: T steps, L layers, H units, I inputs, G gates, B sums per unit. docs/decisions/0001 §5 has the order of every sum.
/// </summary>
sealed unsafe class RecurrentStack<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>
    /// Time steps whose deltas and inputs are turned into weight gradients while they are still in the first-level cache. No effect on
    /// bits.
    /// </summary>
    const int TimeBlock = 16;

    readonly RecurrentShape _shape;
    readonly VectorCell<TLanes, TVector> _cell;
    readonly AlignedFloats _memory;
    readonly Layer[] _layers;
    readonly nint _input;

    /// <summary>Gradient of a layer's states, h before the memory.</summary>
    readonly nint _carry;
    readonly nint _zeros;
    readonly int _block;
    readonly int _inputStride;
    readonly int _sumStride;
    readonly int _hiddenStride;
    readonly int _memoryStride;

    public RecurrentStack(RecurrentShape shape, int steps, AlignedFloats memory)
    {
        (_shape, _cell, _memory) = (shape, shape.Cell.Vectors<TLanes, TVector>(), memory);
        _inputStride = shape.Inputs * LaneCount.Chunk;
        _block = shape.Hidden * LaneCount.Chunk;
        _sumStride = TimeStride.Of(shape.Cell.Numbers * shape.Hidden);
        _memoryStride = shape.Cell.Memory == 0 ? 0 : TimeStride.Of(shape.Cell.Memory * shape.Hidden);
        _hiddenStride = TimeStride.Of(shape.Hidden);
        _input = memory.Reserve((long)steps * _inputStride);
        _layers = new Layer[shape.Layers];
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            _layers[layer] = new Layer(
                Sums: memory.Reserve((long)steps * _sumStride),
                Hidden: memory.Reserve((steps + 1L) * _hiddenStride),
                Memory: memory.Reserve((steps + 1L) * _memoryStride),
                WeightIh: memory.Reserve((long)shape.GateRows * shape.InputsOf(layer)),
                WeightIhTransposed: memory.Reserve((long)shape.GateRows * shape.InputsOf(layer)),
                WeightHh: memory.Reserve((long)shape.GateRows * shape.Hidden),
                WeightHhTransposed: memory.Reserve((long)shape.GateRows * shape.Hidden),
                Bias: memory.Reserve((long)shape.Cell.Sums * shape.Hidden));
        }

        _carry = memory.Reserve((1L + shape.Cell.Memory) * _block);
        _zeros = memory.Reserve(shape.Hidden);
    }

    /// <summary>Offsets of one layer's arrays.</summary>
    /// <param name="Sums">[T][(B + kept)·H][chunk]: the cell's sums; in backward, their gradients. As far apart as
    /// <see cref="TimeStride"/> says, like h.</param>
    /// <param name="Hidden">[T + 1][H][chunk]: h before the first step (0), then after each.</param>
    /// <param name="Memory">The same of the cell's further states, if it has any.</param>
    /// <param name="Bias">[B·H]: b_ih + b_hh of joint sums, b_ih of the others, then their b_hh.</param>
    sealed record Layer(
        nint Sums, nint Hidden, nint Memory, nint WeightIh, nint WeightIhTransposed, nint WeightHh, nint WeightHhTransposed, nint Bias);

    /// <summary>The network's inputs, [T][I][chunk]; filled by the caller.</summary>
    public float* Input => _memory.At(_input);

    /// <summary>h of the last layer after step 0, 1, …: [T][H][chunk], <see cref="TimeStride"/> apart.</summary>
    public float* Top => _memory.At(_layers[^1].Hidden) + _hiddenStride;

    /// <summary>Takes the recurrent layers' weights out of a weight vector, straight and transposed.</summary>
    public void Pack(float* weights)
    {
        var (h, rows, joint) = (_shape.Hidden, _shape.GateRows, _shape.JointRows);
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var to = _layers[layer];
            Transpose.CopyBoth(
                weights + _shape.WeightIh(layer), rows, _shape.InputsOf(layer), _memory.At(to.WeightIh), _memory.At(to.WeightIhTransposed));
            Transpose.CopyBoth(weights + _shape.WeightHh(layer), rows, h, _memory.At(to.WeightHh), _memory.At(to.WeightHhTransposed));
            var ih = weights + _shape.BiasIh(layer);
            var hh = weights + _shape.BiasHh(layer);
            var bias = _memory.At(to.Bias);
            for (var i = 0; i < joint; i++) bias[i] = ih[i] + hh[i];
            for (var i = joint; i < rows; i++) (bias[i], bias[i + rows - joint]) = (ih[i], hh[i]);
        }
    }

    /// <summary>Steps 0 … <paramref name="steps"/> − 1 of new sequences.</summary>
    public void Forward(int steps) => Forward(steps, hasPast: false);

    /// <summary>
    /// The next <paramref name="steps"/> steps of the same sequences, after a forward of <paramref name="done"/> steps, whose states they
    /// overwrite.
    /// </summary>
    public void ForwardOn(int done, int steps)
    {
        foreach (var layer in _layers)
        {
            var hidden = _memory.At(layer.Hidden);
            new Span<float>(hidden + ((nint)done * _hiddenStride), _block).CopyTo(new Span<float>(hidden, _block));
            var memory = _memory.At(layer.Memory);
            var size = _shape.Cell.Memory * _block;
            new Span<float>(memory + ((nint)done * _memoryStride), size).CopyTo(new Span<float>(memory, size));
        }

        Forward(steps, hasPast: true);
    }

    /// <summary>Makes h before the first step 0 again; due after <see cref="ForwardOn"/> and before new sequences.</summary>
    public void Rewind()
    {
        foreach (var layer in _layers)
        {
            new Span<float>(_memory.At(layer.Hidden), _block).Clear();
            new Span<float>(_memory.At(layer.Memory), _shape.Cell.Memory * _block).Clear();
        }
    }

    void Forward(int steps, bool hasPast)
    {
        var (h, rows, joint) = (_shape.Hidden, _shape.GateRows, _shape.JointRows);
        var apart = rows - joint;
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var here = _layers[layer];
            var sums = _memory.At(here.Sums);
            var hidden = _memory.At(here.Hidden);
            var memory = _memory.At(here.Memory);
            var bias = _memory.At(here.Bias);
            var ih = _memory.At(here.WeightIhTransposed);
            var hh = _memory.At(here.WeightHhTransposed);
            var input = InputOf(layer, out var inputStride, out var inputs);
            for (var t = 0; t < steps; t++)
            {
                // h before the first step is 0: its terms are left out.
                var recurrent = t == 0 && !hasPast ? 0 : h;
                if (joint > 0)
                {
                    Product<TLanes, TVector>.Multiply(
                        new Factor(ih, rows, input, inputs), new Factor(hh, rows, hidden, recurrent), bias, joint, sums);
                }

                if (apart > 0)
                {
                    Product<TLanes, TVector>.Multiply(
                        new Factor(ih + joint, rows, input, inputs), default, bias + joint, apart, sums + (joint * LaneCount.Chunk));
                    Product<TLanes, TVector>.Multiply(
                        new Factor(hh + joint, rows, hidden, recurrent), default, bias + rows, apart, sums + (rows * LaneCount.Chunk));
                }

                var before = new CellStates(hidden, memory);
                hidden += _hiddenStride;
                memory += _memoryStride;
                _cell.Forward(sums, h, before, new CellStates(hidden, memory));
                sums += _sumStride;
                input += inputStride;
            }
        }
    }

    /// <param name="steps">T.</param>
    /// <param name="above">[T][H][chunk], <see cref="TimeStride"/> apart: in, the gradient of the last layer's h; used up.</param>
    /// <param name="sums">Lane sums of the gradient, 16 per parameter, at the parameters' own offsets.</param>
    /// <param name="fresh">Start the sums at zero: the first chunk of a batch.</param>
    public void Backward(int steps, float* above, float* sums, bool fresh)
    {
        for (var layer = _layers.Length - 1; layer >= 0; layer--)
        {
            new Span<float>(_memory.At(_carry), (1 + _shape.Cell.Memory) * _block).Clear();
            if (fresh)
                new Span<float>(sums + ((nint)_shape.BiasIh(layer) * LaneCount.Virtual), 2 * _shape.GateRows * LaneCount.Virtual).Clear();
            for (var last = steps - 1; last >= 0; last -= TimeBlock)
            {
                var first = Math.Max(0, last - TimeBlock + 1);
                BackwardThroughTime(layer, first, last, above, sums);
                AccumulateWeights(layer, first, last, sums, fresh && last == steps - 1);
            }
        }
    }

    /// <summary>The bias gradient of a joint sum is kept once, at bias_ih; bias_hh has the same gradient there.</summary>
    public void CopyMergedBiases(float* gradient)
    {
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            new Span<float>(gradient + _shape.BiasIh(layer), _shape.JointRows)
                .CopyTo(new Span<float>(gradient + _shape.BiasHh(layer), _shape.JointRows));
        }
    }

    void BackwardThroughTime(int layer, int first, int last, float* above, float* sums)
    {
        var (h, rows, joint) = (_shape.Hidden, _shape.GateRows, _shape.JointRows);
        var here = _layers[layer];
        var ih = _memory.At(here.WeightIh);
        var hh = _memory.At(here.WeightHh);
        var carry = new CellStates(_memory.At(_carry), _memory.At(_carry) + _block);
        var inputs = _shape.InputsOf(layer);
        var biasSums = sums + ((nint)_shape.BiasIh(layer) * LaneCount.Virtual);
        var apartSums = sums + ((nint)(_shape.BiasHh(layer) + joint) * LaneCount.Virtual);
        var deltas = _memory.At(here.Sums) + ((nint)last * _sumStride);
        var dh = above + ((nint)last * _hiddenStride);
        var hidden = _memory.At(here.Hidden) + ((nint)last * _hiddenStride);
        var memory = _memory.At(here.Memory) + ((nint)last * _memoryStride);
        for (var t = last; t >= first; t--)
        {
            var after = new CellStates(hidden + _hiddenStride, memory + _memoryStride);
            _cell.Backward(deltas, h, new CellStates(hidden, memory), after, dh, carry, biasSums, apartSums);
            if (t > 0)
            {
                var together = new Factor(hh, h, deltas, joint);
                var apart = new Factor(hh + (joint * h), h, deltas + (rows * LaneCount.Chunk), rows - joint);
                Product<TLanes, TVector>.Multiply(together, apart, null, h, carry.Hidden);
            }

            if (layer > 0) Product<TLanes, TVector>.Multiply(new Factor(ih, inputs, deltas, rows), default, _memory.At(_zeros), inputs, dh);
            deltas -= _sumStride;
            dh -= _hiddenStride;
            hidden -= _hiddenStride;
            memory -= _memoryStride;
        }
    }

    void AccumulateWeights(int layer, int first, int last, float* sums, bool fresh)
    {
        var (h, rows, joint) = (_shape.Hidden, _shape.GateRows, _shape.JointRows);
        var here = _layers[layer];
        var deltas = _memory.At(here.Sums) + ((nint)last * _sumStride);
        var input = InputOf(layer, out var inputStride, out var inputs);
        var sweep = new Sweep(_sumStride, inputStride, last - first + 1);
        float* Sums(int offset) => sums + ((nint)offset * LaneCount.Virtual);

        OuterProduct<TLanes, TVector>.Accumulate(
            sweep, deltas, rows, input + ((nint)last * inputStride), inputs, Sums(_shape.WeightIh(layer)), fresh);

        // h before the first step is 0 and adds nothing.
        var recurrent = new Sweep(_sumStride, _hiddenStride, last - Math.Max(first, 1) + 1);
        var hidden = _memory.At(here.Hidden) + ((nint)last * _hiddenStride);
        if (joint > 0)
            OuterProduct<TLanes, TVector>.Accumulate(recurrent, deltas, joint, hidden, h, Sums(_shape.WeightHh(layer)), fresh);
        if (rows > joint)
        {
            OuterProduct<TLanes, TVector>.Accumulate(
                recurrent, deltas + (rows * LaneCount.Chunk), rows - joint, hidden, h, Sums(_shape.WeightHh(layer) + (joint * h)), fresh);
        }
    }

    float* InputOf(int layer, out int stride, out int count)
    {
        (stride, count) = layer == 0 ? (_inputStride, _shape.Inputs) : (_hiddenStride, _shape.Hidden);
        return layer == 0 ? Input : _memory.At(_layers[layer - 1].Hidden) + _hiddenStride;
    }
}

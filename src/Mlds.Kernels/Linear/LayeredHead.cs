using Mlds.Kernels.Elementary;
using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Linear;

/// <summary>Linear layers with a ReLU or tanh between them (none after the last).</summary>
sealed unsafe class LayeredHead<TLanes, TVector> : LinearHead
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    readonly RecurrentShape _shape;
    readonly AlignedFloats _memory;
    readonly Layer[] _layers;
    readonly nint _zeros;

    public LayeredHead(RecurrentShape shape, int steps, AlignedFloats memory)
    {
        (_shape, _memory) = (shape, memory);
        _layers = new Layer[shape.Linear.Length];
        for (var k = 0; k < _layers.Length; k++)
        {
            var (rows, columns) = (shape.Linear[k], shape.LinearInputs(k));
            _layers[k] = new Layer(
                Weight: memory.Reserve((long)rows * columns),
                WeightTransposed: memory.Reserve((long)rows * columns),
                Bias: memory.Reserve(rows),
                Output: memory.Reserve((long)steps * rows * LaneCount.Chunk),
                Delta: memory.Reserve((long)steps * rows * LaneCount.Chunk),
                WeightSums: memory.Reserve((long)rows * columns * LaneCount.Virtual),
                BiasSums: memory.Reserve((long)rows * LaneCount.Virtual));
        }

        _zeros = memory.Reserve(Math.Max(shape.Hidden, shape.Linear.Max()));
    }

    /// <param name="Output">[T][rows][chunk], after the activation; not used for the last layer.</param>
    /// <param name="Delta">Its gradient before the activation; not used for the last layer.</param>
    sealed record Layer(nint Weight, nint WeightTransposed, nint Bias, nint Output, nint Delta, nint WeightSums, nint BiasSums);

    public override void Pack(float* weights)
    {
        for (var k = 0; k < _layers.Length; k++)
        {
            Transpose.CopyBoth(
                weights + _shape.LinearWeight(k), _shape.Linear[k], _shape.LinearInputs(k), _memory.At(_layers[k].Weight),
                _memory.At(_layers[k].WeightTransposed));
            new Span<float>(weights + _shape.LinearBias(k), _shape.Linear[k])
                .CopyTo(new Span<float>(_memory.At(_layers[k].Bias), _shape.Linear[k]));
        }
    }

    public override void Forward(float* hidden, int steps, float* outputs)
    {
        var input = hidden;
        for (var k = 0; k < _layers.Length; k++)
        {
            var (rows, columns) = (_shape.Linear[k], _shape.LinearInputs(k));
            var isLast = k == _layers.Length - 1;
            var output = isLast ? outputs : _memory.At(_layers[k].Output);
            var inputStride = k == 0 ? TimeStride.Of(columns) : columns * LaneCount.Chunk;
            for (var t = 0; t < steps; t++)
            {
                var factor = new Factor(_memory.At(_layers[k].WeightTransposed), rows, input + ((nint)t * inputStride), columns);
                Product<TLanes, TVector>.Multiply(
                    factor, default, _memory.At(_layers[k].Bias), rows, output + ((nint)t * rows * LaneCount.Chunk));
            }

            if (!isLast) ActivationRows<TLanes, TVector>.Apply(_shape.Activation, output, (nint)steps * rows * LaneCount.Chunk);
            input = output;
        }
    }

    public override void Backward(float* hidden, float* delta, int steps, float* above, bool fresh)
    {
        for (var k = _layers.Length - 1; k >= 0; k--)
        {
            var (rows, columns) = (_shape.Linear[k], _shape.LinearInputs(k));
            var input = k == 0 ? hidden : _memory.At(_layers[k - 1].Output);
            var below = k == 0 ? above : _memory.At(_layers[k - 1].Delta);
            var inputStride = k == 0 ? TimeStride.Of(columns) : columns * LaneCount.Chunk;
            for (var t = 0; t < steps; t++)
            {
                var factor = new Factor(_memory.At(_layers[k].Weight), columns, delta + ((nint)t * rows * LaneCount.Chunk), rows);
                Product<TLanes, TVector>.Multiply(factor, default, _memory.At(_zeros), columns, below + ((nint)t * inputStride));
            }

            var sweep = new Sweep(rows * LaneCount.Chunk, inputStride, steps);
            var last = delta + ((steps - 1L) * rows * LaneCount.Chunk);
            OuterProduct<TLanes, TVector>.Accumulate(
                sweep, last, rows, input + ((steps - 1L) * inputStride), columns, _memory.At(_layers[k].WeightSums), fresh);
            OuterProduct<TLanes, TVector>.AccumulateBias(sweep, last, rows, _memory.At(_layers[k].BiasSums), fresh);
            if (k > 0)
                ActivationRows<TLanes, TVector>.Differentiate(_shape.Activation, input, (nint)steps * columns * LaneCount.Chunk, below);
            delta = below;
        }
    }

    public override void Finish(float* gradient)
    {
        for (var k = 0; k < _layers.Length; k++)
        {
            LaneTree.Sum(_memory.At(_layers[k].WeightSums), _shape.Linear[k] * _shape.LinearInputs(k), gradient + _shape.LinearWeight(k));
            LaneTree.Sum(_memory.At(_layers[k].BiasSums), _shape.Linear[k], gradient + _shape.LinearBias(k));
        }
    }
}

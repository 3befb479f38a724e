using Mlds.Kernels.Elementary;
using Mlds.Kernels.Lanes;
using Mlds.Kernels.Linear;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.FeedForward;

/// <summary>A convolution, the pooling that follows it if one does, and the activation.</summary>
/// <remarks>
/// Channels lie innermost, so what a row of a kernel meets is one run of inputs, and a place of the output is a product of as many factors
/// as a kernel has rows. Where a pooling cuts the output into equal pieces, only the rows under one row of windows are ever held.
/// </remarks>
sealed unsafe class ConvolutionStage<TLanes, TVector> : Stage
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    readonly AlignedFloats _memory;
    readonly FeedForwardShape _shape;
    readonly ConvolutionLayer _layer;
    readonly int _number;
    readonly Windows<TLanes, TVector>? _windows;
    readonly bool _isActivated;
    readonly bool _needsBelow;
    readonly ImageSize _from;

    /// <summary>Of the convolution, before the pooling.</summary>
    readonly ImageSize _to;

    /// <summary>Of the stage.</summary>
    readonly ImageSize _result;

    /// <summary>Whether the rows of the convolution under one row of windows are worked on by themselves.</summary>
    readonly bool _isBanded;

    /// <summary>Rows of the convolution that are worked on at once in forward.</summary>
    readonly int _band;
    readonly int _rowIn;
    readonly int _rowTo;
    readonly int _rowResult;
    readonly nint _input;
    readonly nint _sums;
    readonly nint _places;
    readonly nint _delta;
    readonly nint _spread;

    /// <summary>[ky][kx][c][o].</summary>
    readonly nint _weight;

    /// <summary>[ky][K − 1 − kx][o][c].</summary>
    readonly nint _weightBack;
    readonly nint _bias;
    readonly nint _zeros;

    /// <summary>[ky][o][kx][c][virtual lanes].</summary>
    readonly nint _weightSums;
    readonly nint _biasSums;
    readonly nint _totals;

    /// <param name="memory">What the stage's arrays are reserved in.</param>
    /// <param name="shape">The network.</param>
    /// <param name="layer">The convolution's number.</param>
    public ConvolutionStage(FeedForwardShape shape, int layer, AlignedFloats memory)
    {
        (_memory, _shape, _number) = (memory, shape, layer);
        (_layer, _from) = ((ConvolutionLayer)shape.Layers[layer], shape.InputOf(layer));
        _to = _result = _layer.After(_from);
        if (layer + 1 < shape.Layers.Count && shape.Layers[layer + 1] is PoolingLayer pooling)
        {
            _windows = new Windows<TLanes, TVector>(pooling, _to);
            _result = _windows.To;
        }

        _needsBelow = layer > 0;
        _isActivated = FeedForwardRules.IsActivated(shape, _windows is null ? layer : layer + 1);
        _isBanded = _windows is { Tile: true };
        _band = _isBanded ? _windows!.Size : _to.Height;
        _rowIn = (_from.Width + (2 * _layer.Padding)) * _from.Channels * LaneCount.Chunk;
        _rowTo = _to.Width * _to.Channels * LaneCount.Chunk;
        _rowResult = _result.Width * _result.Channels * LaneCount.Chunk;
        var weights = (long)_layer.Rows * _layer.Columns(_from);
        _input = memory.Reserve((long)(_from.Height + (2 * _layer.Padding)) * _rowIn);
        _delta = memory.Reserve((long)_result.Height * _rowResult);
        if (_windows is not null)
        {
            _sums = memory.Reserve((long)_band * _rowTo);
            _places = memory.Reserve((long)_result.Height * _rowResult);
            _spread = memory.Reserve((long)(_needsBelow ? _to.Height : _band) * _rowTo);
        }

        _weight = memory.Reserve(weights);
        _weightBack = memory.Reserve(weights);
        _bias = memory.Reserve(_to.Channels);
        _zeros = memory.Reserve(_from.Channels);
        _weightSums = memory.Reserve(weights * LaneCount.Virtual);
        _biasSums = memory.Reserve((long)_to.Channels * LaneCount.Virtual);
        _totals = memory.Reserve(weights);
    }

    /// <summary>Layers that the stage stands for.</summary>
    public int Layers => _windows is null ? 1 : 2;

    int KernelRow => _layer.Size * _from.Channels;

    public override Plane Input(int slot) =>
        new(_memory.At(_input) + ((nint)_layer.Padding * _rowIn) + (_layer.Padding * _from.Channels * LaneCount.Chunk), _rowIn);

    public override float* Delta(int slot) => _memory.At(_delta);

    public override void Pack(float* weights)
    {
        var (k, channels, outputs) = (_layer.Size, _from.Channels, _to.Channels);
        var from = weights + _shape.Weight(_number);
        var forward = _memory.At(_weight);
        var back = _memory.At(_weightBack);
        for (var o = 0; o < outputs; o++)
        {
            for (var c = 0; c < channels; c++)
            {
                for (var ky = 0; ky < k; ky++)
                {
                    for (var kx = 0; kx < k; kx++)
                    {
                        var weight = from[(((((o * channels) + c) * k) + ky) * k) + kx];
                        forward[(((((ky * k) + kx) * channels) + c) * outputs) + o] = weight;
                        back[(((((ky * k) + k - 1 - kx) * outputs) + o) * channels) + c] = weight;
                    }
                }
            }
        }

        new Span<float>(weights + _shape.Bias(_number), outputs).CopyTo(new Span<float>(_memory.At(_bias), outputs));
    }

    public override void Forward(int slot, Plane output)
    {
        if (_windows is null)
        {
            MultiplyRows(0, output);
        }
        else
        {
            var sums = new Plane(_memory.At(_sums), _rowTo);
            if (!_isBanded) MultiplyRows(0, sums);
            for (var y = 0; y < _result.Height; y++)
            {
                var first = y * _windows.Stride;
                if (_isBanded) MultiplyRows(first, sums);
                var under = _isBanded ? sums : new Plane(sums.Row(first), _rowTo);
                _windows.Forward(under, output.Row(y), _memory.At(_places) + ((nint)y * _rowResult));
            }
        }

        for (var y = 0; y < _result.Height && _isActivated; y++)
            ActivationRows<TLanes, TVector>.Apply(_shape.Activation, output.Row(y), _rowResult);
    }

    public override void Backward(int slot, Plane output, float* below, bool fresh)
    {
        var delta = _memory.At(_delta);
        for (var y = 0; y < _result.Height && _isActivated; y++)
        {
            ActivationRows<TLanes, TVector>.Differentiate(
                _shape.Activation, output.Row(y), _rowResult, delta + ((nint)y * _rowResult));
        }

        if (_windows is null)
        {
            AddToWeights(delta, 0, _to.Height, fresh);
        }
        else if (!_isBanded || _needsBelow)
        {
            Spread(0, _result.Height, _memory.At(_spread), _to.Height);
            delta = _memory.At(_spread);
            AddToWeights(delta, 0, _to.Height, fresh);
        }
        else
        {
            for (var y = 0; y < _result.Height; y++)
            {
                Spread(y, 1, _memory.At(_spread), _band);
                AddToWeights(_memory.At(_spread), y * _band, _band, fresh && y == 0);
            }
        }

        if (below != null) MultiplyBack(delta, below);
    }

    public override void Finish(float* gradient)
    {
        var (k, channels, outputs) = (_layer.Size, _from.Channels, _to.Channels);
        var totals = _memory.At(_totals);
        LaneTree.Sum(_memory.At(_weightSums), k * outputs * KernelRow, totals);
        LaneTree.Sum(_memory.At(_biasSums), outputs, gradient + _shape.Bias(_number));
        var to = gradient + _shape.Weight(_number);
        for (var o = 0; o < outputs; o++)
        {
            for (var c = 0; c < channels; c++)
            {
                for (var ky = 0; ky < k; ky++)
                {
                    for (var kx = 0; kx < k; kx++)
                    {
                        to[(((((o * channels) + c) * k) + ky) * k) + kx] =
                            totals[(((((ky * outputs) + o) * k) + kx) * channels) + c];
                    }
                }
            }
        }
    }

    /// <summary>A band of the convolution from row <paramref name="first"/> on.</summary>
    void MultiplyRows(int first, Plane output)
    {
        for (var row = 0; row < _band; row++) MultiplyRow(first + row, output.Row(row));
    }

    /// <summary>One row of the convolution.</summary>
    void MultiplyRow(int y, float* output)
    {
        var factors = stackalloc Factor[_layer.Size];
        var (size, outputs) = (KernelRow, _to.Channels);
        var step = _layer.Stride * _from.Channels * LaneCount.Chunk;
        var input = _memory.At(_input) + ((nint)y * _layer.Stride * _rowIn);
        for (var x = 0; x < _to.Width; x++)
        {
            for (var ky = 0; ky < _layer.Size; ky++)
                factors[ky] = new Factor(_memory.At(_weight) + (ky * size * outputs), outputs, input + ((nint)ky * _rowIn), size);
            Product<TLanes, TVector>.Multiply(factors, _layer.Size, _memory.At(_bias), outputs, output);
            input += step;
            output += outputs * LaneCount.Chunk;
        }
    }

    /// <summary>The gradient of the convolution's rows under some rows of windows.</summary>
    void Spread(int first, int count, float* to, int rows)
    {
        var fresh = _windows!.Cover;
        if (!fresh) new Span<float>(to, rows * _rowTo).Clear();
        for (var y = 0; y < count; y++)
        {
            var at = (nint)(first + y) * _rowResult;
            _windows.Backward(
                _memory.At(_delta) + at, _memory.At(_places) + at, new Plane(to + ((nint)y * _windows.Stride * _rowTo), _rowTo), fresh);
        }
    }

    /// <param name="delta">Of the first of the rows.</param>
    /// <param name="first">Its number.</param>
    /// <param name="rows">How many.</param>
    /// <param name="fresh">Start from zero.</param>
    void AddToWeights(float* delta, int first, int rows, bool fresh)
    {
        // Places of a row in their order: the sweep steps back, so its strides are negative.
        var sweep = new Sweep(
            -_to.Channels * LaneCount.Chunk, -_layer.Stride * _from.Channels * LaneCount.Chunk, _to.Width);
        for (var row = 0; row < rows; row++)
        {
            var from = delta + ((nint)row * _rowTo);
            for (var ky = 0; ky < _layer.Size; ky++)
            {
                OuterProduct<TLanes, TVector>.Accumulate(
                    sweep, from, _to.Channels, _memory.At(_input) + ((nint)(((first + row) * _layer.Stride) + ky) * _rowIn), KernelRow,
                    _memory.At(_weightSums) + ((nint)ky * _to.Channels * KernelRow * LaneCount.Virtual), fresh && row == 0);
            }

            OuterProduct<TLanes, TVector>.AccumulateBias(sweep, from, _to.Channels, _memory.At(_biasSums), fresh && row == 0);
        }
    }

    /// <summary>The gradient of the input, a place at a time: over all places of the output that it had a part in.</summary>
    void MultiplyBack(float* delta, float* below)
    {
        var (k, stride, outputs, channels) = (_layer.Size, _layer.Stride, _to.Channels, _from.Channels);
        var factors = stackalloc Factor[k * (stride == 1 ? 1 : k)];
        for (var y = 0; y < _from.Height; y++)
        {
            var (firstY, lastY) = Reach(y, _to.Height);
            for (var x = 0; x < _from.Width; x++)
            {
                var (firstX, lastX) = Reach(x, _to.Width);
                var count = 0;
                for (var yTo = firstY; yTo <= lastY; yTo++)
                {
                    var kernel = _memory.At(_weightBack) + ((y + _layer.Padding - (yTo * stride)) * k * outputs * channels);
                    for (var xTo = firstX; xTo <= lastX; xTo++)
                    {
                        var kx = x + _layer.Padding - (xTo * stride);
                        var run = stride == 1 ? lastX - firstX + 1 : 1;
                        factors[count++] = new Factor(
                            kernel + ((k - 1 - kx) * outputs * channels), channels,
                            delta + ((nint)yTo * _rowTo) + (xTo * outputs * LaneCount.Chunk), run * outputs);
                        xTo += run - 1;
                    }
                }

                Product<TLanes, TVector>.Multiply(factors, count, _memory.At(_zeros), channels, below);
                below += channels * LaneCount.Chunk;
            }
        }
    }

    /// <summary>The first and the last place of the output that an input at <paramref name="at"/> has a part in.</summary>
    (int First, int Last) Reach(int at, int side)
    {
        var high = at + _layer.Padding;
        var low = high - _layer.Size + 1;
        return (low <= 0 ? 0 : (low + _layer.Stride - 1) / _layer.Stride, Math.Min(side - 1, high / _layer.Stride));
    }
}

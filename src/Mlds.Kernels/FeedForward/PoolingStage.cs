using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.FeedForward;

/// <summary>A pooling that doesn't follow a convolution.</summary>
sealed unsafe class PoolingStage<TLanes, TVector> : Stage
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    readonly AlignedFloats _memory;
    readonly Windows<TLanes, TVector> _windows;
    readonly ImageSize _from;
    readonly int _rowIn;
    readonly int _rowOut;
    readonly nint _input;
    readonly nint _places;
    readonly nint _delta;

    public PoolingStage(FeedForwardShape shape, int layer, AlignedFloats memory)
    {
        (_memory, _from) = (memory, shape.InputOf(layer));
        _windows = new Windows<TLanes, TVector>((PoolingLayer)shape.Layers[layer], _from);
        _rowIn = _from.Width * _from.Channels * LaneCount.Chunk;
        _rowOut = _windows.To.Width * _from.Channels * LaneCount.Chunk;
        _input = memory.Reserve((long)_from.Height * _rowIn);
        _places = memory.Reserve((long)_windows.To.Height * _rowOut);
        _delta = memory.Reserve((long)_windows.To.Height * _rowOut);
    }

    public override Plane Input(int slot) => new(_memory.At(_input), _rowIn);

    public override float* Delta(int slot) => _memory.At(_delta);

    public override void Pack(float* weights)
    {
    }

    public override void Forward(int slot, Plane output)
    {
        for (var y = 0; y < _windows.To.Height; y++)
        {
            var from = new Plane(Input(slot).Row(y * _windows.Stride), _rowIn);
            _windows.Forward(from, output.Row(y), _memory.At(_places) + ((nint)y * _rowOut));
        }
    }

    public override void Backward(int slot, Plane output, float* below, bool fresh)
    {
        if (below == null) return;
        if (!_windows.Cover) new Span<float>(below, _from.Height * _rowIn).Clear();
        for (var y = 0; y < _windows.To.Height; y++)
        {
            var to = new Plane(below + ((nint)y * _windows.Stride * _rowIn), _rowIn);
            _windows.Backward(
                _memory.At(_delta) + ((nint)y * _rowOut), _memory.At(_places) + ((nint)y * _rowOut), to, _windows.Cover);
        }
    }
}

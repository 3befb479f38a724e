using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.FeedForward;

/// <summary>Max pooling of a chunk, row by row, and the way back.</summary>
/// <param name="layer">Size and stride of the windows.</param>
/// <param name="from">The size of what is pooled.</param>
sealed unsafe class Windows<TLanes, TVector>(PoolingLayer layer, ImageSize from)
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    public ImageSize To { get; } = layer.After(from);

    /// <summary>
    /// Whether windows cut what is pooled into equal pieces without a rest, so that a row of them can be dealt with by itself.
    /// </summary>
    public bool Tile { get; } = layer.Stride == layer.Size && from.Height % layer.Size == 0;

    /// <summary>Whether, besides, every number that is pooled is in one window.</summary>
    public bool Cover => Tile && from.Width % layer.Size == 0;

    public int Size => layer.Size;

    public int Stride => layer.Stride;

    /// <summary>One row of windows.</summary>
    /// <param name="input">The first of the rows that they look at.</param>
    /// <param name="output">[x][channel][chunk]: the largest of each window; of equal ones the first.</param>
    /// <param name="places">The same shape: the number of its place in the window, row by row.</param>
    public void Forward(Plane input, float* output, float* places)
    {
        var width = from.Channels * LaneCount.Chunk;
        var count = layer.Size * layer.Size;
        // Worked out once: divisions would take longer than all the rest.
        var offsets = stackalloc nint[count];
        for (var p = 0; p < count; p++) offsets[p] = ((nint)(p / layer.Size) * input.RowStride) + (p % layer.Size * width);
        for (var x = 0; x < To.Width; x++)
        {
            var corner = input.At + (x * layer.Stride * width);
            for (var i = 0; i < width; i += TLanes.Width)
            {
                var largest = TLanes.Load(corner + i);
                var place = TLanes.All(0f);
                for (var p = 1; p < count; p++)
                {
                    var other = TLanes.Load(corner + offsets[p] + i);
                    place = TLanes.WhereGreater(other, largest, TLanes.All(p), place);
                    largest = TLanes.WhereGreater(other, largest, other, largest);
                }

                TLanes.Store(largest, output + (x * width) + i);
                TLanes.Store(place, places + (x * width) + i);
            }
        }
    }

    /// <summary>Adds the gradient of one row of windows to that of the rows that they look at.</summary>
    /// <param name="delta">[x][channel][chunk].</param>
    /// <param name="places">As <see cref="Forward"/> gave them.</param>
    /// <param name="below">The first of the rows that the windows look at.</param>
    /// <param name="fresh">Adds to 0 instead of to what <paramref name="below"/> holds.</param>
    public void Backward(float* delta, float* places, Plane below, bool fresh)
    {
        var width = from.Channels * LaneCount.Chunk;
        for (var x = 0; x < To.Width; x++)
        {
            var corner = x * layer.Stride * width;
            for (var p = 0; p < layer.Size * layer.Size; p++)
            {
                var to = below.Row(p / layer.Size) + corner + (p % layer.Size * width);
                for (var i = 0; i < width; i += TLanes.Width)
                {
                    var d = TLanes.WhereEqual(TLanes.Load(places + (x * width) + i), TLanes.All(p), TLanes.Load(delta + (x * width) + i));
                    // To 0 too by an addition: of −0 it makes +0.
                    TLanes.Store(TLanes.Add(fresh ? TLanes.All(0f) : TLanes.Load(to + i), d), to + i);
                }
            }
        }
    }
}

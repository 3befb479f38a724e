using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.FeedForward;

/// <summary>
/// The fast kernels: lanes across the batch, a chunk of <see cref="LaneCount.Chunk"/> images taken through all of forward and backward
/// before the next. docs/decisions/0001 §11 has the order of every sum.
/// </summary>
sealed unsafe class VectorFeedForward<TLanes, TVector> : FeedForwardKernels
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>Chunks whose inputs and deltas linear layers keep. No effect on bits.</summary>
    const int Group = 8;

    readonly AlignedFloats _memory = new();
    readonly Stage[] _stages;
    readonly nint _scores;
    readonly float[] _shades = new float[256];

    public VectorFeedForward(string name, FeedForwardShape shape)
        : base(shape)
    {
        Name = name;
        var stages = new List<Stage>();
        for (var layer = 0; layer < shape.Layers.Count;)
        {
            if (shape.Layers[layer] is ConvolutionLayer)
            {
                var stage = new ConvolutionStage<TLanes, TVector>(shape, layer, _memory);
                stages.Add(stage);
                layer += stage.Layers;
                continue;
            }

            stages.Add(shape.Layers[layer] is PoolingLayer
                ? new PoolingStage<TLanes, TVector>(shape, layer, _memory)
                : new LinearStage<TLanes, TVector>(shape, layer, Group, _memory));
            layer++;
        }

        _stages = [.. stages];
        _scores = _memory.Reserve((long)shape.Classes * LaneCount.Chunk);
        _memory.Allocate();
        for (var shade = 0; shade < _shades.Length; shade++) _shades[shade] = shade / 255f;
    }

    public override string Name { get; }

    public override void SetWeights(ReadOnlySpan<float> weights)
    {
        fixed (float* from = weights)
        {
            foreach (var stage in _stages) stage.Pack(from);
        }
    }

    public override void Dispose()
    {
        foreach (var stage in _stages) stage.Dispose();
        _memory.Dispose();
        base.Dispose();
    }

    protected override double CrossEntropy(Images images, ReadOnlySpan<int> rows)
    {
        var total = 0.0;
        for (var start = 0; start < rows.Length; start += LaneCount.Chunk)
        {
            var chunk = rows[start..Math.Min(start + LaneCount.Chunk, rows.Length)];
            Forward(images, chunk, 0);
            total += Differentiate(images, chunk, 0f, _memory.At(_scores));
        }

        return total;
    }

    protected override double Gradient(Images images, ReadOnlySpan<int> rows, Span<float> gradient)
    {
        var total = 0.0;
        var scale = (float)(1.0 / rows.Length);
        fixed (float* to = gradient)
        {
            for (var start = 0; start < rows.Length; start += Group * LaneCount.Chunk)
            {
                var group = rows[start..Math.Min(start + (Group * LaneCount.Chunk), rows.Length)];
                var chunks = (group.Length + LaneCount.Chunk - 1) / LaneCount.Chunk;
                for (var slot = 0; slot < chunks; slot++)
                {
                    var chunk = group[(slot * LaneCount.Chunk)..Math.Min((slot + 1) * LaneCount.Chunk, group.Length)];
                    Forward(images, chunk, slot);
                    var delta = _stages[^1].Delta(slot);
                    var size = Shape.Classes * LaneCount.Chunk;
                    new Span<float>(_memory.At(_scores), size).CopyTo(new Span<float>(delta, size));
                    total += Differentiate(images, chunk, scale, delta);
                    Backward(slot, start == 0 && slot == 0);
                }

                foreach (var stage in _stages) stage.EndGroup(chunks, start == 0, start + group.Length == rows.Length, to);
            }

            foreach (var stage in _stages) stage.Finish(to);
        }

        return total;
    }

    protected override void Outputs(Images images, ReadOnlySpan<int> rows, Span<float> outputs)
    {
        for (var start = 0; start < rows.Length; start += LaneCount.Chunk)
        {
            var chunk = rows[start..Math.Min(start + LaneCount.Chunk, rows.Length)];
            Forward(images, chunk, 0);
            for (var lane = 0; lane < chunk.Length; lane++)
            {
                for (var k = 0; k < Shape.Classes; k++)
                    outputs[((start + lane) * Shape.Classes) + k] = _memory.At(_scores)[(k * LaneCount.Chunk) + lane];
            }
        }
    }

    /// <summary>Turns scores into their gradients, in place; 0 for empty lanes.</summary>
    /// <returns>The sum of the losses.</returns>
    double Differentiate(Images images, ReadOnlySpan<int> rows, float scale, float* scores)
    {
        var losses = stackalloc float[LaneCount.Virtual];
        new Span<float>(losses, LaneCount.Virtual).Clear();
        var reach = ((Shape.Classes - 1) * LaneCount.Chunk) + 1;
        for (var lane = 0; lane < rows.Length; lane++)
        {
            losses[lane % LaneCount.Virtual] += Losses.CrossEntropy.Differentiate(
                new Span<float>(scores + lane, reach), LaneCount.Chunk, images.Labels[rows[lane]], scale);
        }

        for (var k = 0; k < Shape.Classes; k++)
            new Span<float>(scores + (k * LaneCount.Chunk) + rows.Length, LaneCount.Chunk - rows.Length).Clear();
        return LaneTree.Sum(losses);
    }

    void Forward(Images images, ReadOnlySpan<int> rows, int slot)
    {
        Load(images, rows, _stages[0].Input(slot));
        for (var i = 0; i < _stages.Length; i++) _stages[i].Forward(slot, OutputOf(i, slot));
    }

    void Backward(int slot, bool fresh)
    {
        for (var i = _stages.Length - 1; i >= 0; i--)
            _stages[i].Backward(slot, OutputOf(i, slot), i == 0 ? null : _stages[i - 1].Delta(slot), fresh);
    }

    Plane OutputOf(int stage, int slot) =>
        stage + 1 < _stages.Length ? _stages[stage + 1].Input(slot) : new Plane(_memory.At(_scores), Shape.Classes * LaneCount.Chunk);

    /// <summary>Writes pixels into the lanes of a chunk; empty lanes get black.</summary>
    void Load(Images images, ReadOnlySpan<int> rows, Plane to)
    {
        var size = images.Size;
        var area = size.Height * size.Width;
        fixed (byte* pixels = images.Pixels)
        fixed (float* shades = _shades)
        {
            var from = stackalloc byte*[LaneCount.Chunk];
            for (var lane = 0; lane < rows.Length; lane++) from[lane] = pixels + ((nint)rows[lane] * size.Length);
            for (var y = 0; y < size.Height; y++)
            {
                var at = to.Row(y);
                for (var x = 0; x < size.Width; x++)
                {
                    for (var c = 0; c < size.Channels; c++)
                    {
                        var pixel = (c * area) + (y * size.Width) + x;
                        for (var lane = 0; lane < rows.Length; lane++) at[lane] = shades[from[lane][pixel]];
                        for (var lane = rows.Length; lane < LaneCount.Chunk; lane++) at[lane] = 0f;
                        at += LaneCount.Chunk;
                    }
                }
            }
        }
    }
}

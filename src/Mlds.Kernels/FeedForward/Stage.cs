using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.FeedForward;

/// <summary>
/// One or two layers that are computed together, for a chunk of <see cref="LaneCount.Chunk"/> images at a time. Every stage owns the memory
/// of its input; the gradient of its output belongs to it too.
/// </summary>
abstract unsafe class Stage : IDisposable
{
    /// <summary>Where the input of the chunk in that slot is to be written.</summary>
    public abstract Plane Input(int slot);

    /// <summary>Where the gradient of this stage's output is to be written, without margins.</summary>
    public abstract float* Delta(int slot);

    /// <summary>Takes this stage's weights out of a weight vector.</summary>
    public abstract void Pack(float* weights);

    /// <param name="slot">Which chunk of the group.</param>
    /// <param name="output">Where the output goes.</param>
    public abstract void Forward(int slot, Plane output);

    /// <param name="slot">Which chunk of the group.</param>
    /// <param name="output">What <see cref="Forward"/> wrote.</param>
    /// <param name="below">Where the gradient of the input goes; null where nobody needs it.</param>
    /// <param name="fresh">Whether this is the first chunk of the batch.</param>
    public abstract void Backward(int slot, Plane output, float* below, bool fresh);

    /// <summary>Adds up what was left for the end of a group of chunks.</summary>
    /// <param name="chunks">Chunks of the group.</param>
    /// <param name="isFirst">Whether it is the first group of the batch.</param>
    /// <param name="isLast">Whether it is the last.</param>
    /// <param name="gradient">P floats.</param>
    public virtual void EndGroup(int chunks, bool isFirst, bool isLast, float* gradient)
    {
    }

    /// <summary>Writes this stage's part of the gradient. Once for each batch.</summary>
    public virtual void Finish(float* gradient)
    {
    }

    public virtual void Dispose()
    {
    }
}

namespace Mlds.Kernels.Linear;

/// <summary>The linear layers after the recurrent ones, for one chunk of sequences.</summary>
abstract unsafe class LinearHead
{
    /// <summary>Takes its weights out of a weight vector.</summary>
    public abstract void Pack(float* weights);

    /// <param name="hidden">The top recurrent layer's h, [T][H][chunk], <see cref="Lanes.TimeStride"/> apart.</param>
    /// <param name="steps">T.</param>
    /// <param name="outputs">y, [T][O][chunk].</param>
    public abstract void Forward(float* hidden, int steps, float* outputs);

    /// <param name="hidden">As in forward.</param>
    /// <param name="delta">Gradient of y, [T][O][chunk]; used up.</param>
    /// <param name="steps">T.</param>
    /// <param name="above">Out: gradient of <paramref name="hidden"/>, as far apart.</param>
    /// <param name="fresh">Start the sums at zero: the first chunk of a batch.</param>
    public abstract void Backward(float* hidden, float* delta, int steps, float* above, bool fresh);

    /// <summary>Adds the lanes up and writes the linear layers' part of the gradient.</summary>
    public abstract void Finish(float* gradient);
}

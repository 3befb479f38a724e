namespace Mlds.Kernels.Optimizers;

/// <summary>
/// Turns gradients into steps, and holds what it remembers from step to step. Belongs to one run; not thread-safe. Any kernel set gives the
/// same bits.
/// </summary>
public abstract class Optimizer(IReadOnlyList<float[]> state)
{
    /// <summary>Vectors of P floats that a checkpoint must hold; Adam's m and v. All 0 at the start.</summary>
    public IReadOnlyList<float[]> State { get; } = state;

    /// <summary>One step.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="gradientScale">What each gradient is multiplied by first: 1, or less to clip its norm.</param>
    /// <param name="gradient">P floats.</param>
    /// <param name="weights">P floats, moved in place.</param>
    public abstract void Step(double rate, float gradientScale, ReadOnlySpan<float> gradient, Span<float> weights);

    /// <summary>Takes note of one step that was done before <see cref="State"/> was stored.</summary>
    public abstract void Skip();
}

/// <summary>An optimiser's constants; the learning rate, which changes, isn't one of them.</summary>
public abstract record OptimizerSettings
{
    /// <summary>The name by which recipes ask for it: "adam".</summary>
    public abstract string Name { get; }

    /// <summary>What it is in a few words, without its numbers: "SGD with momentum".</summary>
    public abstract string Description { get; }

    /// <summary>λ of weight decay; 0 for none.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The lowest <see cref="Shapes.WorkerLevel"/> of programs that know it with these constants; never changed.</summary>
    public abstract int WorkerLevel { get; }

    /// <summary>Vectors that an optimiser of this kind remembers.</summary>
    public abstract int StateVectors { get; }

    /// <summary>
    /// An optimiser that begins, or goes on, with <paramref name="state"/>: <see cref="StateVectors"/> vectors of one length, which it
    /// keeps.
    /// </summary>
    /// <param name="kernelSet">A kernel set by name; null for the fastest.</param>
    public abstract Optimizer Create(IReadOnlyList<float[]> state, string? kernelSet = null);
}

using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.Optimizers;

/// <summary>Weight decay in the course of a run, before each of the optimiser's own steps (docs/decisions/0001 §8).</summary>
sealed class WeightDecay
{
    readonly double _decay;
    readonly bool _isDecoupled;
    readonly DecayKernel _kernel;
    float[] _decayed = [];

    WeightDecay(double decay, bool isDecoupled, DecayKernel kernel) =>
        (_decay, _isDecoupled, _kernel) = (decay, isDecoupled, kernel);

    /// <summary>That of <paramref name="settings"/>, or null where there is none.</summary>
    public static WeightDecay? Of(OptimizerSettings settings, bool isDecoupled, string? kernelSet) =>
        settings.WeightDecay > 0 ? new(settings.WeightDecay, isDecoupled, DecayKernel.Create(kernelSet)) : null;

    /// <summary>Decoupled, shrinks the weights; else adds λw to the gradient.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="gradientScale">What the gradient that is returned is still to be multiplied by.</param>
    /// <returns>The gradient to go on with, until the next call.</returns>
    public ReadOnlySpan<float> Apply(double rate, scoped ref float gradientScale, ReadOnlySpan<float> gradient, Span<float> weights)
    {
        if (_isDecoupled)
        {
            _kernel.Shrink((float)(1 - (rate * _decay)), weights);
            return gradient;
        }

        if (_decayed.Length != gradient.Length) _decayed = new float[gradient.Length];
        _kernel.Add((float)_decay, gradientScale, gradient, weights, _decayed);
        gradientScale = 1f;
        return _decayed;
    }
}

/// <summary>Weight decay, element by element; any width gives the same bits.</summary>
abstract class DecayKernel
{
    /// <summary>That of a kernel set by name; null for the fastest.</summary>
    public static DecayKernel Create(string? kernelSet = null) => KernelSet.Make(kernelSet, new Maker());

    /// <summary>L2: decayed ← λw + scale·g, by one fma; all spans hold P floats.</summary>
    public abstract void Add(
        float decay, float gradientScale, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights, Span<float> decayed);

    /// <summary>w ← w·factor.</summary>
    public abstract void Shrink(float factor, Span<float> weights);

    sealed class Maker : IKernelMaker<DecayKernel>
    {
        public DecayKernel Vector<TLanes, TVector>(string name)
            where TLanes : struct, ILanes<TLanes, TVector>
            where TVector : struct => new VectorDecay<TLanes, TVector>();

        public DecayKernel Scalar() => new ScalarDecay();
    }
}

/// <summary>In plain code: what every kernel set must equal.</summary>
sealed class ScalarDecay : DecayKernel
{
    public override void Add(
        float decay, float gradientScale, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights, Span<float> decayed) =>
        AddAll(decay, gradientScale, gradient, weights, decayed);

    public override void Shrink(float factor, Span<float> weights) => ShrinkAll(factor, weights);

    public static void AddAll(
        float decay, float gradientScale, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights, Span<float> decayed)
    {
        for (var i = 0; i < weights.Length; i++)
            decayed[i] = MathF.FusedMultiplyAdd(decay, weights[i], gradient[i] * gradientScale);
    }

    public static void ShrinkAll(float factor, Span<float> weights)
    {
        for (var i = 0; i < weights.Length; i++) weights[i] *= factor;
    }
}

sealed unsafe class VectorDecay<TLanes, TVector> : DecayKernel
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    public override void Add(
        float decay, float gradientScale, ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights, Span<float> decayed)
    {
        var i = 0;
        fixed (float* g = gradient, w = weights, sum = decayed)
        {
            for (; i + TLanes.Width <= weights.Length; i += TLanes.Width)
            {
                var scaled = TLanes.Multiply(TLanes.Load(g + i), TLanes.All(gradientScale));
                TLanes.Store(TLanes.Fma(TLanes.All(decay), TLanes.Load(w + i), scaled), sum + i);
            }
        }

        ScalarDecay.AddAll(decay, gradientScale, gradient[i..], weights[i..], decayed[i..]);
    }

    public override void Shrink(float factor, Span<float> weights)
    {
        var i = 0;
        fixed (float* w = weights)
        {
            for (; i + TLanes.Width <= weights.Length; i += TLanes.Width)
                TLanes.Store(TLanes.Multiply(TLanes.Load(w + i), TLanes.All(factor)), w + i);
        }

        ScalarDecay.ShrinkAll(factor, weights[i..]);
    }
}

using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.Optimizers;

/// <summary>
/// The constants of stochastic gradient descent as PyTorch's SGD has it, dampening 0 and no Nesterov momentum; weight decay is added to
/// the gradient.
/// </summary>
/// <param name="Momentum">μ, 0 … below 1; 0 for none.</param>
public sealed record SgdSettings(double Momentum) : OptimizerSettings
{
    public override string Name => "sgd";

    public override string Description => (Momentum > 0, WeightDecay > 0) switch
    {
        (true, true) => "SGD with momentum and L2 weight decay",
        (true, false) => "SGD with momentum",
        (false, true) => "SGD with L2 weight decay",
        _ => "SGD",
    };

    public override int WorkerLevel => 3;

    /// <summary>What momentum gathers; none without it.</summary>
    public override int StateVectors => Momentum > 0 ? 1 : 0;

    public override Optimizer Create(IReadOnlyList<float[]> state, string? kernelSet = null) =>
        new Sgd(this, state, SgdKernel.Create(kernelSet), Optimizers.WeightDecay.Of(this, false, kernelSet));
}

/// <summary>
/// SGD in the course of a run. Since what momentum gathers is 0 at the start, the first step's is the gradient.
/// </summary>
sealed class Sgd(SgdSettings settings, IReadOnlyList<float[]> state, SgdKernel kernel, WeightDecay? decay) : Optimizer(state)
{
    public override void Step(double rate, float gradientScale, ReadOnlySpan<float> gradient, Span<float> weights)
    {
        if (decay is not null) gradient = decay.Apply(rate, ref gradientScale, gradient, weights);
        kernel.Update((float)rate, (float)settings.Momentum, gradientScale, gradient, weights, State.Count > 0 ? State[0] : []);
    }

    /// <summary>Nothing depends on how many steps there were.</summary>
    public override void Skip()
    {
    }
}

/// <summary>SGD's update, element by element; any width gives the same bits.</summary>
abstract class SgdKernel
{
    /// <summary>That of a kernel set by name; null for the fastest.</summary>
    public static SgdKernel Create(string? kernelSet = null) => KernelSet.Make(kernelSet, new Maker());

    /// <summary>g ← scale·g; b ← μb + g, w ← w − rate·b, or without momentum w ← w − rate·g.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="momentum">μ.</param>
    /// <param name="gradientScale">What each gradient is multiplied by first.</param>
    /// <param name="gradient">P floats.</param>
    /// <param name="weights">P floats, moved in place.</param>
    /// <param name="buffer">b: P floats, or none without momentum.</param>
    public abstract void Update(
        float rate, float momentum, float gradientScale, ReadOnlySpan<float> gradient, Span<float> weights, Span<float> buffer);

    sealed class Maker : IKernelMaker<SgdKernel>
    {
        public SgdKernel Vector<TLanes, TVector>(string name)
            where TLanes : struct, ILanes<TLanes, TVector>
            where TVector : struct => new VectorSgd<TLanes, TVector>();

        public SgdKernel Scalar() => new ScalarSgd();
    }
}

/// <summary>In plain code: what every kernel set must equal.</summary>
sealed class ScalarSgd : SgdKernel
{
    public override void Update(
        float rate, float momentum, float gradientScale, ReadOnlySpan<float> gradient, Span<float> weights, Span<float> buffer) =>
        UpdateAll(rate, momentum, gradientScale, gradient, weights, buffer);

    public static void UpdateAll(
        float rate, float momentum, float gradientScale, ReadOnlySpan<float> gradient, Span<float> weights, Span<float> buffer)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            var g = gradient[i] * gradientScale;
            if (!buffer.IsEmpty) g = buffer[i] = MathF.FusedMultiplyAdd(momentum, buffer[i], g);
            weights[i] = MathF.FusedMultiplyAdd(-rate, g, weights[i]);
        }
    }
}

sealed unsafe class VectorSgd<TLanes, TVector> : SgdKernel
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    public override void Update(
        float rate, float momentum, float gradientScale, ReadOnlySpan<float> gradient, Span<float> weights, Span<float> buffer)
    {
        var i = 0;
        fixed (float* gradients = gradient, w = weights, b = buffer)
        {
            for (; i + TLanes.Width <= weights.Length; i += TLanes.Width)
            {
                var g = TLanes.Multiply(TLanes.Load(gradients + i), TLanes.All(gradientScale));
                if (b != null)
                {
                    g = TLanes.Fma(TLanes.All(momentum), TLanes.Load(b + i), g);
                    TLanes.Store(g, b + i);
                }

                TLanes.Store(TLanes.Fma(TLanes.All(-rate), g, TLanes.Load(w + i)), w + i);
            }
        }

        ScalarSgd.UpdateAll(rate, momentum, gradientScale, gradient[i..], weights[i..], buffer.IsEmpty ? buffer : buffer[i..]);
    }
}

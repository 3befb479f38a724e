using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.Optimizers;

/// <summary>Adam's constants (Kingma &amp; Ba 2015, Algorithm 1), without the learning rate.</summary>
/// <param name="Beta1">β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="Epsilon">ε.</param>
public sealed record AdamSettings(double Beta1, double Beta2, double Epsilon) : OptimizerSettings
{
    /// <summary>
    /// Whether weight decay shrinks the weights before the step, past the moments (AdamW; Loshchilov &amp; Hutter 2019), rather than being
    /// added to the gradient.
    /// </summary>
    public bool IsDecoupled { get; init; }

    public override string Name => IsDecoupled ? "adamw" : "adam";

    public override string Description => IsDecoupled ? "AdamW" : WeightDecay > 0 ? "Adam with L2 weight decay" : "Adam";

    public override int WorkerLevel => WeightDecay > 0 ? 3 : Shapes.WorkerLevel.First;

    /// <summary>m and v.</summary>
    public override int StateVectors => 2;

    public override Optimizer Create(IReadOnlyList<float[]> state, string? kernelSet = null) =>
        new Adam(this, state, AdamKernel.Create(kernelSet), Optimizers.WeightDecay.Of(this, IsDecoupled, kernelSet));
}

/// <summary>Adam's state in the course of a run.</summary>
sealed class Adam(AdamSettings settings, IReadOnlyList<float[]> state, AdamKernel kernel, WeightDecay? decay) : Optimizer(state)
{
    /// <summary>β₁^t and β₂^t after t steps, multiplied up step by step.</summary>
    double _power1 = 1;
    double _power2 = 1;

    public override void Step(double rate, float gradientScale, ReadOnlySpan<float> gradient, Span<float> weights)
    {
        Skip();
        if (decay is not null) gradient = decay.Apply(rate, ref gradientScale, gradient, weights);
        var step = AdamStep.At(rate, settings.Beta1, settings.Beta2, settings.Epsilon, _power1, _power2, gradientScale);
        kernel.Update(step, gradient, weights, State[0], State[1]);
    }

    public override void Skip()
    {
        _power1 *= settings.Beta1;
        _power2 *= settings.Beta2;
    }
}

/// <summary>Adam's update, element by element; any width gives the same bits.</summary>
public abstract class AdamKernel
{
    /// <summary>The update of a kernel set by name; null for the fastest.</summary>
    public static AdamKernel Create(string? kernelSet = null) => KernelSet.Make(kernelSet, new Maker());

    /// <summary>One step of Adam; all spans hold P floats.</summary>
    public abstract void Update(
        in AdamStep step, ReadOnlySpan<float> gradient, Span<float> weights, Span<float> first, Span<float> second);

    sealed class Maker : IKernelMaker<AdamKernel>
    {
        public AdamKernel Vector<TLanes, TVector>(string name)
            where TLanes : struct, ILanes<TLanes, TVector>
            where TVector : struct => new VectorAdam<TLanes, TVector>();

        public AdamKernel Scalar() => new ScalarAdam();
    }
}

sealed unsafe class VectorAdam<TLanes, TVector> : AdamKernel
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    public override void Update(
        in AdamStep step, ReadOnlySpan<float> gradient, Span<float> weights, Span<float> first, Span<float> second)
    {
        int done;
        fixed (float* g = gradient, w = weights, m = first, v = second)
        {
            done = Update(step, g, weights.Length, w, m, v);
        }

        ScalarAdam.UpdateAll(step, gradient[done..], weights[done..], first[done..], second[done..]);
    }

    /// <summary>
    /// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − step·m / (√v·rootCorrection + ε), over whole vectors: returns the elements done.
    /// </summary>
    static int Update(in AdamStep step, float* gradient, int count, float* weights, float* first, float* second)
    {
        var i = 0;
        for (; i + TLanes.Width <= count; i += TLanes.Width)
        {
            var g = TLanes.Multiply(TLanes.Load(gradient + i), TLanes.All(step.GradientScale));
            var m = TLanes.Fma(TLanes.All(step.Beta1), TLanes.Load(first + i), TLanes.Multiply(TLanes.All(step.OneMinusBeta1), g));
            var v = TLanes.Fma(
                TLanes.All(step.Beta2), TLanes.Load(second + i), TLanes.Multiply(TLanes.Multiply(TLanes.All(step.OneMinusBeta2), g), g));
            TLanes.Store(m, first + i);
            TLanes.Store(v, second + i);
            var denominator = TLanes.Fma(TLanes.SquareRoot(v), TLanes.All(step.RootCorrection), TLanes.All(step.Epsilon));
            TLanes.Store(TLanes.Fma(TLanes.All(-step.Step), TLanes.Divide(m, denominator), TLanes.Load(weights + i)), weights + i);
        }

        return i;
    }
}

using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.Optimizers;

/// <summary>The scalars of one step of Adam (Kingma &amp; Ba 2015, Algorithm 1), with the bias corrections of that step worked in.</summary>
/// <param name="Beta1">β₁.</param>
/// <param name="OneMinusBeta1">1 − β₁, from the double.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="OneMinusBeta2">1 − β₂, from the double.</param>
/// <param name="Step">α / (1 − β₁^t).</param>
/// <param name="RootCorrection">1 / √(1 − β₂^t).</param>
/// <param name="Epsilon">ε.</param>
/// <param name="GradientScale">What each gradient is multiplied by first: 1, or less to clip its norm.</param>
public readonly record struct AdamStep(
    float Beta1,
    float OneMinusBeta1,
    float Beta2,
    float OneMinusBeta2,
    float Step,
    float RootCorrection,
    float Epsilon,
    float GradientScale)
{
    /// <param name="power1">β₁^t, multiplied up step by step in double.</param>
    /// <param name="power2">β₂^t, the same.</param>
    public static AdamStep At(double rate, double beta1, double beta2, double epsilon, double power1, double power2, float gradientScale) => new(
        (float)beta1,
        (float)(1 - beta1),
        (float)beta2,
        (float)(1 - beta2),
        (float)(rate / (1 - power1)),
        (float)(1 / Math.Sqrt(1 - power2)),
        (float)epsilon,
        gradientScale);
}

/// <summary>Adam's update, element by element; any width gives the same bits.</summary>
static unsafe class Adam<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − step·m / (√v·rootCorrection + ε), over whole vectors: returns the elements done.</summary>
    public static int Update(in AdamStep step, float* gradient, int count, float* weights, float* first, float* second)
    {
        var i = 0;
        for (; i + TLanes.Width <= count; i += TLanes.Width)
        {
            var g = TLanes.Multiply(TLanes.Load(gradient + i), TLanes.All(step.GradientScale));
            var m = TLanes.Fma(TLanes.All(step.Beta1), TLanes.Load(first + i), TLanes.Multiply(TLanes.All(step.OneMinusBeta1), g));
            var v = TLanes.Fma(TLanes.All(step.Beta2), TLanes.Load(second + i), TLanes.Multiply(TLanes.Multiply(TLanes.All(step.OneMinusBeta2), g), g));
            TLanes.Store(m, first + i);
            TLanes.Store(v, second + i);
            var denominator = TLanes.Fma(TLanes.SquareRoot(v), TLanes.All(step.RootCorrection), TLanes.All(step.Epsilon));
            TLanes.Store(TLanes.Fma(TLanes.All(-step.Step), TLanes.Divide(m, denominator), TLanes.Load(weights + i)), weights + i);
        }

        return i;
    }
}

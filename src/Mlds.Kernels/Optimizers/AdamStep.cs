namespace Mlds.Kernels.Optimizers;

/// <summary>
/// The scalars of one step of Adam (Kingma &amp; Ba 2015, Algorithm 1), with the bias corrections of that step worked in.
/// </summary>
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
    public static AdamStep At(
        double rate, double beta1, double beta2, double epsilon, double power1, double power2, float gradientScale) => new(
            (float)beta1,
            (float)(1 - beta1),
            (float)beta2,
            (float)(1 - beta2),
            (float)(rate / (1 - power1)),
            (float)(1 / Math.Sqrt(1 - power2)),
            (float)epsilon,
            gradientScale);
}

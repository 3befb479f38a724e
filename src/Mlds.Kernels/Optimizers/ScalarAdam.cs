namespace Mlds.Kernels.Optimizers;

/// <summary>Adam in plain code: what every kernel set must equal.</summary>
sealed class ScalarAdam : AdamKernel
{
    public override void Update(
        in AdamStep step, ReadOnlySpan<float> gradient, Span<float> weights, Span<float> first, Span<float> second) =>
        UpdateAll(step, gradient, weights, first, second);

    /// <summary>Updates weights and moments in place; all spans have the same length.</summary>
    public static void UpdateAll(in AdamStep step, ReadOnlySpan<float> gradient, Span<float> weights, Span<float> first, Span<float> second)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            var g = gradient[i] * step.GradientScale;
            first[i] = MathF.FusedMultiplyAdd(step.Beta1, first[i], step.OneMinusBeta1 * g);
            second[i] = MathF.FusedMultiplyAdd(step.Beta2, second[i], step.OneMinusBeta2 * g * g);
            var denominator = MathF.FusedMultiplyAdd(MathF.Sqrt(second[i]), step.RootCorrection, step.Epsilon);
            weights[i] = MathF.FusedMultiplyAdd(-step.Step, first[i] / denominator, weights[i]);
        }
    }
}

using Mlds.Kernels.Elementary;

namespace Mlds.Kernels.Losses;

/// <summary>Softmax cross-entropy of one example, natural logarithm (docs/decisions/0001 §11). Plain code for every kernel set.</summary>
static class CrossEntropy
{
    /// <summary>Turns scores into the gradient of the loss times <paramref name="scale"/>, in place.</summary>
    /// <param name="scores">One for each class.</param>
    /// <param name="stride">Floats from one score to the next.</param>
    /// <param name="label">The class that is right.</param>
    /// <param name="scale">What the gradient is multiplied by.</param>
    /// <returns>The loss.</returns>
    public static float Differentiate(Span<float> scores, int stride, int label, float scale)
    {
        var largest = scores[0];
        for (var i = stride; i < scores.Length; i += stride) largest = scores[i] > largest ? scores[i] : largest;
        var own = scores[label * stride] - largest;
        var sum = 0f;
        for (var i = 0; i < scores.Length; i += stride)
        {
            scores[i] = Activations.Exp(scores[i] - largest);
            sum += scores[i];
        }

        for (var i = 0; i < scores.Length; i += stride)
        {
            var share = scores[i] / sum;
            scores[i] = (i == label * stride ? share - 1f : share) * scale;
        }

        return Activations.Log(sum) - own;
    }
}

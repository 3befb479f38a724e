using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>Distances between networks that don't depend on how their units are numbered and signed.</summary>
public static class SymmetricDistance
{
    /// <summary>
    /// Euclidean distance of the merged weights after <paramref name="b"/> has been aligned to <paramref name="a"/>: an upper bound of the
    /// distance of the two networks' symmetry classes, exact if the alignment found the best symmetry. 0 for equal networks, up to
    /// rounding.
    /// </summary>
    public static double Between(WeightLayout layout, ReadOnlySpan<float> a, ReadOnlySpan<float> b, AlignmentOptions? options = null) =>
        Euclidean(MergedForm.Of(layout, a), Alignment.To(layout, a, options).Align(b).Weights);

    /// <summary>Euclidean distance of two weight vectors as they are.</summary>
    public static double Euclidean(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++)
        {
            double difference = (double)a[i] - b[i];
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }
}

using Mlds.Kernels;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks;

namespace Mlds.Training;

/// <summary>What given weights do on given examples, with the arithmetic of training.</summary>
public static class Evaluation
{
    /// <summary>Mean loss over the examples; the same bits as training records.</summary>
    public static float Loss(NetworkSpec spec, ReadOnlySpan<float> weights, Examples examples)
    {
        using var kernels = spec.CreateKernels(examples);
        kernels.SetWeights(weights);
        return Loss(kernels, examples, AllRows(examples));
    }

    /// <summary>The network's outputs, one example after the other; for sequences Count × Length × O.</summary>
    public static float[] Outputs(NetworkSpec spec, ReadOnlySpan<float> weights, Examples examples)
    {
        using var kernels = spec.CreateKernels(examples);
        kernels.SetWeights(weights);
        return Outputs(kernels, examples);
    }

    /// <summary>What is measured of given weights once, besides losses; nothing for most tasks.</summary>
    /// <param name="data">The recipe's data.</param>
    public static Measures Measures(Recipe recipe, ReadOnlySpan<float> weights, TrainingData data)
    {
        if (recipe.Task.MeasureKinds.Count == 0) return Tasks.Measures.None;
        using var kernels = recipe.Network.CreateKernels(data.Training);
        kernels.SetWeights(weights);
        return recipe.Task.Measure(data, examples => Outputs(kernels, examples));
    }

    /// <summary>The outputs of kernels that already have their weights.</summary>
    internal static float[] Outputs(NetworkKernels kernels, Examples examples)
    {
        var outputs = new float[examples.Count * kernels.OutputsOf(examples)];
        kernels.Outputs(examples, AllRows(examples), outputs);
        return outputs;
    }

    /// <summary>The loss with kernels that already have their weights.</summary>
    internal static float Loss(NetworkKernels kernels, Examples examples, ReadOnlySpan<int> rows) =>
        Mean(kernels, kernels.Loss(examples, rows), examples);

    /// <summary>A sum of losses over all of <paramref name="examples"/> as a mean, rounded once to float32.</summary>
    internal static float Mean(NetworkKernels kernels, double sum, Examples examples)
    {
        var mean = (float)(sum / kernels.Terms(examples, examples.Count));

        // Processors differ in the sign and payload of the NaN they make; a record has but one.
        return float.IsNaN(mean) ? CanonicalNaN : mean;
    }

    /// <summary>The one NaN that is ever stored.</summary>
    internal static readonly float CanonicalNaN = BitConverter.UInt32BitsToSingle(0x7FC00000);

    internal static int[] AllRows(Examples examples)
    {
        var rows = new int[examples.Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = i;
        return rows;
    }
}

using Mlds.Kernels;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Tasks;

namespace Mlds.Training;

/// <summary>What given weights do on given sequences, with the arithmetic of training.</summary>
public static class Evaluation
{
    /// <summary>Mean squared error over sequences, steps and outputs; the same bits as training records.</summary>
    public static float Loss(NetworkSpec spec, ReadOnlySpan<float> weights, SequenceSet sequences)
    {
        using var kernels = KernelSet.Create(spec.Shape, sequences.Length);
        kernels.SetWeights(weights);
        return Loss(kernels, sequences, AllRows(sequences));
    }

    /// <summary>The network's outputs, Count × Length × O, one sequence after the other.</summary>
    public static float[] Outputs(NetworkSpec spec, ReadOnlySpan<float> weights, SequenceSet sequences)
    {
        using var kernels = KernelSet.Create(spec.Shape, sequences.Length);
        kernels.SetWeights(weights);
        var outputs = new float[sequences.Count * sequences.Length * spec.Outputs];
        kernels.Outputs(sequences.View, AllRows(sequences), outputs);
        return outputs;
    }

    /// <summary>The loss with kernels that already have their weights.</summary>
    internal static float Loss(NetworkKernels kernels, SequenceSet sequences, ReadOnlySpan<int> rows) =>
        Mean(kernels.SquaredError(sequences.View, rows), sequences, kernels.Shape);

    /// <summary>A sum of squared errors over all of <paramref name="sequences"/> as a mean, rounded once to float32.</summary>
    internal static float Mean(double squares, SequenceSet sequences, NetworkShape shape)
    {
        var mean = (float)(squares / ((double)sequences.Count * sequences.Length * shape.Outputs));

        // Processors differ in the sign and payload of the NaN they make; a record has but one.
        return float.IsNaN(mean) ? CanonicalNaN : mean;
    }

    /// <summary>The one NaN that is ever stored.</summary>
    internal static readonly float CanonicalNaN = BitConverter.UInt32BitsToSingle(0x7FC00000);

    internal static int[] AllRows(SequenceSet sequences)
    {
        var rows = new int[sequences.Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = i;
        return rows;
    }
}

using Mlds.Networks;

namespace Mlds.Training;

/// <summary>What given weights do on given sequences, with the arithmetic of training.</summary>
public static class Evaluation
{
    /// <summary>Mean squared error over sequences, steps and outputs; the same bits as training records.</summary>
    public static float Loss(NetworkSpec spec, ReadOnlySpan<float> weights, SequenceSet sequences) => throw new NotImplementedException();

    /// <summary>The network's outputs, Count × Length × O, one sequence after the other.</summary>
    public static float[] Outputs(NetworkSpec spec, ReadOnlySpan<float> weights, SequenceSet sequences) => throw new NotImplementedException();
}

using Mlds.Kernels.Random;

namespace Mlds.Networks;

/// <summary>A network's weights before the first step (docs/decisions/0001 §9).</summary>
public static class InitialWeights
{
    /// <summary>
    /// Uniform within each tensor's bound: ±1/√H for recurrent layers and ±1/√(columns) for each linear layer, PyTorch's rule. One draw per
    /// weight, in the order of the weight vector, so that twins of one seed and shape begin alike.
    /// </summary>
    /// <param name="layout">Shape of the network.</param>
    /// <param name="seed">The network's seed.</param>
    /// <param name="scale">What every bound is multiplied by, in double and rounded once.</param>
    /// <returns>P float32.</returns>
    public static float[] Draw(WeightLayout layout, uint seed, double scale = 1)
    {
        var random = new PhiloxStream(seed, RandomStream.InitialWeights);
        var weights = new float[layout.Parameters];
        foreach (var tensor in layout.Tensors)
        {
            var bound = (float)(tensor.Bound * scale);
            for (var i = 0; i < tensor.Length; i++) weights[tensor.Offset + i] = random.UniformFloat(bound);
        }

        return weights;
    }
}

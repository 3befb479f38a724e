using Mlds.Analysis.Data;

namespace Mlds.Analysis.Validation;

/// <summary>
/// Energy distance 2 E|X − Y| − E|X − X'| − E|Y − Y'| between two samples of networks and its permutation test (Székely and Rizzo, J. Stat.
/// Plan. Inference 143, 2013). Zero only for equal distributions, whatever their shape.
/// </summary>
public static class EnergyDistance
{
    /// <param name="features">N rows, columns already on one scale.</param>
    /// <param name="second">Which rows are of the second sample.</param>
    /// <exception cref="ArgumentException">One of the samples is empty.</exception>
    public static PermutationTest Test(FeatureMatrix features, IReadOnlyList<bool> second, PermutationOptions? options = null) =>
        PermutationTest.OfKernel(
            Array.ConvertAll(PermutationTest.Distances(features), distance => -distance), second, options ?? new PermutationOptions());
}

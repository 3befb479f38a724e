using Mlds.Analysis.Data;

namespace Mlds.Analysis.Views;

/// <summary>
/// Seven numbers per tensor: mean, variance and the quantiles 0, 25, 50, 75, 100 % (Unterthiner, Keysers, Gelly, Bousquet, Tolstikhin:
/// Predicting neural network accuracy from weights, arXiv 2002.11448). The field's baseline; it ignores signs.
/// </summary>
public static class StatisticsView
{
    static readonly string[] s_statistics = ["mean", "variance", "q0", "q25", "q50", "q75", "q100"];

    /// <summary>N × (7 per tensor).</summary>
    public static FeatureMatrix Build(TensorMatrix matrix)
    {
        var tensors = matrix.Tensors;
        var names = tensors.SelectMany(tensor => s_statistics.Select(statistic => $"{tensor.Name}.{statistic}")).ToArray();
        var values = new float[(long)matrix.Networks * names.Length];
        Parallel.For(0, matrix.Networks, Parallelism.Options, row =>
        {
            var at = row * names.Length;
            foreach (var tensor in tensors)
            {
                var numbers = new double[tensor.Length];
                for (var i = 0; i < numbers.Length; i++) numbers[i] = matrix.Row(row)[tensor.Offset + i];
                var (mean, variance) = Moments(numbers);
                values[at++] = (float)mean;
                values[at++] = (float)variance;
                Array.Sort(numbers);
                for (var quarter = 0; quarter <= 4; quarter++) values[at++] = (float)Quantile.OfSorted(numbers, quarter / 4.0);
            }
        });
        return new FeatureMatrix(values, matrix.Networks, names);
    }

    static (double Mean, double Variance) Moments(double[] numbers)
    {
        var mean = numbers.Average();
        return (mean, numbers.Sum(x => (x - mean) * (x - mean)) / numbers.Length);
    }
}

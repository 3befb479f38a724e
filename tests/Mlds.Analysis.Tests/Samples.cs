using Mlds.Analysis.Data;

namespace Mlds.Analysis.Tests;

/// <summary>Matrices with known structure.</summary>
static class Samples
{
    /// <summary>
    /// Gaussian clouds around random centres; row i is of class i mod <paramref name="classes"/>. Columns have different scales.
    /// </summary>
    internal static FeatureMatrix Blobs(int rows, int columns, int classes, ulong seed, double spread = 1)
    {
        var random = new SeededRandom(seed);
        var centres = Enumerable.Range(0, classes)
            .Select(_ => Enumerable.Range(0, columns).Select(_ => random.NextNormal()).ToArray()).ToArray();
        var values = new double[rows * columns];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                values[(i * columns) + j] = (1 + (j % 3)) * (centres[i % classes][j] + (spread * random.NextNormal()));
        }

        return new FeatureMatrix(values, rows, [.. Enumerable.Range(0, columns).Select(j => $"x{j}")]);
    }

    /// <summary>Standard normal numbers.</summary>
    internal static double[] Normals(SeededRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];

    internal static int[] Labels(int rows, int classes) => [.. Enumerable.Range(0, rows).Select(i => i % classes)];

    internal static double[] Doubles(float[] numbers) => Array.ConvertAll(numbers, n => (double)n);

    internal static double[] Doubles(IEnumerable<int> numbers) => [.. numbers.Select(n => (double)n)];
}

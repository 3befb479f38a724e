using CsCheck;
using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Tests.LinearAlgebra;

public sealed class ProductsTests
{
    [Fact]
    public void Products_of_any_size_are_the_plain_sums() =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 90], Gen.Int[1, 1100], Gen.ULong).Sample((n, m, d, seed) =>
        {
            var random = new SeededRandom(seed);
            double[] a = Samples.Normals(random, n * d), b = Samples.Normals(random, m * d);
            Near.All(Plain(a, n, b, m, d), Products.TimesTransposed(a, n, b, m, d), 1e-12);
            Near.All(Plain(a, n, a, n, d), Products.Gram(a, n, d), 1e-12);
        }, iter: 25);

    [Fact]
    public void Large_products_of_float32_are_right_to_a_millionth_of_the_rows_lengths()
    {
        var (n, m, d) = (201, 403, 3401);
        Assert.True((long)n * n * d < Products.Small && (long)m * m * d > Products.Small && (long)n * m * d > Products.Small);
        var random = new SeededRandom(3);
        float[] Floats(int rows) => [.. Enumerable.Range(0, rows * d).Select(i => (float)(random.NextNormal() + (i % 3)))];
        float[] a = Floats(n), b = Floats(m);
        var (lengthsA, lengthsB) = (Lengths(a), Lengths(b));
        double[] exactA = Samples.Doubles(a), exactB = Samples.Doubles(b);
        AllNear(Products.TimesTransposed(exactA, n, exactB, m, d), Products.TimesTransposed(a, n, b, m, d), lengthsA, 1e-6);
        AllNear(Products.Gram(exactB, m, d), Products.Gram(b, m, d), lengthsB, 1e-6);
        AllNear(Products.Gram(exactA, n, d), Products.Gram(a, n, d), lengthsA, 1e-14);

        double[] Lengths(float[] rows) =>
            [.. rows.Chunk(d).Select(row => Math.Sqrt(Products.Dot((ReadOnlySpan<float>)row, (ReadOnlySpan<float>)row)))];

        void AllNear(double[] expected, double[] actual, double[] lengths, double tolerance)
        {
            var columns = expected.Length / lengths.Length;
            for (var i = 0; i < expected.Length; i++)
            {
                var other = columns == m ? lengthsB[i % columns] : lengths[i % columns];
                Assert.Equal(expected[i], actual[i], tolerance * lengths[i / columns] * other);
            }
        }
    }

    static double[] Plain(double[] a, int n, double[] b, int m, int d) =>
        [.. Enumerable.Range(0, n * m).Select(cell => Enumerable.Range(0, d).Sum(k => a[(cell / m * d) + k] * b[(cell % m * d) + k]))];
}

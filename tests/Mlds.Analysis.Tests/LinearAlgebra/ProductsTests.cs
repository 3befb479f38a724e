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

    static double[] Plain(double[] a, int n, double[] b, int m, int d) =>
        [.. Enumerable.Range(0, n * m).Select(cell => Enumerable.Range(0, d).Sum(k => a[(cell / m * d) + k] * b[(cell % m * d) + k]))];
}

using CsCheck;
using MathNet.Numerics.LinearAlgebra.Double;
using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Tests.LinearAlgebra;

public sealed class SingularValuesTests
{
    [Fact]
    public void Matrices_of_any_shape_have_the_values_that_Math_NET_finds() =>
        Gen.Select(Gen.Int[1, 17], Gen.Int[1, 40], Gen.Int[1, 19], Gen.ULong).Sample((rows, columns, count, seed) =>
        {
            var matrices = Draw(rows, columns, count, seed);
            var values = SingularValues.Of(matrices, rows, columns);
            Assert.Equal(count, values.Length);
            foreach (var (matrix, found) in matrices.Zip(values)) Near.All(ByMathNet(matrix, rows, columns), found, 1e-12);
        }, iter: 40);

    [Fact]
    public void The_other_matrices_of_a_call_change_nothing() =>
        Gen.Select(Gen.Int[1, 13], Gen.Int[1, 13], Gen.ULong).Sample((rows, columns, seed) =>
        {
            var matrices = Draw(rows, columns, 11, seed);
            matrices[3] = new double[rows * columns];
            var together = SingularValues.Of(matrices, rows, columns);
            for (var i = 0; i < matrices.Length; i++) Near.All(SingularValues.Of(matrices[i], rows, columns), together[i], 1e-14);
        }, iter: 20);

    [Fact]
    public void Of_a_matrix_of_lower_rank_the_last_values_are_zero() =>
        Gen.Select(Gen.Int[2, 14], Gen.ULong).Sample((n, seed) =>
        {
            var thin = Draw(n, 1, 2, seed);
            double[] outer = [.. Enumerable.Range(0, n * n).Select(cell => thin[0][cell / n] * thin[1][cell % n])];
            var values = SingularValues.Of(outer, n, n);
            Near.All(ByMathNet(outer, n, n), values, 1e-12);
            Assert.All(SingularValues.Of(new double[n * n], n, n), value => Assert.Equal(0, value));
        }, iter: 20);

    [Fact]
    public void Small_values_are_right_to_twelve_figures_beside_large_ones()
    {
        // Rows of very different size, orthogonal: their lengths are the singular values.
        double[] diagonal = [1e6, 0, 0, 0, 1e-6, 0, 0, 0, 1];
        var values = SingularValues.Of(diagonal, 3, 3);
        Assert.Equal(1e-6, values[2], 1e-18);
    }

    static double[][] Draw(int rows, int columns, int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Samples.Normals(random, rows * columns))];
    }

    static double[] ByMathNet(double[] matrix, int rows, int columns) =>
        [.. DenseMatrix.Build.DenseOfRowMajor(rows, columns, matrix).Svd(computeVectors: false).S];
}

using CsCheck;
using MathNet.Numerics.LinearAlgebra.Double;
using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Tests.LinearAlgebra;

public sealed class CholeskyTests
{
    [Fact]
    public void Matrices_of_any_size_are_solved_and_inverted_as_Math_NET_does() =>
        Gen.Select(Gen.Int[1, 160], Gen.Int[1, 60], Gen.Double[0.1, 10], Gen.ULong).Sample((n, d, ridge, seed) =>
        {
            var random = new SeededRandom(seed);
            var (gram, right) = (Products.Gram(Samples.Normals(random, n * d), n, d), Samples.Normals(random, 2 * n));
            var factor = Cholesky.Factor(gram, n, ridge);
            var whole = DenseMatrix.Build.DenseOfRowMajor(n, n, gram) + (ridge * DenseMatrix.CreateIdentity(n));
            var inverse = whole.Inverse();
            Near.All([.. inverse.Diagonal()], factor.InverseDiagonal(), 1e-9);
            var solved = factor.Solve(right);
            Near.All([.. inverse * DenseVector.OfArray(right[..n])], solved[..n], 1e-9);
            Near.All([.. inverse * DenseVector.OfArray(right[n..])], solved[n..], 1e-9);
        }, iter: 40);

    [Theory]
    [InlineData(240)]
    [InlineData(241)]
    [InlineData(700)]
    public void Matrices_of_many_panels_are_solved_to_rounding(int n)
    {
        var random = new SeededRandom(12);
        var (gram, right) = (Products.Gram(Samples.Normals(random, n * n), n, n), Samples.Normals(random, 2 * n));
        for (var i = 0; i < n; i++) gram[(i * n) + i] += n;
        var factor = Cholesky.Factor(gram, n, 0);
        var solved = factor.Solve(right);
        var products = Products.TimesTransposed(solved, 2, gram, n, n);
        Near.All(right, products, 1e-9);
        Assert.Equal(Products.Dot((ReadOnlySpan<double>)right, solved), factor.InverseForms(right), 1e-9);
    }

    [Fact]
    public void Many_right_hand_sides_are_solved_to_the_bit_as_each_alone()
    {
        var random = new SeededRandom(8);
        const int n = 37;
        var factor = Cholesky.Factor(Products.Gram(Samples.Normals(random, n * 50), n, 50), n, 0.5);
        var right = Samples.Normals(random, 53 * n);
        var each = Enumerable.Range(0, 53).SelectMany(column => factor.Solve(right[(column * n)..((column + 1) * n)]));
        Assert.Equal(each, factor.Solve(right));
    }

    [Fact]
    public void A_matrix_that_is_not_positive_definite_is_refused() =>
        Assert.Throws<ArithmeticException>(() => Cholesky.Factor([1, 2, 2, 1], 2, 0));
}

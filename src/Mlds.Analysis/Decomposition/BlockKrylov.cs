using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Decomposition;

/// <summary>
/// The largest eigenvalues of ZᵀZ and their vectors, from products with a few vectors at a time (block Lanczos with full
/// re-orthogonalisation: Golub, Van Loan, §10.3; from a random block: Musco and Musco, NeurIPS 2015). A step costs two passes over the
/// rows.
/// </summary>
static class BlockKrylov
{
    /// <summary>Vectors of a block beyond those that are wanted.</summary>
    const int More = 3;

    /// <summary>Steps between looks at how far the pairs are.</summary>
    const int Look = 3;

    /// <summary>Residual of a pair that is done, as a share of the largest eigenvalue: products in float32 allow no less.</summary>
    const double Tolerance = 1e-6;

    /// <param name="columns">D.</param>
    /// <param name="wanted">Pairs, largest first.</param>
    /// <param name="mostSteps">After which it is given up.</param>
    /// <returns>Null if it was given up: eigenvalues are too close together.</returns>
    internal static (double[] Values, double[][] Vectors)? Largest(CentredRows rows, int columns, int wanted, int mostSteps)
    {
        var random = new SeededRandom(1, SeededRandom.Stream("block_krylov"));
        var size = (wanted + More + 2) / 3 * 3;
        var basis = new List<double[]>();
        double[] Random() => [.. Enumerable.Range(0, columns).Select(_ => random.NextNormal())];
        var block = Orthonormal([.. Enumerable.Range(0, size).Select(_ => Random())], basis).Block;
        var products = new List<double[]>();
        for (var step = 1; step <= mostSteps && block.Length > 0; step++)
        {
            basis.AddRange(block);
            var next = rows.Apply(block);

            // Their products with the basis: new columns of the projected matrix.
            var known = basis.Count;
            products.AddRange(next.Select(vector => basis.Select(other => Products.Dot(other, vector)).ToArray()));
            var last = block.Length;
            (block, var triangle) = Orthonormal(next, basis);
            if (step % Look != 0 && block.Length == last) continue;
            var (values, vectors) = Eigen(products, known);
            var found = Math.Min(wanted, known);
            var isDone = Enumerable.Range(0, found).All(i => Residual(triangle, vectors[i].AsSpan(known - last)) <= Tolerance * values[0]);
            if (isDone || block.Length == 0) return (values[..found], [.. vectors[..found].Select(vector => Combine(basis, vector))]);
        }

        return null;
    }

    /// <summary>
    /// What the vectors have beyond the basis, made orthonormal, and their coefficients in it, one row for each vector; vectors that are
    /// all in the basis fall out.
    /// </summary>
    static (double[][] Block, double[][] Triangle) Orthonormal(double[][] vectors, List<double[]> basis)
    {
        var block = new List<double[]>();
        var triangle = new List<double[]>();
        foreach (var vector in vectors)
        {
            var length = Math.Sqrt(Products.Dot(vector, vector));
            var rest = (double[])vector.Clone();
            var coefficients = new double[vectors.Length];
            for (var pass = 0; pass < 2; pass++)
            {
                Subtract(rest, basis);
                for (var k = 0; k < block.Count; k++)
                {
                    var product = Products.Dot(block[k], rest);
                    coefficients[k] += product;
                    Products.AddScaled(rest, -product, block[k]);
                }
            }

            var norm = Math.Sqrt(Products.Dot(rest, rest));
            triangle.Add(coefficients);
            if (!(norm > 1e-10 * length)) continue;
            coefficients[block.Count] = norm;
            for (var j = 0; j < rest.Length; j++) rest[j] /= norm;
            block.Add(rest);
        }

        return ([.. block], [.. triangle]);
    }

    static void Subtract(double[] rest, List<double[]> basis)
    {
        foreach (var vector in basis) Products.AddScaled(rest, -Products.Dot(vector, rest), vector);
    }

    /// <summary>‖Σ_k last_k · row k of the triangle‖.</summary>
    static double Residual(double[][] triangle, ReadOnlySpan<double> last)
    {
        var sum = new double[triangle[0].Length];
        for (var k = 0; k < last.Length; k++) Products.AddScaled(sum, last[k], triangle[k]);
        return Math.Sqrt(Products.Dot(sum, sum));
    }

    /// <summary>Of the projected matrix, whose columns hold products with the basis as it was when they were made.</summary>
    static (double[] Values, double[][] Vectors) Eigen(List<double[]> products, int n)
    {
        var projected = new DenseMatrix(n, n);
        for (var j = 0; j < n; j++)
            for (var i = 0; i < products[j].Length; i++) projected[i, j] = projected[j, i] = products[j][i];
        var evd = projected.Evd(Symmetricity.Symmetric);
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => evd.EigenValues[i].Real)];
        return ([.. order.Select(i => evd.EigenValues[i].Real)], [.. order.Select(i => evd.EigenVectors.Column(i).ToArray())]);
    }

    static double[] Combine(List<double[]> basis, double[] weights)
    {
        var sum = new double[basis[0].Length];
        for (var i = 0; i < weights.Length; i++) Products.AddScaled(sum, weights[i], basis[i]);
        return sum;
    }
}

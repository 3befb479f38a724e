namespace Mlds.Analysis.LinearAlgebra;

/// <summary>A = L Lᵀ of a symmetric positive definite matrix, and what ridge regression needs of it (Golub, Van Loan, §4.2).</summary>
sealed class Cholesky
{
    readonly double[] _lower;
    readonly int _n;

    Cholesky(double[] lower, int n) => (_lower, _n) = (lower, n);

    /// <summary>Factors <paramref name="matrix"/> (n × n, row-major, only the lower triangle is read) plus <paramref name="ridge"/> times the identity.</summary>
    /// <exception cref="ArithmeticException">Not positive definite.</exception>
    internal static Cholesky Factor(double[] matrix, int n, double ridge)
    {
        var lower = new double[(long)n * n];
        for (var i = 0; i < n; i++)
        {
            var row = lower.AsSpan(i * n, i + 1);
            for (var j = 0; j < i; j++)
                row[j] = (matrix[(i * n) + j] - Products.Dot(row[..j], lower.AsSpan(j * n, j))) / lower[(j * n) + j];
            var pivot = matrix[(i * n) + i] + ridge - Products.Dot(row[..i], row[..i]);
            if (!(pivot > 0)) throw new ArithmeticException($"The matrix is not positive definite: pivot {i} of {n} is {pivot}.");
            row[i] = Math.Sqrt(pivot);
        }

        return new Cholesky(lower, n);
    }

    /// <summary>X of A X = B for each column; <paramref name="right"/> and the result hold one column after the other, n numbers each.</summary>
    internal double[] Solve(double[] right)
    {
        var solution = (double[])right.Clone();
        for (var start = 0; start < right.Length; start += _n) SolveInPlace(solution.AsSpan(start, _n));
        return solution;
    }

    void SolveInPlace(Span<double> x)
    {
        for (var i = 0; i < _n; i++) x[i] = (x[i] - Products.Dot(_lower.AsSpan(i * _n, i), x[..i])) / _lower[(i * _n) + i];

        // Backwards by columns of Lᵀ, which are rows of L: contiguous.
        for (var i = _n - 1; i >= 0; i--)
        {
            x[i] /= _lower[(i * _n) + i];
            Products.AddScaled(x[..i], -x[i], _lower.AsSpan(i * _n, i));
        }
    }

    /// <summary>The diagonal of A⁻¹: the column norms of L⁻¹, squared.</summary>
    internal double[] InverseDiagonal()
    {
        // Row i of L⁻¹ is (e_i − Σ_j<i L_ij row_j) / L_ii, so that all is done on contiguous rows.
        var inverse = new double[(long)_n * _n];
        var diagonal = new double[_n];
        for (var i = 0; i < _n; i++)
        {
            var row = inverse.AsSpan(i * _n, i + 1);
            for (var j = 0; j < i; j++) Products.AddScaled(row[..(j + 1)], -_lower[(i * _n) + j], inverse.AsSpan(j * _n, j + 1));
            row[i] = 1;
            var scale = 1 / _lower[(i * _n) + i];
            for (var j = 0; j <= i; j++)
            {
                row[j] *= scale;
                diagonal[j] += row[j] * row[j];
            }
        }

        return diagonal;
    }
}
